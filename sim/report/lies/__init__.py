"""What liars did: the figure, its words and lanes, and the table of deeds."""
