"""What some adjacent children send in one step, and when it arrives."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import Emission, FloatArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports of adjacent children in one step.

    `totals[pane]` are running totals, shape (ticks + 1, children, columns), of what each report
    adds to a pane; row 0 is zero. `states` has shape (ticks, children, state columns). `vectors`
    (ticks, children, features) are the single vectors that agents send with their sums, in scales;
    None where nobody looks at them.
    """

    emission: Emission
    arrivals_ns: FloatArray
    totals: Mapping[int, IntArray | FloatArray]
    states: IntArray
    vectors: FloatArray | None = None

    @property
    def vector_columns(self) -> int:
        """How many numbers the vector of a report has; 0 where nobody looks at it."""
        return 0 if self.vectors is None else int(self.vectors.shape[2])
