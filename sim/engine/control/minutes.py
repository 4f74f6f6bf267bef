"""What a committee has proposed, decided and published, version by version.

A version is one publication; a snapshot on its way down has a number. Where all replicas publish
the same the number is the version; where each publishes its own, of one version the snapshot that
covers most sources is newest, and of equals that of the replica with the lowest number.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Any, Final

import numpy as np

from sim.engine.control.editions import Ages, held
from sim.engine.control.replicas import Snapshot
from sim.protocol.agreement.certify import statement
from sim.protocol.agreement.contract import Decided
from sim.protocol.resolver.contract import Held
from sim.stats.moments import Moments, error_mean

_PERCENT: Final = 101
"""Coverages, in whole percent, that a number tells apart."""


@dataclass(slots=True)
class Version:
    """One publication: when it was due, what was true then, and what came of it."""

    due_ns: int
    truth: Moments
    own: dict[int, Snapshot] = field(default_factory=dict)
    """What each replica would have published, until all have decided."""
    out: dict[int, Moments] = field(default_factory=dict)
    """What each replica has published."""
    number: int = 0
    """The highest under which anybody has."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A snapshot as a replica publishes it."""

    version: int
    number: int
    due_ns: int
    moments: Moments
    truth: Moments
    ages: Ages
    """As they were when the snapshot was taken."""
    is_first: bool
    """Whether no replica has published this version before."""
    is_newest: bool
    """Whether readers prefer it to all that has been published of this version."""
    apart: float
    """Largest difference from what correct others have published of this version, in sd."""


class Minutes:
    """`replicas` of them; `is_split`: each publishes its own. `scale` is that of the features."""

    def __init__(
        self, replicas: int, scale: float, *, is_split: bool, lying: Collection[int] = ()
    ) -> None:
        self._lying = lying
        self._replicas, self._scale, self._is_split = replicas, scale, is_split
        self.versions: dict[int, Version] = {}
        self._held: dict[int, Held | None] = {}
        self._newest = [0] * replicas

    def open(self, version: int, due_ns: int, truth: Moments) -> None:
        """A publication is due."""
        self.versions[version] = Version(due_ns, truth)

    def missed(self, replica: int, before: int, most: int) -> list[int]:
        """Versions for which a replica had nothing to propose, and that it has not decided."""
        first = max(1, before - most)
        return [
            version
            for version in range(first, before)
            if replica not in self.versions[version].own
            and replica not in self.versions[version].out
        ]

    def has(self, replica: int, version: int) -> bool:
        """Whether the replica has published the version."""
        return replica in self.versions[version].out

    def publish(self, replica: int, decided: Decided) -> Edition:
        """A replica has decided a version, for the first time, and publishes it."""
        version = self.versions[decided.slot]
        snapshot, found = self._read(version, replica, decided)
        number = self._number(decided.slot, replica, snapshot.ages)
        edition = Edition(
            version=decided.slot,
            number=number,
            due_ns=version.due_ns,
            moments=found,
            truth=version.truth,
            ages=snapshot.ages,
            is_first=not version.out,
            is_newest=number > version.number,
            apart=_apart(found, version, self._lying),
        )
        signed = statement(decided.slot, decided.value.digest)
        self._held.setdefault(
            number, held(number, found, snapshot.ages, signed, decided.certificate)
        )
        self._newest[replica] = max(self._newest[replica], number)
        version.out[replica], version.number = found, max(version.number, number)
        if len(version.out) == self._replicas:
            version.own.clear()
        return edition

    def held(self, number: int) -> Held | None:
        """What stands behind the number of a published snapshot."""
        return self._held.get(number)

    def newest(self, replica: int) -> Held | None:
        """The newest snapshot that a replica has published."""
        return self._held.get(self._newest[replica])

    def forget(self, replica: int) -> None:
        """A replica starts again with nothing: it holds no snapshot."""
        self._newest[replica] = 0

    def _read(self, version: Version, replica: int, decided: Decided) -> tuple[Snapshot, Moments]:
        """What was decided; averaging leaves a mean that is nobody's snapshot."""
        snapshot = decided.value.content
        if isinstance(snapshot, Snapshot):
            return snapshot, snapshot.moments
        own = version.own[replica]
        mean = np.array(decided.value.numbers) * self._scale
        return own, replace(own.moments, mean=mean)

    def _number(self, version: int, replica: int, ages: Ages) -> int:
        if not self._is_split:
            return version
        covered = version * _PERCENT + round(100 * min(ages.coverage, 1.0))
        return (covered + 1) * self._replicas - 1 - replica


def _apart(found: Moments, version: Version, lying: Collection[int]) -> float:
    """From what correct replicas have published; unknown means are no difference."""
    others = [other for replica, other in version.out.items() if replica not in lying]
    apart = [error_mean(found, other) for other in others]
    return max((one for one in apart if not isnan(one)), default=0.0)


def decision_row(replica: int, decided: Decided, edition: Edition, now_ns: int) -> dict[str, Any]:
    """A row of the table of decisions, but for what its certificate is worth."""
    return {
        "version": decided.slot,
        "replica": replica,
        "proposed_ns": edition.due_ns,
        "decided_ns": now_ns,
        "view": decided.view,
        "digest": decided.value.digest.hex()[:16],
        "error_mean": error_mean(edition.moments, edition.truth),
        "apart": edition.apart,
    }
