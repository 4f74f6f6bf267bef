"""What a baseline says beyond means and deviations, and what that costs."""
