"""What a baseline says beyond means, and how well: the figure and its words."""
