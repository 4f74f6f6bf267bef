"""A tree that changes: the figure and its words."""
