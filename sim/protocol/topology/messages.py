"""What operations cost: who has to be told of each, and how much that is on the wire.

The nodes that gain and lose children, and those above them up to the root, learn the new epoch and
which children it is about: their fences move. Each child learns its new parent.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.protocol.membership.spans import Spans, normal
from sim.protocol.messages import HEADER_BYTES, Message
from sim.protocol.topology.operations import Operation, Refused, Reseat, Watch
from sim.protocol.topology.state import Topology


@dataclass(frozen=True, slots=True)
class Rewired(Message):
    """To aggregators: at this epoch these children went from one node to another."""

    epoch: int
    kind: str
    tier: int
    source: int
    target: int
    children: Spans

    @property
    def size_bytes(self) -> int:
        """Header, epoch, kind and tier in 12 bytes, two nodes, and two numbers a span."""
        return HEADER_BYTES + 12 + 16 + 16 * len(self.children)


@dataclass(frozen=True, slots=True)
class NewParent(Message):
    """To a child: whom it reports to from this epoch on."""

    epoch: int
    parent: int

    @property
    def size_bytes(self) -> int:
        """Header and two numbers."""
        return HEADER_BYTES + 16


@dataclass(frozen=True, slots=True)
class Cost:
    """Messages and bytes on the wire."""

    messages: int = 0
    bytes: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.messages + other.messages, self.bytes + other.bytes)


def rewired(epoch: int, operation: Operation) -> Rewired:
    """What aggregators are told of an operation."""
    spans = normal((child, child + 1) for child in operation.children)
    ends = (operation.tier, operation.source, operation.target)
    return Rewired(epoch, type(operation).__name__.lower(), *ends, spans)


def told(before: Topology, after: Topology, operation: Operation) -> tuple[tuple[int, int], ...]:
    """Aggregators below the root, as (tier, place), that hear of an operation; each once.

    Of what was refused nobody does, and who is to watch faster is told alone.
    """
    if isinstance(operation, Refused):
        return ()
    if isinstance(operation, Watch):
        return ((operation.tier, operation.source),)
    found: dict[tuple[int, int], None] = {}
    for state in (before, after):
        for place in (operation.source, operation.target):
            found |= dict.fromkeys(_path(state, operation.tier, place))
    return tuple(sorted(found))


def _path(state: Topology, tier: int, place: int) -> Iterable[tuple[int, int]]:
    while place >= 0 and tier < len(state.parents):
        yield tier, place
        tier, place = tier + 1, int(state.parents[tier][place])


def cost(before: Topology, after: Topology, operation: Operation) -> Cost:
    """Of telling everybody concerned, from the root, which plans and knows already.

    Agents that were dealt anew are told one by one; each aggregator then gets its part of the list.
    """
    if isinstance(operation, Reseat):
        return _cost_of_reseating(after, operation)
    nodes = len(told(before, after, operation))
    children = len(operation.children) if operation.target >= 0 else 0
    each = rewired(after.epoch, operation).size_bytes
    return Cost(nodes + children, nodes * each + children * NewParent(0, 0).size_bytes)


def _cost_of_reseating(after: Topology, operation: Reseat) -> Cost:
    moved = operation.moved
    aggregators = [int(np.count_nonzero(parents >= 0)) for parents in after.parents[1:]]
    lists = sum(aggregators) * rewired(0, operation).size_bytes + 8 * len(aggregators) * moved
    return Cost(sum(aggregators) + moved, lists + moved * NewParent(0, 0).size_bytes)
