"""A tree that changes inside a run: who comes and goes, who moves, and what that does to rows."""
