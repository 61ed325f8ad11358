"""Prior approvals: what the CNSS wants to be asked before some acts are paid, from the request to its use."""
