"""What was detected: the figure, its words, its lanes, and accuracy over time."""
