"""Intervals that hold at every look at once: a monitor looks ten times a second.

What goes on while one looks is that *values* come in; sources do not. So there are two estimands.

* `sources`: the mean of these very sources' levels (of one agent: its own mean). Values around
  their source's level are a martingale difference, and the normal-mixture confidence sequence
  with sd sigma_w holds at all counts together: |mean - levels' mean| <= sigma_w u_t / sqrt K.
* `process`: the mean of the process from which the sources were drawn. Their levels are drawn once,
  which a t interval pays for with most of alpha. Its spread S between levels is seen through noise,
  and at some look it is seen too small: between_sd^2 is S^2 plus twice the product of levels and
  noise (a martingale, too: at most S sigma_w u_t / sqrt(K - 1)) plus something positive, hence

      S <= a + sqrt(a^2 + between_sd^2),   a = sigma_w u_t / sqrt(K - 1).

Robbins (1970), Howard, Ramdas, McAuliffe & Sekhon (2021). The deviation sigma_w is estimated, so
the promise is asymptotic; Student's quantile in the normal's place makes up for it from some ten
values of a source on. Values must be independent of the past up to their mean; autocorrelated
streams need a model of the correlation first.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal, get_args

import numpy as np

from sim.stats.anytime import best_r, confidence_sequence
from sim.stats.confidence.clustered import Clustered
from sim.stats.confidence.contract import HEARD, Floats, Group, Interval, Method
from sim.stats.confidence.quantiles import t_quantile
from sim.stats.confidence.stratified import Stratified

Estimand = Literal["sources", "process"]
DRAW: Final = 0.8
"""Of alpha: for having drawn these sources."""
NOISE: Final = 0.1
"""Of alpha: for either bound on the noise around their levels."""


@dataclass(frozen=True)
class Sequence(Method):
    """Valid under continuous peeking; narrowest when each source has sent `horizon` values.

    Raises ValueError for another estimand and for a horizon that is not positive.
    """

    name: ClassVar[str] = "sequence"
    assumes: ClassVar[tuple[str, ...]] = HEARD

    horizon: float = 100.0
    """Values a source; at that count the interval is 1.549 times as wide as a fixed one (95 %)."""
    of: Estimand = "sources"

    def __post_init__(self) -> None:
        if not self.horizon > 0:
            raise ValueError(f"the horizon must be positive, not {self.horizon}")
        if self.of not in get_args(Estimand):
            raise ValueError(f"a sequence is of sources or process, not {self.of!r}")

    def interval(self, group: Group, level: float = 0.95) -> Interval:
        """At all looks at a group whose sources stay the same; its shape is the group's."""
        find = self._of_sources if self.of == "sources" else self._of_process
        return find(group, level)

    def _of_sources(self, group: Group, level: float) -> Interval:
        fixed = Stratified().interval(group, level)
        return replace(fixed, half_width=fixed.half_width * self._price(group, level))

    def _of_process(self, group: Group, level: float) -> Interval:
        alpha = 1 - level
        noise = self._of_sources(group, 1 - NOISE * alpha)
        with np.errstate(divide="ignore", invalid="ignore"):
            slack = noise.half_width * np.sqrt(group.sources / (group.sources - 1))
        spread = slack + np.hypot(slack, group.between_sd)
        drawn = Clustered().interval(replace(group, between_sd=spread), 1 - DRAW * alpha)
        half = drawn.half_width + noise.half_width
        return replace(Clustered().interval(group, level), centre=group.mean, half_width=half)

    def _price(self, group: Group, level: float) -> Floats:
        """Width by that of an interval for one look; K values of sd s are as one of s / sqrt K."""
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(group.sources > 0, group.count / group.sources, 0.0)
        r = best_r(self.horizon, 1 - level)
        _, high = confidence_sequence(each, 0.0, 1 - level, r, sd=1.0)
        return np.asarray(high * np.sqrt(np.maximum(each, 1.0)) / t_quantile(level, math.inf))
