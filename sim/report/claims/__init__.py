"""Figures of the scorecard: findings against their bounds, and all claims at a glance."""
