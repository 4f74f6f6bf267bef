"""A few agents with drift and noise, and ways to ask them in any cut into blocks."""

from itertools import pairwise
from typing import Any

import numpy as np

from sim.engine.streams import Streams
from sim.workload import Injection, Synthetic, inject

NS = 1_000_000_000
AGENTS, FEATURES = 24, 3
PERIOD_NS = 0.1 * NS
OPTIONS: dict[str, dict[str, Any]] = {
    "decorrelate": {"reports": 7},
    "freeze": {},
    "impersonate": {},
    "ramp": {"size": 3.0},
    "scale": {"factor": 4.0},
    "shift": {"size": -2.0},
    "zero": {},
}
"""Good options of each kind."""


def stream_at(purpose: str, tick: int) -> np.random.Generator:
    return Streams(11).at(purpose, tick=tick)


def background(agents: int = AGENTS) -> Synthetic:
    drift = {"sd": 0.5, "tau_ns": 10 * NS, "every_ns": 0.3 * NS}
    return Synthetic(agents, FEATURES, stream_at, drift=drift, correlation=0.4)


def injection(
    kind: str, who=(3, 4, 17), at_s=0.6, until_s=1.6, number=1, agents: int = AGENTS, **options
) -> Injection:
    """An anomaly of these agents that begins at all of them at once."""
    hit = np.isin(np.arange(agents), who)
    begin_ns = np.full(agents, at_s * NS)
    return Injection(kind, OPTIONS[kind] | options, hit, begin_ns, until_s * NS, number)


def injected(*injections: Injection, agents: int = AGENTS):
    """The background with anomalies."""
    return inject(background(agents), injections, stream_at)


def born_ns(tick: int, agents: int = AGENTS) -> np.ndarray:
    """Agents report at 30 instants, 3 ms apart, in turn."""
    return tick * PERIOD_NS + np.arange(agents) % 30 * 0.003 * NS


def measured(behaviour, ticks: int = 20, cuts=(), steps=(), agents: int = AGENTS) -> np.ndarray:
    """Values (ticks, agents, features), asked step by step, in each block by block.

    `cuts` are where blocks begin, `steps` where steps do; the first tick of a step was the last one
    of the step before and is asked again, as the engine does.
    """
    out = np.full((ticks, agents, behaviour.features), np.nan)
    edges = [0, *steps, ticks]
    for begin, end in pairwise(edges):
        for part in blocks(cuts, agents):
            for tick in range(max(begin - 1, 0), end):
                behaviour.fill(tick, born_ns(tick, agents)[part], part.start, out[tick, part])
    return out


def labels(behaviour, ticks: int = 20, cuts=(), agents: int = AGENTS) -> np.ndarray:
    """Labels (ticks, agents)."""
    out = np.full((ticks, agents), 99, np.int16)
    for tick in reversed(range(ticks)):
        for part in blocks(cuts, agents):
            behaviour.label(tick, born_ns(tick, agents)[part], part.start, out[tick, part])
    return out


def blocks(cuts, agents: int) -> list[slice]:
    edges = [0, *cuts, agents]
    return [slice(first, last) for first, last in pairwise(edges)]
