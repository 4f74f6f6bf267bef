"""Where robust rules break down, over a sweep of shares of liars: figure and table."""
