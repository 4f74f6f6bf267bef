"""What intervals were worth: the figure and its words."""
