"""A tree that splits, merges and borrows as agents come and go."""
