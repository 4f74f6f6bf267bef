"""Intervals inside a run: what every tier claims of its means, and whether it was true."""
