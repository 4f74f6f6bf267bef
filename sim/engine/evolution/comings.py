"""Agents that come and go by themselves: two Poisson processes with streams of their own."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from sim.engine.streams import Streams
from sim.scenario.blocks.evolution.plan import EvolutionPlan

JOIN: Final = "join"
LEAVE: Final = "leave"


def comings(plan: EvolutionPlan, end_ns: int, streams: Streams) -> list[tuple[int, str]]:
    """Instants in ns and what happens then, in the order of time; a leave before a join."""
    until_ns = end_ns if plan.until_ns is None else min(plan.until_ns, end_ns)
    both = ((LEAVE, plan.leaves_ns), (JOIN, plan.joins_ns))
    found = [
        (instant, what)
        for what, mean_ns in both
        if mean_ns is not None
        for instant in _instants(streams.stream("evolution", what), plan.from_ns, until_ns, mean_ns)
    ]
    return sorted(found, key=lambda one: one[0])


def _instants(
    stream: np.random.Generator, from_ns: int, until_ns: int, mean_ns: int
) -> Iterator[int]:
    instant = from_ns + max(round(stream.exponential(mean_ns)), 1)
    while instant < until_ns:
        yield instant
        instant += max(round(stream.exponential(mean_ns)), 1)
