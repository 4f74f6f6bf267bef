"""Updates of single agents on their way up: figure, curves, lanes and words."""
