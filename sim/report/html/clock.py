"""Instants in words: in seconds, and of a run of hours in hours."""

from dataclasses import dataclass
from typing import Final

from sim.report.words import seconds
from sim.units import NS_PER_S

HOUR_S: Final = 3600
LONG_S: Final = 2 * HOUR_S
"""A run that is longer is told in hours."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The unit in which all instants of a run are told."""

    unit: str = "s"
    size_s: int = 1

    def at(self, at_ns: float) -> str:
        """An instant as a reader wants it.

        >>> Clock().at(27_460_000_000), clock_of(10**14).at(49_506_000_000_000)
        ('27.5 s', '13.752 h')
        """
        return seconds(at_ns) if self.size_s == 1 else self.exactly(at_ns / NS_PER_S)

    def exactly(self, at_s: float) -> str:
        """An instant as it was sampled, in seconds; of hours three digits after the point."""
        return f"{at_s:g} s" if self.size_s == 1 else f"{at_s / self.size_s:.3f} {self.unit}"

    def lasting(self, length_ns: float) -> str:
        """A stretch of time; one that is shorter than the unit is told in seconds.

        >>> clock_of(10**14).lasting(9_000_000_000)
        '9 s'
        """
        return self.at(length_ns) if length_ns >= self.size_s * NS_PER_S else seconds(length_ns)


def clock_of(duration_ns: int) -> Clock:
    """The clock of a run that lasts so long."""
    return Clock("h", HOUR_S) if duration_ns > LONG_S * NS_PER_S else Clock()
