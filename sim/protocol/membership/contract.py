"""The contract of all failure detectors: what a node that watches others is given and puts out.

A detector only ever suspects: in an asynchronous network nobody can tell a dead node from a slow
one. What it puts out is one node's opinion. It becomes a fact, the same for everybody, when a
committee decides a change of membership because of it (see `epochs`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.protocol.membership.draws import Draws
from sim.protocol.node import Node


@dataclass(frozen=True, slots=True)
class Opinion:
    """What `by` now thinks of `member`; put out once whenever that changes."""

    member: str
    by: str


@dataclass(frozen=True, slots=True)
class Suspected(Opinion):
    """It may have failed; it has some time left to show that it has not."""


@dataclass(frozen=True, slots=True)
class Failed(Opinion):
    """Nothing refuted the suspicion in time."""


@dataclass(frozen=True, slots=True)
class Alive(Opinion):
    """It was suspected or thought to have failed, and has been heard again."""


@dataclass(frozen=True, slots=True)
class Post:
    """What every detector is made from: who it is, whom it watches, and who watches it.

    In SWIM everybody watches everybody, so there the two are one group. `draws` are its random
    numbers; without any they are drawn from its name.
    """

    name: str
    watches: tuple[str, ...]
    watched_by: tuple[str, ...] = ()
    draws: Draws | None = None
    life: int = 0
    """How often it has lost its state so far (see `engine.host.NodeFactory`)."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What a scenario sets for this detector, such as period_ns, timeout_ns, threshold."""


DetectorMaker = Callable[[Post], Node]
"""Every detector is one, named in `registry.DETECTORS`; its outputs are opinions."""
