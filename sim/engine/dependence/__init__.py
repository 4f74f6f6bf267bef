"""What baselines say beyond means and deviations, gathered in rounds inside a run."""
