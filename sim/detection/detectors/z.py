"""The newest value in standard deviations: Shewhart's chart, one per feature, pooled."""

from typing import ClassVar, Literal

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.detectors.columns import index_of, standardised
from sim.detection.detectors.pool import Pool
from sim.detection.detectors.watched import Watched, not_negative


class Z:
    """|x - mean| / sd of the newest value of each feature, pooled.

    The baseline that counts is the one held when scores are asked for, so a value costs one copy.
    """

    evidence: ClassVar[Literal["score", "log_e"]] = "score"
    needs_covariance: ClassVar[bool] = False
    forgets_the_silent: ClassVar[bool] = False

    def __init__(
        self,
        watched: Watched,
        *,
        pool: str = "top",
        top: int = 5,
        cap: float | None = 10.0,
        floor: float = 0.01,
    ) -> None:
        self._pool = Pool(pool, top, cap)
        self._floor = not_negative(floor, "floor")
        self._newest = watched.blank()

    def update(self, rows: Ints, values: Floats, baseline: Baseline, which: Ints | None) -> None:
        """Keep the newest values; see `Detector.update`."""
        self._newest[index_of(rows)] = values

    def contributions(self, baseline: Baseline, which: Ints | None) -> Floats:
        """Capped deviation of every feature; (agents, F)."""
        z = standardised(self._newest, baseline, which, self._floor)
        return self._pool.magnitudes(z)

    def scores(self, baseline: Baseline, which: Ints | None) -> Floats:
        """See `Detector.scores`."""
        return self._pool(self.contributions(baseline, which))

    def forget(self, rows: Ints) -> None:
        """See `Detector.forget`."""
        self._newest[rows] = float("nan")
