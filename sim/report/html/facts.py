"""What a report is made of: a stored run, one of its replications, and how much may be shown.

Nothing here reads a file. Who calls brings the tables; `Room` is what a page of several runs can
afford for each of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.measure.metrics import MetricValue
from sim.measure.tables import Tables
from sim.report.export.stored import Stored
from sim.report.export.window import Window
from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One replication of a stored run, and the figures of all of them."""

    folder: str
    manifest: Mapping[str, Any]
    stored: Stored
    values: Sequence[MetricValue]
    window: Window | None = None
    """Which messages to show; None = those around what is most worth seeing."""

    @property
    def plan(self) -> Plan:
        """What was run."""
        return self.stored.plan

    @property
    def tables(self) -> Tables:
        """What is measured, of the replication that is shown."""
        return self.stored.tables

    @property
    def count(self) -> int:
        """How many replications were stored."""
        return len(self.manifest.get("fingerprints", ())) or 1

    @property
    def which(self) -> str:
        """Which of several replications is shown; nothing if there is one."""
        return f"replication {self.stored.number + 1} of {self.count}" if self.count > 1 else ""

    @property
    def duration_s(self) -> float:
        """How long the run lasted, in simulated seconds."""
        return self.plan.duration_ns / 1e9


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each run a page has room for."""

    instants: int
    """Steps of the slider."""
    points: int
    """Points of a curve."""
    parts: int
    """Of the run: a lane closes gaps that are shorter than one of them."""
    messages: int


_MOST_AND_LEAST: Final = ((600, 100), (600, 100), (200, 50), (3000, 200))


def room_for(runs: int) -> Room:
    """The room of each of so many runs: what one run has, divided, but never less than a picture.

    >>> room_for(1)
    Room(instants=600, points=600, parts=200, messages=3000)
    """
    return Room(*(max(most // runs, least) for most, least in _MOST_AND_LEAST))
