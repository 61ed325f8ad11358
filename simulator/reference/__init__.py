"""The reference of the contract, made from its tables: OpenAPI's words and examples, docs/reference, /docs."""
