"""How important an update says it is: three classes, from a score by thresholds.

A class is a claim of the source. What a router makes of a claim is in `admission`; so a source can
gain no more by lying than its budget of claims.
"""

from dataclasses import dataclass
from enum import IntEnum


class Importance(IntEnum):
    """The lower, the sooner."""

    CRITICAL = 0
    URGENT = 1
    ROUTINE = 2


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on an update is urgent, and from which on critical.

    Raises ValueError unless urgent <= critical, which NaN is not.

    >>> Thresholds(urgent=3.0, critical=6.0).importance(4.2).name
    'URGENT'
    """

    urgent: float = 3.0
    critical: float = 6.0

    def __post_init__(self) -> None:
        if not self.urgent <= self.critical:
            raise ValueError(
                f"urgent from {self.urgent} is not below critical from {self.critical}"
            )

    def importance(self, score: float) -> Importance:
        """The class of a score; one that is not a number is routine."""
        if score >= self.critical:
            return Importance.CRITICAL
        return Importance.URGENT if score >= self.urgent else Importance.ROUTINE


def claimed(importance: object) -> Importance:
    """What a message claims; whatever is no class at all counts as routine."""
    if isinstance(importance, int) and 0 <= importance <= Importance.ROUTINE:
        return Importance(importance)
    return Importance.ROUTINE
