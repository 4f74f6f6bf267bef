"""What a metric is: the entry of a catalogue."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that a run reports."""

    name: str
    unit: str
    about: str
    better: Literal["less", "more"] = "less"
