"""The ownership fence: a source that changes hands is counted exactly once at every instant.

The old owner drops, the change commits, the new one adds; but the three happen at different times
on different machines, and a failed owner never drops. So the parent makes them one step:
- Every holding is tagged with the epoch at which its owner's set of sources last changed. From the
  moment a parent knows of an epoch, it refuses what is tagged with an older one: the owner may
  have been cut off, and not know that it has lost sources.
- What was counted stays counted until, for every source in it, the first complete holding of its
  new owner is there. Then all of these replace it together.
A total is always folded anew from what is counted. Nothing is added to it or subtracted.
Links are authenticated, and aggregators here say what they hold; those that lie are for `merkle`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.protocol.membership.spans import Spans, normal, overlap, size
from sim.protocol.membership.view import View
from sim.protocol.messages import HEADER_BYTES, Message

Merge = Callable[[Sequence[Any]], Any]
"""Makes one state of several; `sum` if states are numbers."""


@dataclass(frozen=True, slots=True)
class Reading(Message):
    """The state of one source. `epoch` is that at which it came to the owner it reports to."""

    source: int
    epoch: int
    life: int
    version: int
    state: Any


@dataclass(frozen=True, slots=True)
class Holding(Message):
    """What an owner, the sender, holds of all its sources as of the epoch of its ownership."""

    owner: str
    epoch: int
    life: int
    version: int
    sources: int
    state: Any
    state_bytes: int = 8

    @property
    def size_bytes(self) -> int:
        """Header, four numbers and the state."""
        return HEADER_BYTES + 32 + self.state_bytes

    def is_newer_than(self, other: "Holding | None") -> bool:
        """Epochs first, then lives of the owner, then versions."""
        mine = (self.epoch, self.life, self.version)
        return other is None or mine > (other.epoch, other.life, other.version)


class Holder:
    """An aggregator that hears sources: keeps the newest state of each that it owns."""

    def __init__(self, name: str, view: View, *, merge: Merge = sum, life: int = 0) -> None:
        self.name, self.view = name, view
        self._merge, self._life, self._version = merge, life, 0
        self._held: dict[int, Reading] = {}

    def adopt(self, view: View) -> bool:
        """A later view; drop every source that is lost, or that was lost in between."""
        if view.epoch <= self.view.epoch:
            return False
        self.view = view
        self._held = {at: one for at, one in self._held.items() if self._owns(one)}
        return True

    def hear(self, reading: Message) -> bool:
        """Whether it is news of a source that is owned, under the epoch at which it came."""
        if not isinstance(reading, Reading) or not self._owns(reading):
            return False
        held = self._held.get(reading.source)
        if held and (reading.life, reading.version) <= (held.life, held.version):
            return False
        self._held[reading.source] = reading
        return True

    @property
    def is_complete(self) -> bool:
        """Whether every source that is owned has been heard."""
        return len(self._held) == self.view.load(self.name)

    def holding(self) -> Holding | None:
        """What is held, complete or not; None if this is no member."""
        member = self.view.member(self.name)
        if member is None:
            return None
        self._version += 1
        held = [self._held[source].state for source in sorted(self._held)]
        numbers = (member.since, self._life, self._version, len(held))
        return Holding(self.name, *numbers, self._merge(held))

    def _owns(self, reading: Reading) -> bool:
        run = self.view.run_of(reading.source)
        return run is not None and (run.owner, run.epoch) == (self.name, reading.epoch)


class _Counted(NamedTuple):
    holding: Holding
    spans: Spans


class Keeper:
    """An aggregator that hears aggregators: counts one holding of each, replaced and never added.

    `sources` and `state` are exact at every instant: after the start nothing is counted twice, and
    nothing is dropped before what replaces it is there.
    """

    def __init__(self, name: str, view: View, *, merge: Merge = sum, life: int = 0) -> None:
        self.name, self.view = name, view
        self._merge, self._life, self._version = merge, life, 0
        self._counted: dict[str, _Counted] = {}
        self._newest: dict[str, Holding] = {}
        self._late = self._find_late()

    @property
    def sources(self) -> int:
        """How many sources are counted."""
        return sum(counted.holding.sources for counted in self._counted.values())

    @property
    def state(self) -> Any:
        """The merged state of what is counted."""
        return self._merge([self._counted[name].holding.state for name in sorted(self._counted)])

    @property
    def late(self) -> tuple[str, ...]:
        """Children that are not yet counted as of the view; past ones that still are counted."""
        return tuple(self._late)

    @property
    def is_complete(self) -> bool:
        """Whether what is counted is exactly what it owns in its view."""
        counted = normal(span for one in self._counted.values() for span in one.spans)
        return counted == self.view.owned(self.name)

    def adopt(self, view: View) -> bool:
        """A later view; what is counted stays until it can be replaced."""
        if view.epoch <= self.view.epoch:
            return False
        self.view = view
        children = view.children(self.name)
        self._newest = {name: one for name, one in self._newest.items() if name in children}
        self._late = self._find_late()
        self._settle()
        return True

    def hear(self, holding: Message) -> bool:
        """Whether it is news of a child, and not of an epoch that is over."""
        if not isinstance(holding, Holding) or self._is_fenced(holding):
            return False
        if not holding.is_newer_than(self._newest.get(holding.owner)):
            return False
        self._newest[holding.owner] = holding
        if holding.owner in self._late:
            self._settle()
        elif self._is_ready(holding.owner):
            self._replace((holding.owner,))
        return True

    def holding(self) -> Holding | None:
        """What is counted, for the next tier; None while that is not what the view says."""
        member = self.view.member(self.name)
        if member is None or not self.is_complete:
            return None
        self._version += 1
        numbers = (member.since, self._life, self._version, self.sources)
        return Holding(self.name, *numbers, self.state)

    def _is_fenced(self, holding: Holding) -> bool:
        member = self.view.member(holding.owner)
        return member is None or member.parent != self.name or holding.epoch < member.since

    def _target(self, name: str) -> Spans:
        """What is to be counted of it according to the view."""
        member = self.view.member(name)
        is_mine = member is not None and member.parent == self.name
        return self.view.owned(name) if is_mine else ()

    def _find_late(self) -> dict[str, None]:
        names = dict.fromkeys((*self._counted, *self.view.children(self.name)))
        return {name: None for name in names if self._is_late(name)}

    def _is_late(self, name: str) -> bool:
        counted, target = self._counted.get(name), self._target(name)
        if counted is None or not target:
            return counted is not None or bool(target)
        member = self.view.member(name)
        return member is not None and counted.holding.epoch != member.since

    def _is_ready(self, name: str) -> bool:
        """Whether it could be counted as of the view: under the right epoch, and completely."""
        target = self._target(name)
        if not target:
            return True
        newest, member = self._newest.get(name), self.view.member(name)
        if newest is None or member is None:
            return False
        return newest.epoch == member.since and newest.sources == size(target)

    def _settle(self) -> None:
        """Replace whatever can be: see `_entangled`."""
        for names in self._entangled():
            if all(self._is_ready(name) for name in names):
                self._replace(names)

    def _entangled(self) -> list[tuple[str, ...]]:
        """The late ones in groups that can only be replaced together.

        Two belong together if a source is counted at the one and is to be counted at the other.
        """
        groups: list[tuple[str, ...]] = []
        for name in self._late:
            touching = [group for group in groups if any(self._share(name, one) for one in group)]
            groups = [group for group in groups if group not in touching]
            groups.append((name, *(one for group in touching for one in group)))
        return groups

    def _share(self, one: str, other: str) -> bool:
        return self._hands_over(one, other) or self._hands_over(other, one)

    def _hands_over(self, giver: str, taker: str) -> bool:
        counted = self._counted.get(giver)
        return counted is not None and overlap(counted.spans, self._target(taker))

    def _replace(self, names: Sequence[str]) -> None:
        """The one step: all the old ones go, all the new ones come."""
        for name in names:
            self._counted.pop(name, None)
            self._late.pop(name, None)
            target = self._target(name)
            if target:
                self._counted[name] = _Counted(self._newest[name], target)
