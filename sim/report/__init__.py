"""Numbers to what people look at: the recovery figure and the summary table."""
