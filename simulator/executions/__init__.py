"""What an executor did: all the lines of a visit, recorded at once or not at all."""
