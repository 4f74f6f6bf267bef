"""Intervals that hold at every look at once: a monitor looks ten times a second.

What goes on while one looks is that *values* come in; sources do not. So there are two estimands.

* `sources`: the mean of these very sources' levels (of one agent: its own mean). Values around
  their source's level are a martingale difference, and the normal-mixture confidence sequence
  with sd sigma_w holds at all counts together.
* `process`: the mean of the process from which the sources were drawn. Their levels are drawn once
  and looking does not change them; half of alpha pays for that draw with a t interval between
  sources, half for the noise around their levels with a confidence sequence, and the two add up.

Robbins (1970), Howard, Ramdas, McAuliffe & Sekhon (2021). The deviations are estimated, so the
promise is asymptotic; Student's quantile in the normal's place makes up for it at small counts.
Values must be independent of the past up to their mean; autocorrelated streams need a model of the
correlation first.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from sim.stats.anytime import best_r, confidence_sequence
from sim.stats.confidence.clustered import Clustered
from sim.stats.confidence.contract import Floats, Group, Interval, Method
from sim.stats.confidence.quantiles import t_quantile
from sim.stats.confidence.stratified import Stratified

ESTIMANDS = ("sources", "process")


@dataclass(frozen=True)
class Sequence(Method):
    """Valid under continuous peeking; narrowest when each source has sent `horizon` values.

    Raises ValueError for another estimand and for a horizon that is not positive.
    """

    name: ClassVar[str] = "sequence"
    assumes: ClassVar[tuple[str, ...]] = ("complete", "current", "once")

    horizon: float = 100.0
    """Values a source; at that count the interval is 1.549 times as wide as a fixed one (95 %)."""
    of: str = "sources"

    def __post_init__(self) -> None:
        if not self.horizon > 0:
            raise ValueError(f"the horizon must be positive, not {self.horizon}")
        if self.of not in ESTIMANDS:
            raise ValueError(f"a sequence is of {' or '.join(ESTIMANDS)}, not {self.of!r}")

    def interval(self, group: Group, level: float = 0.95) -> Interval:
        """At all looks at a group whose sources stay the same; its shape is the group's."""
        if self.of == "sources":
            fixed = Stratified().interval(group, level)
            half = fixed.half_width * self._price(group, level)
            return replace(fixed, half_width=half)
        within = (1 + level) / 2
        drawn, noise = Clustered().interval(group, within), Stratified().interval(group, within)
        half = drawn.half_width + noise.half_width * self._price(group, within)
        return replace(drawn, centre=noise.centre, half_width=half, level=level)

    def _price(self, group: Group, level: float) -> Floats:
        """Width by that of an interval for one look; K values of sd s are as one of s / sqrt K."""
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(group.sources > 0, group.count / group.sources, 0.0)
        r = best_r(self.horizon, 1 - level)
        _, high = confidence_sequence(each, 0.0, 1 - level, r, sd=1.0)
        return np.asarray(high * np.sqrt(np.maximum(each, 1.0)) / t_quantile(level, math.inf))
