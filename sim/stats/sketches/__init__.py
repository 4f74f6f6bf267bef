"""Summaries that merge in any order and any tree and are robust counted in agents."""
