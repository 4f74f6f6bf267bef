"""One thing that a claim says, what was measured of it, and what came of it.

The outcome is worked out from the interval and the bound and cannot be set. What fails although
theory has a floor above the bound is forbidden: no design could do it.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from sim.claims.measured import Measured
from sim.claims.verdict import Outcome


class Relation(StrEnum):
    """How a figure is to stand to its bound."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


KEEPS: Final[Mapping[Relation, Callable[[float, float], bool]]] = {
    Relation.AT_MOST: operator.le,
    Relation.AT_LEAST: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Floor:
    """A bound of theory: no design does better than `value`, and why (with the source)."""

    value: float
    why: str


@dataclass(frozen=True, slots=True)
class Along:
    """A number that findings under one condition differ in, such as the length of a cut."""

    what: str
    """What comes before it in words: "a cut of"."""
    place: float
    written: str
    """The number with its unit: "3 s"."""

    def __str__(self) -> str:
        return f"{self.what} {self.written}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is asked, under which condition, what was measured, and the bound."""

    asked: str
    """A few words: "age of the oldest source at the root"."""
    when: str
    """The condition under which it was measured, in words that can follow "holds when"."""
    measured: Measured
    relation: Relation
    bound: float
    floor: Floor | None = None
    along: Along | None = None
    decides: bool = True
    """False for what is told for comparison and has no part in the verdict."""

    @property
    def condition(self) -> str:
        """All of the condition, in words."""
        return ", ".join(str(part) for part in (self.when, self.along) if part)

    @property
    def was_run(self) -> bool:
        """Whether anything was measured of it; a short run leaves cells out."""
        return self.measured.n > 0

    @property
    def outcome(self) -> Outcome:
        """What came of it: settled only where the whole interval is on one side."""
        if not self.measured.is_known:
            return Outcome.OPEN
        ends = [
            KEEPS[self.relation](end, self.bound) for end in (self.measured.low, self.measured.high)
        ]
        if all(ends):
            return Outcome.HOLDS
        if any(ends):
            return Outcome.OPEN
        return Outcome.FORBIDDEN if self._is_forbidden else Outcome.FAILS

    @property
    def _is_forbidden(self) -> bool:
        return self.floor is not None and not KEEPS[self.relation](self.floor.value, self.bound)

    @property
    def contradicts_theory(self) -> bool:
        """Whether it was measured to be better than theory allows: then we are wrong."""
        if self.floor is None or not self.measured.is_known:
            return False
        if self.relation is Relation.AT_MOST:
            return self.measured.high < self.floor.value
        return self.measured.low > self.floor.value


def at_most(
    measured: Measured,
    bound: float,
    asked: str,
    when: str,
    *,
    floor: Floor | None = None,
    along: Along | None = None,
) -> Finding:
    """The figure is to be no larger than a bound."""
    return Finding(asked, when, measured, Relation.AT_MOST, bound, floor, along)


def at_least(
    measured: Measured,
    bound: float,
    asked: str,
    when: str,
    *,
    floor: Floor | None = None,
    along: Along | None = None,
) -> Finding:
    """The figure is to be no smaller than a bound."""
    return Finding(asked, when, measured, Relation.AT_LEAST, bound, floor, along)


def told(finding: Finding) -> Finding:
    """The same for comparison only: it has no part in the verdict."""
    return replace(finding, decides=False)
