"""The cells of a sweep, as a table and as curves."""
