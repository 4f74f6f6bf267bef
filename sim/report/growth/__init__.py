"""How costs grow with a size, over a sweep: figure and table."""
