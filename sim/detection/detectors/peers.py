"""The newest value against those of the others in the same group, at the same time.

What moves all of a group alike (a release, a daily rhythm) is no anomaly here, and no history is
needed. A group in which all go wrong together looks normal.
"""

from typing import ClassVar, Literal

import numpy as np

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.detectors.columns import index_of, usable
from sim.detection.detectors.pool import Pool
from sim.detection.detectors.watched import Watched, not_negative
from sim.detection.groups import Groups

MAD_TO_SD = 1.482602218505602
"""One over the 75 % quantile of the normal law: a median absolute deviation as a deviation."""


class Peers:
    """|x - mean| / sd over the *other* heard members of the group, per feature, pooled.

    Leaving an agent out of its own yardstick matters: in a group of m no member can be further than
    (m - 1) / sqrt(m) standard deviations from a mean that includes it. `robust` takes median and
    MAD of all heard members instead, which a minority of anomalies cannot move. Groups with fewer
    than `smallest_group` heard members give no scores. The baseline plays no part.
    """

    evidence: ClassVar[Literal["score", "log_e"]] = "score"
    needs_covariance: ClassVar[bool] = False
    forgets_the_silent: ClassVar[bool] = True

    def __init__(
        self,
        watched: Watched,
        *,
        robust: bool = False,
        smallest_group: int = 5,
        pool: str = "top",
        top: int = 5,
        cap: float | None = 10.0,
        floor: float = 0.01,
    ) -> None:
        if smallest_group < 3:
            raise ValueError(f"smallest_group must be at least 3, not {smallest_group}")
        self._smallest = smallest_group
        self._robust = robust
        self._pool = Pool(pool, top, cap)
        self._floor = not_negative(floor, "floor")
        self._groups = Groups(watched.groups)
        self._newest = watched.blank()

    def update(self, rows: Ints, values: Floats, baseline: Baseline, which: Ints | None) -> None:
        """Keep the newest values; see `Detector.update`."""
        self._newest[index_of(rows)] = values

    def contributions(self, baseline: Baseline, which: Ints | None) -> Floats:
        """Capped deviation of every feature from the peers; (agents, F)."""
        heard = ~np.isnan(self._newest[:, 0])
        members = self._groups.sums(heard.astype(np.float64))[self._groups.of]
        law = self._median_and_mad if self._robust else self._mean_and_sd
        enough = members >= self._smallest
        deviation, spread = law(np.where(enough, members, np.nan)[:, None])
        return self._pool.magnitudes(deviation / usable(spread, self._floor))

    def scores(self, baseline: Baseline, which: Ints | None) -> Floats:
        """See `Detector.scores`."""
        return self._pool(self.contributions(baseline, which))

    def forget(self, rows: Ints) -> None:
        """See `Detector.forget`."""
        self._newest[rows] = np.nan

    def _mean_and_sd(self, members: Floats) -> tuple[Floats, Floats]:
        """Distance from the mean of the others, and their standard deviation.

        With d the distance from the mean of all m: the others' mean is d / (m - 1) further away,
        and their sum of squares is smaller by d^2 m / (m - 1).
        """
        d = self._newest - (self._sums(self._newest) / members)
        squares = self._sums(d * d)
        own = d * d * members / (members - 1)
        # Below what rounding leaves behind, the others are all alike.
        others = np.where(squares - own > 1e-12 * squares, squares - own, 0.0)
        return d * members / (members - 1), np.sqrt(others / (members - 2))

    def _sums(self, values: Floats) -> Floats:
        """Of the heard members of each agent's group; (agents, F)."""
        return self._groups.sums(np.where(np.isnan(values), 0.0, values))[self._groups.of]

    def _median_and_mad(self, members: Floats) -> tuple[Floats, Floats]:
        d = self._newest - self._medians(self._newest, members)
        return d, MAD_TO_SD * self._medians(np.abs(d), members)

    def _medians(self, values: Floats, members: Floats) -> Floats:
        """Of the heard members of each agent's group; (agents, F)."""
        groups = self._groups
        first = np.zeros(groups.count, np.int64)
        first[groups.present] = groups.starts
        heard = np.where(np.isnan(members[:, 0]), 1, members[:, 0]).astype(np.int64)
        low, high = (first[groups.of] + middle for middle in ((heard - 1) // 2, heard // 2))
        medians = np.empty_like(values)
        for feature, column in enumerate(values.T):
            # The last key sorts first; within a group NaN (unheard) comes last.
            ascending = column[np.lexsort((column, groups.of))]
            medians[:, feature] = (ascending[low] + ascending[high]) / 2
        return np.where(np.isnan(members), np.nan, medians)
