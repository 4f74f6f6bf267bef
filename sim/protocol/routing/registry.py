"""Queueing disciplines and send policies by name. A new one is a file, and a line here."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from sim.protocol.routing.contract import Discipline, DisciplineMaker, Setting
from sim.protocol.routing.disciplines.age import SLOT_NS, WEIGHTS, Age
from sim.protocol.routing.disciplines.fair import FairQueueing
from sim.protocol.routing.disciplines.fifo import Fifo
from sim.protocol.routing.disciplines.priority import Priority
from sim.protocol.routing.sending.adaptive import Adaptive
from sim.protocol.routing.sending.contract import PolicyMaker, SendPolicy
from sim.protocol.routing.sending.functions import Linear, SquaredDistance
from sim.protocol.routing.sending.geometric import BallTest, Geometric, LocalTest, SlackTest
from sim.protocol.routing.sending.on_delta import OnDelta
from sim.protocol.routing.sending.periodic import Periodic


def priority(setting: Setting) -> Discipline:
    """Strict priority; `within` (fifo) names the discipline of those of one class.

    Raises KeyError for a discipline that there is not.
    """
    return Priority(setting, DISCIPLINES[setting.options.get("within", "fifo")])


def fair(setting: Setting) -> Discipline:
    """Weighted fair queueing; `weights` of children (1 each)."""
    return FairQueueing(setting, setting.options.get("weights"))


def age(setting: Setting) -> Discipline:
    """By age; `age_weights` of the classes (16, 4, 1), `delivered` (1), `slot_ns` (1 ms)."""
    options = setting.options
    return Age(
        setting,
        options.get("age_weights", WEIGHTS),
        options.get("delivered", 1.0),
        options.get("slot_ns", SLOT_NS),
    )


def geometric(
    sources: int,
    features: int,
    *,
    threshold: float,
    weights: Sequence[float] | None = None,
    origin: Sequence[float] | None = None,
) -> SendPolicy:
    """Is the average's product with `weights`, or its squared distance from `origin`, above it?

    Raises ValueError unless one of the two is given.
    """
    if (weights is None) == (origin is None):
        raise ValueError("geometric monitoring needs either weights or an origin")
    if weights is not None:
        test: LocalTest = SlackTest(Linear(np.array(weights, np.float64)), threshold)
    else:
        test = BallTest(SquaredDistance(np.array(origin, np.float64)), threshold)
    return Geometric(sources, features, test=test)


DISCIPLINES: Final[Mapping[str, DisciplineMaker]] = {
    "fifo": Fifo,
    "priority": priority,
    "fair": fair,
    "age": age,
}

POLICIES: Final[Mapping[str, PolicyMaker]] = {
    "periodic": Periodic,
    "on_delta": OnDelta,
    "adaptive": Adaptive,
    "geometric": geometric,
}
