"""Digests inside a run: when each tier sends them, how they travel, and what the root publishes."""
