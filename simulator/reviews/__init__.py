"""What people do to a claim: send a document that is asked for, contest a decision; what the CNSS says of it."""
