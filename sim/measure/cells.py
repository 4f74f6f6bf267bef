"""What came out of a cell of a sweep, as tables and programs read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.measure.metrics import MetricValue
from sim.scenario.grid import Cell

MISSING: Final = "missing"
ERROR: Final = "error"


@dataclass(frozen=True, slots=True)
class CellResult:
    """A cell that is stored, could not be run (`error` says why), or has not been run."""

    cell: Cell
    folder: Path
    """Where its run is kept, or would be."""
    verdict: str
    """pass, fail, infeasible, inconclusive; error; missing."""
    values: Sequence[MetricValue] = ()
    fingerprints: Sequence[str] = ()
    """Of its replications."""
    wall_s: float = 0.0
    """Time that its replications took, all together."""
    error: Exception | None = None

    @property
    def is_stored(self) -> bool:
        """Whether there are numbers."""
        return self.verdict not in (MISSING, ERROR)

    def value(self, metric: str) -> MetricValue | None:
        """A metric of it; None if it was not measured."""
        return next((value for value in self.values if value.name == metric), None)
