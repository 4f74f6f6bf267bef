"""Runs of a tree that changes as tables, from a few lines of arithmetic and no engine."""

from dataclasses import replace

import numpy as np

from sim.measure.tables import table as make_table
from sim.scenario.blocks.evolution.plan import EvolutionPlan, FanIn
from tests.measure.synthetic import S, make_plan, make_tables

EVOLUTION = EvolutionPlan(
    (FanIn(10, 50, 15), FanIn(5, 15, 3)),
    present=0.5,
    joins_ns=S,
    leaves_ns=S,
    from_ns=0,
    until_ns=None,
    epoch_ns=10 * S,
    borrow=True,
    place="random",
    shuffle=False,
    adapt=False,
)
OPERATIONS = [
    ("join", 1, 1, 5),
    ("leave", 1, 2, 6),
    ("join", 2, 1, 6),
    ("split", 1, 25, 20),
    ("split", 1, 26, 20),
    ("borrow", 1, 7, 30),
    ("merge", 2, 4, 30),
    ("refused split", 1, 0, 40),
]
"""Kind, tier, children that moved, second."""
ADAPTED = [
    ("retire", 2, 1, 20),
    ("move", 1, 9, 20),
    ("isolate", 1, 1, 20),
    ("isolate", 1, 1, 30),
]
"""What anomalies make of a tree in which nobody comes or goes."""


def evolved_plan():
    """800 places of agents, 40 of locals and 8 of regionals, panes of 10 s."""
    return replace(make_plan(name="storm"), evolution=EVOLUTION)


def evolved(faults=(), did=OPERATIONS, **tables):
    """What such a run leaves behind; ``census={...}`` and so on override columns of a table."""
    kind, tier, moved, at_s = zip(*did, strict=True)
    zeros, epochs = np.zeros(len(kind), np.int64), np.arange(0, 60, 10) * S
    panes = np.arange(5)
    made = {
        "operations": {
            "at_ns": np.array(at_s) * S,
            "kind": kind,
            "tier": tier,
            "source": zeros,
            "target": zeros,
            "moved": moved,
            "again": np.zeros(len(kind), np.bool_),
            "messages": zeros + 2,
            "bytes": zeros + 100,
        },
        "shapes": {
            "at_ns": np.repeat(epochs, 2),
            "tier": np.tile([1, 2], 6),
            "nodes": np.tile([20, 4], 6),
            "least": np.tile([9, 5], 6),
            "most": np.tile([44, 6], 6),
            "out_of_range": np.tile([1, 0], 6),
        },
        "census": {
            "at_ns": (panes + 2) * 10 * S,
            "pane": panes,
            "present": np.full(5, 400),
            "agents": np.full(5, 400),
            "agents_counted": [400, 400, 300, 400, 400],
            "values": np.full(5, 1000),
            "values_counted": [1000, 1000, 750, 1000, 1000],
        },
    }
    for name, columns in tables.items():
        made[name] = {**made[name], **columns}
    return replace(make_tables(faults), **{name: make_table(name, made[name]) for name in made})
