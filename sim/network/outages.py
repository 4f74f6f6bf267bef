"""When something is down: up and down by turns, for times that two laws draw (a renewal process).

It begins up, and all times are independent. Whoever needs a process that has been going on for long
lets it begin long before what is looked at: then some are down at first, and a law with a heavy
tail does not let everybody fail soon after the start.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from sim.network.latency.law import LatencyLaw

TURNS_MAX: Final = 20_000
"""More than this nobody can mean; laws that draw nothing but 0 would never come to an end."""

Source = tuple[LatencyLaw, np.random.Generator]
"""A law of times, and the stream that it draws from."""
Spell = tuple[float, float]
"""When something goes down, and when it is up again, in ns."""


def spells(up: Source, down: Source, begin_ns: float, end_ns: float) -> Iterator[Spell]:
    """The spells of a process that begins, up, at `begin_ns`; the last begins before `end_ns`.

    With a stream for each, another law of the one leaves the times of the other as they were.
    Raises OverflowError after `TURNS_MAX` of them.
    """
    now_ns = begin_ns
    for _ in range(TURNS_MAX):
        now_ns += _one(*up)
        if now_ns >= end_ns:
            return
        down_ns = now_ns
        now_ns += _one(*down)
        yield down_ns, now_ns
    raise OverflowError(f"more than {TURNS_MAX} turns")


def _one(law: LatencyLaw, stream: np.random.Generator) -> float:
    drawn = np.empty(1)
    law.draw(stream, drawn)
    return float(drawn[0])
