"""What became of messages, counted: every message has exactly one outcome."""

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NEVER = math.inf
"""Delay and arrival of what was dropped."""


@dataclass(slots=True)
class Tally:
    """Counts of one channel."""

    sent: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """By reason."""
    hits: Counter[str] = field(default_factory=Counter)
    """Messages that a rule decided about, by rule."""
    duplicates: int = 0
    """Copies that a fault made; nobody sent them."""

    def drop(self, some: NDArray[np.intp], reason: str, delay: NDArray[np.float64]) -> None:
        """Drop these (flat) messages; callers name only what is still on its way."""
        delay.ravel()[some] = NEVER
        self.dropped[reason] += len(some)
