"""Load and memory of nodes by role: the figure."""
