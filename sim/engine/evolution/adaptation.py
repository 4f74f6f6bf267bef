"""What the last decision of detection recommends to a changing tree, by its own numbers."""

import numpy as np
from numpy.typing import NDArray

from sim.detection.adaptation import network_adaptive_detection
from sim.engine.detection.detection import Detection
from sim.protocol.topology.state import Topology

Ints = NDArray[np.int64]


def recommended(
    detection: Detection, state: Topology, rows: Ints
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Agents to isolate, locals to re-home, locals to watch faster; nothing before a decision.

    `rows` (agents,) says where each agent sits.
    """
    if detection.latest is None:
        return (), (), ()
    scores, alarms = detection.latest
    members = np.flatnonzero(state.parents[0] >= 0)
    score, alarm = scores[rows[members]], alarms[rows[members]]
    if not len(members):
        return (), (), ()
    found = network_adaptive_detection(score, state.parents[0][members], alarm & ~np.isnan(score))
    isolate = tuple(members[list(found.isolate)].tolist())
    return isolate, found.rehome, found.watch_faster
