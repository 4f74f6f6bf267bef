"""What came out of a cell of a sweep, as tables and programs read it."""

import math
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


def most_different(results: Sequence[CellResult], most: int) -> list[str]:
    """The metrics that differ most between cells, at most so many, the most different first.

    What counts is the relative spread: from the smallest to the largest value, of the largest
    magnitude. Metrics that are the same in all cells, or known in one alone, are left out.
    """
    known: dict[str, list[float]] = {}
    for result in results:
        for value in result.values:
            known.setdefault(value.name, []).append(value.value)
    spreads = {name: _spread(values) for name, values in known.items()}
    ranked = sorted(spreads, key=spreads.__getitem__, reverse=True)  # stable: ties as measured
    return [name for name in ranked[:most] if spreads[name] > 0]


def _spread(values: Sequence[float]) -> float:
    """An infinite value is as far from a finite one as one is from nought."""
    known = [value for value in values if not math.isnan(value)]
    if len(set(known)) < 2:
        return 0.0
    largest = max(map(abs, known))
    return 1.0 if math.isinf(largest) else (max(known) - min(known)) / largest
