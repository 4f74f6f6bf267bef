"""The causal truth, which no node knows: what can have caused what, told by the simulator alone.

A history is fed every local event, send and receive, and keeps for each the exact past (a vector
with an entry for every node; Fidge and Mattern 1988). What nodes decide by their own clocks is
judged against it.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

from sim.protocol.clocks.version_vector import Relation


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """The `number`-th thing that happened at a node, from 1."""

    node: str
    number: int


class History:
    """Who could know what, event by event.

    >>> history = History()
    >>> sent = history.send("a", "letter")
    >>> other = history.local("b")
    >>> received = history.receive("b", "letter")
    >>> history.relation(sent, received), history.relation(sent, other)
    (<Relation.BEFORE: 'before'>, <Relation.CONCURRENT: 'concurrent'>)
    """

    def __init__(self) -> None:
        self._past: dict[Event, Mapping[str, int]] = {}
        self._now: dict[str, Mapping[str, int]] = {}
        self._sent: dict[Hashable, Mapping[str, int]] = {}

    def local(self, node: str) -> Event:
        """Something happens at a node."""
        return self._happen(node, {})

    def send(self, node: str, message: Hashable) -> Event:
        """A node sends a message; a name of its own for each, however many receive it."""
        assert message not in self._sent, f"{message!r} was sent before"
        event = self._happen(node, {})
        self._sent[message] = self._past[event]
        return event

    def receive(self, node: str, message: Hashable) -> Event:
        """A node receives a message that was sent; once or several times."""
        return self._happen(node, self._sent[message])

    def relation(self, one: Event, other: Event) -> Relation:
        """How one event stands to the other, exactly."""
        if one == other:
            return Relation.EQUAL
        if self._past[other].get(one.node, 0) >= one.number:
            return Relation.BEFORE
        if self._past[one].get(other.node, 0) >= other.number:
            return Relation.AFTER
        return Relation.CONCURRENT

    def _happen(self, node: str, heard: Mapping[str, int]) -> Event:
        past = dict(self._now.get(node, {}))
        for other, number in heard.items():
            past[other] = max(number, past.get(other, 0))
        past[node] = past.get(node, 0) + 1
        event = Event(node, past[node])
        self._past[event] = self._now[node] = past
        return event


@dataclass(frozen=True, slots=True)
class Judgement:
    """How often nodes were right about the order of two events, and in which way wrong."""

    right: int
    invented: int
    """Said to be ordered, but concurrent."""
    missed: int
    """Said to be concurrent (or equal), but ordered."""
    reversed: int
    """Said to be ordered the wrong way round: never by a clock that respects causality."""


def judged(
    history: History,
    pairs: Iterable[tuple[Event, Event]],
    claimed: Callable[[Event, Event], Relation],
) -> Judgement:
    """Hold what is claimed about pairs of different events against the truth."""
    found = Counter(
        _verdict(history.relation(one, other), claimed(one, other)) for one, other in pairs
    )
    return Judgement(found["right"], found["invented"], found["missed"], found["reversed"])


def _verdict(truth: Relation, claim: Relation) -> str:
    if claim is truth:
        return "right"
    if truth is Relation.CONCURRENT:
        return "invented"
    return "reversed" if claim in (Relation.BEFORE, Relation.AFTER) else "missed"


@dataclass(frozen=True, slots=True)
class Provenance:
    """From which versions of which sources an estimate was made, and how often each went in."""

    counts: Mapping[tuple[str, int], int]

    @classmethod
    def of(cls, source: str, version: int) -> "Provenance":
        """Of an estimate that is one version of a source."""
        return cls({(source, version): 1})

    def fused(self, other: "Provenance") -> "Provenance":
        """Of an estimate that was made from two: what is in both is in it twice."""
        return Provenance(dict(Counter(self.counts) + Counter(other.counts)))

    @property
    def twice(self) -> tuple[str, ...]:
        """The sources that were counted more than once, in any of their versions."""
        total: Counter[str] = Counter()
        for (source, _), count in self.counts.items():
            total[source] += count
        return tuple(sorted(source for source, count in total.items() if count > 1))
