"""What clocks say of the order of events, and what it costs to carry them.

Nodes whose physical clocks are wrong talk at random; every event is stamped by a version vector, by
a hybrid stamp, and by the version of its own source, and all pairs are held against the causal
truth. The cost is of one round in which everybody reports and hears the merged clock of all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.protocol.clocks.causality import Event, History, judged
from sim.protocol.clocks.costs import versioned_bytes
from sim.protocol.clocks.hlc import HybridClock, Stamp
from sim.protocol.clocks.version_vector import Relation, VersionVector

UNITS: Final = {
    "vector_right": "share",
    "stamp_right": "share",
    "stamp_missed": "share",
    "source_right": "share",
    "source_reversed": "share",
    "vector_bytes": "B",
    "versioned_bytes": "B",
    "vector_round": "B",
    "versioned_round": "B",
}
EVENTS: Final = 150
SKEW_NS: Final = 5_000_000
STEP_NS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Stamped:
    """One event, in three clocks."""

    stamp: Stamp
    vector: VersionVector


Order = Callable[[Stamped, Stamped, Event, Event], Relation]


def run(seed: int, nodes: int) -> dict[str, float]:
    """Shares of all pairs of events that each clock gets right, and bytes a message and a round."""
    history, stamps = _talk(nodes, np.random.default_rng(seed))
    events = list(stamps)
    pairs = [(one, other) for place, one in enumerate(events) for other in events[:place]]

    def found(order: Order) -> Any:
        return judged(history, pairs, lambda a, b: order(stamps[a], stamps[b], a, b))

    stamp, source = found(_by_stamp), found(_by_source)
    vector = _of_all(nodes).size_bytes
    return {
        "vector_right": found(_by_vector).right / len(pairs),
        "stamp_right": stamp.right / len(pairs),
        "stamp_missed": (stamp.missed + stamp.reversed) / len(pairs),
        "source_right": source.right / len(pairs),
        "source_reversed": (source.invented + source.reversed) / len(pairs),
        "vector_bytes": vector,
        "versioned_bytes": versioned_bytes(),
        "vector_round": nodes * vector,
        "versioned_round": nodes * versioned_bytes(),
    }


def _by_vector(one: Stamped, other: Stamped, _a: Event, _b: Event) -> Relation:
    return one.vector.relation(other.vector)


def _by_stamp(one: Stamped, other: Stamped, _a: Event, _b: Event) -> Relation:
    return Relation.BEFORE if one.stamp < other.stamp else Relation.AFTER


def _by_source(_one: Stamped, _other: Stamped, a: Event, b: Event) -> Relation:
    """A version orders the states of its own source and no others."""
    if a.node != b.node:
        return Relation.CONCURRENT
    return Relation.BEFORE if a.number < b.number else Relation.AFTER


def _talk(nodes: int, draw: np.random.Generator) -> tuple[History, dict[Event, Stamped]]:
    """Events in the order of time: a node sends, or hears the oldest message that is on its way."""
    history, stamps = History(), dict[Event, Stamped]()
    names = [f"node-{number}" for number in range(min(nodes, 20))]
    clocks = [HybridClock(name, 2 * SKEW_NS) for name in names]
    ahead = draw.integers(-SKEW_NS, SKEW_NS, len(names)).tolist()
    vectors = [VersionVector() for _ in names]
    waiting: list[list[tuple[int, Stamped]]] = [[] for _ in names]
    for number in range(EVENTS):
        me = int(draw.integers(len(names)))
        now_ns = 2 * SKEW_NS + number * STEP_NS + ahead[me]
        message, heard = waiting[me].pop(0) if waiting[me] else (number, None)
        if heard is None:
            stamp, event = clocks[me].now(now_ns), history.send(names[me], message)
        else:
            stamp = _received(clocks[me].receive(heard.stamp, now_ns))
            event = history.receive(names[me], message)
            vectors[me] = vectors[me].merged(heard.vector)
        vectors[me] = vectors[me].bumped(names[me])
        stamps[event] = Stamped(stamp, vectors[me])
        if heard is None:
            other = (me + 1 + int(draw.integers(len(names) - 1))) % len(names)
            waiting[other].append((message, stamps[event]))
    return history, stamps


def _received(stamp: Stamp | None) -> Stamp:
    assert stamp is not None, "no clock is further ahead than others allow for"
    return stamp


def _of_all(nodes: int) -> VersionVector:
    """What a node carries that has heard of everybody."""
    merged = VersionVector()
    for number in range(nodes):
        merged = merged.bumped(str(number))
    return merged
