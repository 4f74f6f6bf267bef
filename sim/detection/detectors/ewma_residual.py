"""How far a value is from the level before it: sudden changes, whatever the level itself is."""

from typing import ClassVar, Literal

import numpy as np

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.detectors.columns import index_of, scales, usable
from sim.detection.detectors.level import Level
from sim.detection.detectors.pool import Pool
from sim.detection.detectors.watched import Watched, not_negative, one_of


class EwmaResidual:
    """|value - level before it| of the newest value, in standard deviations, pooled.

    `spread` says whose: ``baseline`` (held when scores are asked for), or ``own``: the
    exponentially weighted root mean square of the agent's residuals before this one. Own needs no
    baseline, begins with the third value, and gets used to a noisy time.
    """

    evidence: ClassVar[Literal["score", "log_e"]] = "score"
    needs_covariance: ClassVar[bool] = False
    forgets_the_silent: ClassVar[bool] = False

    def __init__(
        self,
        watched: Watched,
        *,
        half_life_ns: int,
        spread: str = "baseline",
        pool: str = "rms",
        top: int = 5,
        cap: float | None = 10.0,
        floor: float = 0.01,
    ) -> None:
        self._pool = Pool(pool, top, cap)
        self._floor = not_negative(floor, "floor")
        self._level = Level(watched, half_life_ns)
        self._own = one_of(spread, ("baseline", "own"), "spread") == "own"
        self._newest = watched.blank()
        """Residuals; with spread ``own`` already in standard deviations."""
        self._squares = watched.blank()
        """Exponentially weighted mean squares of the residuals; only with spread ``own``."""

    def update(self, rows: Ints, values: Floats, baseline: Baseline, which: Ints | None) -> None:
        """Keep the newest residuals; see `Detector.update`."""
        index = index_of(rows)
        residual = self._level.advance(index, values)
        if self._own:
            before = self._squares[index]
            squares = residual * residual
            moved = before + self._level.gain * (squares - before)
            residual /= usable(np.sqrt(before), self._floor)
            self._squares[index] = np.where(np.isnan(before), squares, moved)
        self._newest[index] = residual

    def contributions(self, baseline: Baseline, which: Ints | None) -> Floats:
        """Capped residual of every feature; (agents, F)."""
        if self._own:
            return self._pool.magnitudes(self._newest.copy())
        return self._pool.magnitudes(self._newest / scales(baseline, which, self._floor))

    def scores(self, baseline: Baseline, which: Ints | None) -> Floats:
        """See `Detector.scores`."""
        return self._pool(self.contributions(baseline, which))

    def forget(self, rows: Ints) -> None:
        """See `Detector.forget`."""
        self._level.forget(rows)
        self._newest[rows] = np.nan
        self._squares[rows] = np.nan
