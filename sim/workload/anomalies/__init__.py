"""Anomalies that are put into what the agents measure, with exact labels.

A new anomaly is a class under `base.Anomaly` in a file of its own and its name in `ANOMALIES`; the
contract tests then cover it. Anomalies have random streams of their own, so putting one in moves
nobody else's values, nor the same agent's at another time.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from sim.workload.anomalies.base import Anomaly, Injection
from sim.workload.anomalies.decorrelate import Decorrelate
from sim.workload.anomalies.freeze import Freeze
from sim.workload.anomalies.impersonate import Impersonate
from sim.workload.anomalies.ramp import Ramp
from sim.workload.anomalies.scale import Scale
from sim.workload.anomalies.shift import Shift
from sim.workload.anomalies.zero import Zero
from sim.workload.behaviour import Behaviour, Floats, StreamAt

ANOMALIES: Final[Mapping[str, type[Anomaly]]] = {
    "decorrelate": Decorrelate,
    "freeze": Freeze,
    "impersonate": Impersonate,
    "ramp": Ramp,
    "scale": Scale,
    "shift": Shift,
    "zero": Zero,
}


def inject(behaviour: Behaviour, injections: Iterable[Injection], stream_at: StreamAt) -> Behaviour:
    """The behaviour with these anomalies; where they overlap, a later one works on the earlier.

    Raises InputError if an anomaly cannot be with this behaviour.
    """
    for injection in injections:
        if injection.agents.any():
            behaviour = ANOMALIES[injection.kind](behaviour, injection, stream_at)
    return behaviour


def onsets(at_ns: int, jitter_ns: int, agents: int, number: int, stream_at: StreamAt) -> Floats:
    """When anomaly `number` begins at each agent: uniform from `at_ns` to `jitter_ns` later, (n,).

    Whole nanoseconds. An agent's onset does not depend on who else is hit.
    """
    if not jitter_ns:
        return np.full(agents, float(at_ns))
    late_ns = stream_at(f"anomaly {number} onsets", 0).random(agents) * jitter_ns
    return at_ns + np.floor(late_ns)


__all__ = ["ANOMALIES", "Anomaly", "Injection", "inject", "onsets"]
