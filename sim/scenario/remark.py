"""A remark on a scenario without mistakes: what its author may not have meant."""

from sim.scenario.document import Path

Remark = tuple[Path, str, str]
"""Where, what, and what to do about it."""
