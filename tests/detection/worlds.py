"""Small worlds for detectors: what arrives in which order, and the baselines it is held against."""

from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from sim.detection.contract import Baseline
from sim.detection.detectors import make_detector

PERIOD_NS = 100


@dataclass
class World:
    """Some agents, the groups they are in, and a list of steps.

    A step is ("update", rows, values, baseline, which) or ("forget", rows).
    """

    agents: int
    features: int
    groups: np.ndarray
    steps: list = field(default_factory=list)
    now: Baseline = None
    which: np.ndarray = None


def detector_of(world, kind, options):
    return make_detector(
        kind,
        options,
        agents=world.agents,
        features=world.features,
        period_ns=PERIOD_NS,
        groups=world.groups,
    )


def play(world, detector, cut=False):
    """Tell a detector all that happens; with `cut` one agent at a time."""
    for name, rows, *rest in world.steps:
        everybody = np.arange(len(rows))
        parts = everybody[:, None] if cut else [everybody]
        for part in parts:
            if name == "forget":
                detector.forget(rows[part])
            else:
                values, baseline, which = rest
                which = None if which is None else which[part]
                detector.update(rows[part], values[part], baseline, which)
    return detector


def baseline_of(rng, rows, features):
    """Baselines of random data; some features constant, some rows unknown."""
    data = rng.normal(size=(rows, 12, features)) * rng.choice([0.0, 0.004, 1.0, 3.0], features)
    data += data.sum(axis=2, keepdims=True) * rng.choice([0.0, 0.5])
    mean, sd = data.mean(axis=1), data.std(axis=1, ddof=1)
    away = data - mean[:, None]
    covariance = np.einsum("bnf,bng->bfg", away, away) / 11
    unknown = rng.random(rows) < 0.2
    mean[unknown], sd[unknown], covariance[unknown] = np.nan, np.nan, np.nan
    return Baseline(np.where(unknown, 0, 12), mean, sd, covariance)


def held_against(rng, agents, features):
    """A baseline, and which row of it each agent is held against."""
    if rng.random() < 0.5:
        return baseline_of(rng, 1, features), None
    rows = int(rng.integers(1, 5))
    return baseline_of(rng, rows, features), rng.integers(0, rows, agents)


@st.composite
def worlds(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    agents, features = draw(st.integers(1, 8)), draw(st.integers(1, 10))
    world = World(agents, features, rng.integers(0, 3, agents))
    for _ in range(draw(st.integers(0, 6))):
        rows = np.flatnonzero(rng.random(agents) < rng.choice([0.5, 1.0]))
        rows = rng.permutation(rows) if rng.random() < 0.5 else rows
        if rng.random() < 0.15:
            world.steps.append(("forget", rows))
            continue
        baseline, which = held_against(rng, agents, features)
        values = rng.normal(size=(len(rows), features)) * rng.choice([1.0, 5.0])
        which = None if which is None else which[rows]
        world.steps.append(("update", rows, values, baseline, which))
    world.now, world.which = held_against(rng, agents, features)
    return world


def arrivals_of(world, agent):
    """What arrived of an agent since it was last forgotten: (value, mean, sd)."""
    arrivals = []
    for name, rows, *rest in world.steps:
        where = np.flatnonzero(rows == agent)
        if len(where) and name == "forget":
            arrivals = []
        elif len(where):
            values, baseline, which = rest
            row = 0 if which is None else which[where[0]]
            arrivals.append((values[where[0]], baseline.mean[row], baseline.sd[row]))
    return arrivals


def now_of(world, agent):
    """(mean, sd, covariance) that an agent is held against in the end."""
    row = 0 if world.which is None else world.which[agent]
    return world.now.mean[row], world.now.sd[row], world.now.covariance[row]
