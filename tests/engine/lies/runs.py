"""Small scenarios with liars, and what was published in them.

The base scenario has 60 agents, 6 locals and 2 regionals; every message takes 2.05 ms. Baselines
come every 500 ms, from panes of 1 s; adversaries begin at 500 ms.
"""

import json
from collections.abc import Mapping
from functools import cache

import numpy as np

from sim.engine.lies.lies import Lies
from sim.engine.simulation import Simulation
from tests.engine.scenarios import plan_of

OPTIONS = {
    "churn_storm": {"every": "400ms"},
    "delay_to_bound": {"margin": "100ms"},
    "equivocate": {"by": "5sd"},
    "forge": {"by": "5sd"},
    "sleeper": {"on": "300ms", "off": "200ms"},
    "slow_poison": {"rate": "1sd/s"},
}
BASE = {
    "duration": "3s",
    "agents": {"count": 60},
    "tree": {"local": 10, "regional": 3},
    "baseline": {"publish": "500ms", "pane": "1s"},
}
GUARDED = {"kind": "guarded_mean", "estimator": "median", "f": "20%", "sample": 40}
ROBUST = {"kind": "robust", "estimator": "median", "f": "20%", "sample": 1000}


def lying(kind, where="agents", **options):
    """An adversary from 500 ms on: a fifth of the agents, or one aggregator."""
    size = {"share": "20%"} if where == "agents" else {"budget": 1}
    known = dict(OPTIONS.get(kind, {}))
    if kind == "stale_replay" and where == "agents":
        known["by"] = "300ms"
    return {"where": where, "kind": kind, "from": "500ms", **size, **known, **options}


def plan_with(*liars, faults=(), **blocks):
    """The base scenario with these adversaries; blocks as in `tests.engine.scenarios`."""
    merged = dict(BASE)
    for name, block in blocks.items():
        plain = isinstance(block, Mapping) and "kind" not in block
        merged[name] = {**merged.get(name, {}), **block} if plain else block
    return plan_of(*faults, adversaries=list(liars), **merged)


def simulation(*liars, seed=1, **blocks):
    """A run that is about to begin."""
    return Simulation(plan_with(*liars, **blocks), seed)


def component(simulated, kind):
    """The one component of this class that a run has."""
    (found,) = (one for one in simulated.components if isinstance(one, kind))
    return found


def lies_of(simulated):
    """The adversaries of a run."""
    return component(simulated, Lies)


def played(simulated):
    """What is recorded of a run; as `run`, without a full collection of garbage before it."""
    simulated.prepare()
    simulated.play()
    return simulated.finish()


def run(*liars, **blocks):
    """What is recorded of a run; each scenario runs once, however many ask."""
    return _run(json.dumps([liars, blocks], sort_keys=True))


@cache
def _run(text):
    liars, blocks = json.loads(text)
    return played(simulation(*liars, **blocks))


def integrity(recording, column):
    """A column of the table of publications."""
    return recording.tables["integrity"][column]


def acts(recording):
    """What each adversary changed."""
    return recording.tables["adversaries"]["acts"].tolist()


def refused(recording):
    """Messages of each adversary that were not taken in."""
    return recording.tables["adversaries"]["refused"].tolist()


def publications(simulated):
    """Plays a run; every baseline that was published and what is true of it, means (n, features).

    Both in scales.
    """
    rows = []
    note = simulated.recorder.publication

    def noting(now_ns, version, published, true):
        rows.append((published.mean, true.mean))
        note(now_ns, version, published, true)

    simulated.recorder.publication = noting
    played(simulated)
    said, true = zip(*rows, strict=True)
    return np.array(said), np.array(true)


CONSTANT = {"kind": "synthetic", "spread": 1, "noise": 0, "drift": "none"}
"""Every agent measures the same vector at each report."""
STOP = {"kind": "pause", "nodes": ["agents"], "at": "2500ms", "until": "3s"}
"""Five reports of each agent in the last pane; all of them are at the root by the end."""


def constant_vectors(simulated):
    """What agents measure whose behaviour is `CONSTANT`; (agents, features)."""
    leaves = simulated.world.telemetry.leaves
    vectors = np.empty((leaves.groups.children, leaves.layout.features))
    leaves.behaviour.fill(0, np.zeros(len(vectors)), 0, vectors)
    return vectors


def settled(*liars, features=2, seed=1, **blocks):
    """What is published at the end of a run of constant agents, and what they measure.

    (features,), liars, (agents, features); in scales, which are deviations between agents.
    """
    agents = {"behaviour": CONSTANT, "features": features, **blocks.pop("agents", {})}
    simulated = simulation(*liars, seed=seed, faults=[STOP], agents=agents, **blocks)
    said, _ = publications(simulated)
    return said[-1], lies_of(simulated).is_liar(0), constant_vectors(simulated)
