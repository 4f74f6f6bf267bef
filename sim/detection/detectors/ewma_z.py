"""The exponentially weighted level in standard deviations: slow, and deaf to single outliers."""

from typing import ClassVar, Literal

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.detectors.columns import index_of, standardised
from sim.detection.detectors.level import Level
from sim.detection.detectors.pool import Pool
from sim.detection.detectors.watched import Watched, not_negative


class EwmaZ:
    """|level - mean| / sd of each feature, pooled.

    The unit is the baseline's standard deviation of *values*: a shift of 3 sd ends at 3, whatever
    the half life. The level of independent values has the smaller standard deviation
    sd * sqrt(gain / (2 - gain)); calibrate the threshold, do not look it up.
    """

    evidence: ClassVar[Literal["score", "log_e"]] = "score"
    needs_covariance: ClassVar[bool] = False
    forgets_the_silent: ClassVar[bool] = False

    def __init__(
        self,
        watched: Watched,
        *,
        half_life_ns: int,
        pool: str = "top",
        top: int = 5,
        cap: float | None = 10.0,
        floor: float = 0.01,
    ) -> None:
        self._pool = Pool(pool, top, cap)
        self._floor = not_negative(floor, "floor")
        self._level = Level(watched, half_life_ns)

    def update(self, rows: Ints, values: Floats, baseline: Baseline, which: Ints | None) -> None:
        """Move the levels; see `Detector.update`."""
        self._level.advance(index_of(rows), values)

    def contributions(self, baseline: Baseline, which: Ints | None) -> Floats:
        """Capped deviation of every feature's level; (agents, F)."""
        z = standardised(self._level.now, baseline, which, self._floor)
        return self._pool.magnitudes(z)

    def scores(self, baseline: Baseline, which: Ints | None) -> Floats:
        """See `Detector.scores`."""
        return self._pool(self.contributions(baseline, which))

    def forget(self, rows: Ints) -> None:
        """See `Detector.forget`."""
        self._level.forget(rows)
