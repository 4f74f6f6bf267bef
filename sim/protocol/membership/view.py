"""A view: who is a member, who reports to whom, and who owns which sources, as of one epoch.

A value: the same at everybody who has applied the same decided changes (see `epochs`). Members are
aggregators of any tier below the root; sources are agents, by number. Every source has exactly one
owner, so the sets of sources that siblings own never overlap.
"""

from dataclasses import dataclass
from functools import cached_property

from sim.protocol.membership.spans import Spans, normal, size
from sim.protocol.signatures import digest


@dataclass(frozen=True, slots=True)
class Member:
    """`since` is the epoch at which the set of sources at or below it last changed."""

    name: str
    parent: str
    since: int


@dataclass(frozen=True, slots=True)
class Run:
    """Sources with numbers in [first, end) came to this owner at this epoch."""

    first: int
    end: int
    owner: str
    epoch: int


@dataclass(frozen=True)
class View:
    """Members in the order of their names, runs in the order of their sources, none empty."""

    epoch: int
    root: str
    members: tuple[Member, ...]
    runs: tuple[Run, ...]

    @property
    def sources(self) -> int:
        """How many there are."""
        return sum(run.end - run.first for run in self.runs)

    @property
    def size_bytes(self) -> int:
        """On the wire: two names and a number a member, three numbers and a place a run."""
        names = sum(len(member.name) + len(member.parent) for member in self.members)
        return 8 + names + 8 * len(self.members) + 28 * len(self.runs)

    @cached_property
    def digest(self) -> bytes:
        """Equal exactly if the views are."""
        members = [part for one in self.members for part in (one.name, one.parent, one.since)]
        runs = [part for run in self.runs for part in (run.first, run.end, run.owner, run.epoch)]
        counts = (len(self.members), len(self.runs))
        return digest("view", self.epoch, self.root, *counts, *members, *runs)

    def member(self, name: str) -> Member | None:
        """None if it is not one."""
        return self._by_name.get(name)

    def children(self, parent: str) -> tuple[str, ...]:
        """Those who report to it, by name."""
        return tuple(member.name for member in self.members if member.parent == parent)

    def path(self, name: str) -> tuple[str, ...]:
        """The member and those above it, without the root; nothing for a stranger."""
        found: list[str] = []
        member = self.member(name)
        while member is not None:
            found.append(member.name)
            member = self.member(member.parent)
        return tuple(found)

    def owned(self, name: str) -> Spans:
        """The sources that are counted at or below a member or the root; none for a stranger."""
        return self._owned.get(name, ())

    def load(self, name: str) -> int:
        """How many sources that is."""
        return size(self.owned(name))

    def run_of(self, source: int) -> Run | None:
        """The run that a source is in: its owner, and since when. None if there is no such one."""
        low, high = 0, len(self.runs)
        while low < high:
            middle = (low + high) // 2
            if self.runs[middle].end <= source:
                low = middle + 1
            else:
                high = middle
        found = self.runs[low] if low < len(self.runs) else None
        return found if found is not None and found.first <= source else None

    @cached_property
    def _by_name(self) -> dict[str, Member]:
        return {member.name: member for member in self.members}

    @cached_property
    def _owned(self) -> dict[str, Spans]:
        spans: dict[str, list[tuple[int, int]]] = {}
        for run in self.runs:
            for name in (*self.path(run.owner), self.root):
                spans.setdefault(name, []).append((run.first, run.end))
        return {name: normal(several) for name, several in spans.items()}
