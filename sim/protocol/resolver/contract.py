"""What a reader holds, what it was asked for, and what a read returns.

A read never lies about its age: `within_bound` is true only if even the oldest source in the value
is younger than the bound, with the possible error of the clock counted in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.merkle.attestation import Integrity
from sim.protocol.resolver.spans import Span
from sim.protocol.signatures import Certificate
from sim.units import NS_PER_S

Floats = NDArray[np.float64]


class ReadClass(StrEnum):
    """What is read; critical alerts have no bound and are read by `alerts.read_alert`."""

    BASELINE = "baseline"
    ANOMALY = "anomaly"
    ALERT = "alert"


BOUNDS_NS: Final[Mapping[ReadClass, int | None]] = {
    ReadClass.BASELINE: 5 * NS_PER_S,
    ReadClass.ANOMALY: NS_PER_S,
    ReadClass.ALERT: None,
}
"""How old a class may be, unless a scenario says otherwise."""


class Prefer(StrEnum):
    """What a consumer would rather have when it cannot have both."""

    AVAILABILITY = "availability"
    CONSISTENCY = "consistency"


@dataclass(frozen=True, slots=True)
class Policy:
    """One consumer's wishes. Raises ValueError if bound or skew make no sense."""

    read_class: ReadClass
    prefer: Prefer = Prefer.AVAILABILITY
    bound_ns: int | None = None
    """Of the oldest age; that of the class unless given."""
    skew_ns: int = 0
    """How far clocks may be apart: added to every age, which is then never told too low."""
    level: float = 0.95
    """Of the interval."""

    def __post_init__(self) -> None:
        if self.read_class is ReadClass.ALERT:
            raise ValueError("alerts have no bound and no interval; see read_alert")
        if self.bound <= 0 or self.skew_ns < 0 or not 0 < self.level < 1:
            raise ValueError(f"no reader can follow {self}")

    @property
    def bound(self) -> int:
        """The bound in force, in ns."""
        default = BOUNDS_NS[self.read_class]
        assert default is not None
        return default if self.bound_ns is None else self.bound_ns


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The newest version of a statistic that a reader has; arrays are (d,) features."""

    mean: Floats
    standard_error: Floats
    """Of sampling alone, when it was made; 0 if every source counts in it alike, as then it is no
    sample but all that there is."""
    oldest_born_ns: int
    """Birth of the oldest source in it."""
    mean_born_ns: int
    """Mean birth of its sources. Drift is concave in age, so it is never understated by this."""
    agents: int
    """How many sources are in it, of those that there are."""
    coverage: float
    """Share of all sources that are in it."""
    version: tuple[int, int] = (0, 0)
    missing_sd: Floats | None = None
    """Of the difference between the sources that are missing and those that are in it; None if
    nobody knows, 0 if the standard error counts it. See `widening.missing_sd`."""
    span: Span | None = None
    """When the values in it were measured; None if it is a state and not a mean over time."""
    noise: Floats | None = None
    """Squared standard error from noise within the sources, over its span; None: there is none."""
    digest: bytes = b""
    certificate: Certificate | None = None
    confirmed_by: tuple[int, ...] = ()
    """Members of the committee that are known to hold the same digest."""
    integrity: Integrity = Integrity.UNATTESTED


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What a consumer is told. A read that is refused has no value, and says why."""

    answered: bool
    reason: str
    value: Floats | None
    age_ns: int | None
    """Of the oldest source; None if there was nothing to read."""
    coverage: float
    low: Floats | None
    high: Floats | None
    integrity: Integrity
    within_bound: bool
    version: tuple[int, int] | None = None
