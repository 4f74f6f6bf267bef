"""Honest intervals at every tier, and how often they cover the truth."""
