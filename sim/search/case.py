"""One thing to try: who lies and what fails, as it is written in a scenario.

A case is plain and frozen, so that it can be remembered by its text, which is what ``--set`` takes.
An attack by agents is an entry of `adversaries` for each place, so that each place has a number of
liars of its own and can be left out by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenario.flow import flow
from sim.units import write_duration

ANYWHERE = ""
"""In place of a group: all over the tier, by chance."""


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant (included) to another, in ns; no end is the end of the run."""

    begin_ns: int
    end_ns: int | None

    def length_ns(self, duration_ns: int) -> int:
        """How long it lasts in a run."""
        return (duration_ns if self.end_ns is None else self.end_ns) - self.begin_ns


@dataclass(frozen=True, slots=True)
class Attack:
    """One kind of lie. `places` are groups with so many liars in each, or the nodes that lie."""

    kind: str
    where: str
    places: tuple[tuple[str, int], ...]
    by_group: bool
    """Whether places are aggregators with liars below; else they are nodes that lie, one each."""
    options: tuple[tuple[str, str], ...]
    span: Span

    @property
    def liars(self) -> int:
        """How many nodes lie."""
        return sum(count for _, count in self.places)

    def entries(self) -> list[dict[str, Any]]:
        """As they stand below `adversaries`."""
        if not self.by_group:
            return [self._entry({"where": [name for name, _ in self.places]})]
        return [
            self._entry(
                {
                    "where": self.where,
                    **({} if name == ANYWHERE else {"under": name}),
                    "budget": count,
                }
            )
            for name, count in self.places
        ]

    def _entry(self, who: Mapping[str, Any]) -> dict[str, Any]:
        span = self.span
        begin = {"from": write_duration(span.begin_ns)} if span.begin_ns else {}
        until = {} if span.end_ns is None else {"until": write_duration(span.end_ns)}
        return {**who, "kind": self.kind, **dict(self.options), **begin, **until}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `targets` are nodes, or a site, or the two ends of a link."""

    kind: str
    targets: tuple[str, ...]
    options: tuple[tuple[str, Any], ...]
    span: Span

    def entry(self) -> dict[str, Any]:
        """As it stands below `faults`."""
        span = self.span
        until = {} if span.end_ns is None else {"until": write_duration(span.end_ns)}
        at = {"at": write_duration(span.begin_ns), **until}
        return {"kind": self.kind, **self._whom(), **dict(self.options), **at}

    def _whom(self) -> dict[str, Any]:
        match self.kind:
            case "partition":
                return {"groups": [list(self.targets), "rest"]}
            case "link_down":
                return {"link": list(self.targets)}
            case "site_down":
                return {"site": self.targets[0]}
        return {"nodes": list(self.targets)}


@dataclass(frozen=True, slots=True)
class Case:
    """All that goes wrong in a run."""

    attacks: tuple[Attack, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def liars(self) -> int:
        """How many nodes lie, all attacks together."""
        return sum(attack.liars for attack in self.attacks)

    def adversaries(self) -> list[dict[str, Any]]:
        """The block of that name."""
        return [entry for attack in self.attacks for entry in attack.entries()]

    def failures(self) -> list[dict[str, Any]]:
        """The block `faults`."""
        return [fault.entry() for fault in self.faults]

    def __str__(self) -> str:
        """Both blocks on one line: what it is remembered by."""
        return f"adversaries={flow(self.adversaries())} faults={flow(self.failures())}"
