"""The file of a search: a scenario, what would be bad, and what may be tried to bring it about."""
