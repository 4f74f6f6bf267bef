"""What a part of the control plane has sent in one replication."""

from typing import Final

from sim.measure.tables import Tables

DISCARDED: Final = "discarded"
"""Outcome of messages that a host lost after they were delivered, or never let out."""


def sent(tables: Tables, part: str, column: str) -> float:
    """All `messages` or `bytes` of a part, whatever became of them on the way."""
    rows = tables.control_traffic
    mine = (rows["part"] == part) & (rows["outcome"] != DISCARDED)
    return float(rows[column][mine].sum())
