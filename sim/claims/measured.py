"""A measured figure with its interval, and figures that are worked out from others.

Intervals of derived figures are conservative: the extremes that their parts allow. NaN is "not
known", and a figure with an end that is not known settles nothing.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.stats.growth import fitted_exponent

NOT_RUN: Final = "not run"


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure, its 95 % interval (NaN: not known), and where it is from."""

    value: float
    low: float
    high: float
    unit: str
    n: int = 1
    """Replications, or events, behind it."""
    source: str = NOT_RUN
    """The source, the settings of the cell, the metric: ``c10-cut tree.local=9 coverage.min``."""

    @property
    def is_known(self) -> bool:
        """Whether it has an interval, one end of which may be infinite."""
        return not any(map(math.isnan, (self.value, self.low, self.high)))


def not_run(source: str) -> Measured:
    """A figure that nobody has measured, such as that of a cell left out of a short run."""
    return Measured(math.nan, math.nan, math.nan, "", 0, f"{source} ({NOT_RUN})")


def exactly(figure: Measured) -> Measured:
    """A figure in which there is no chance, such as a count of messages: its own interval."""
    return replace(figure, low=figure.value, high=figure.value)


def number(value: float, unit: str, source: str) -> Measured:
    """A figure that is worked out and has no chance in it."""
    return Measured(value, value, value, unit, 1, source)


def ratio(above: Measured, below: Measured) -> Measured:
    """One figure over another, both at least 0; the unit is "times"."""
    return Measured(
        _over(above.value, below.value),
        _over(above.low, below.high),
        _over(above.high, below.low),
        "times",
        min(above.n, below.n),
        f"{above.source} over {below.source}",
    )


def difference(first: Measured, second: Measured) -> Measured:
    """The first less the second, in their unit."""
    return Measured(
        first.value - second.value,
        first.low - second.high,
        first.high - second.low,
        first.unit,
        min(first.n, second.n),
        f"{first.source} less {second.source}",
    )


def largest(figures: Sequence[Measured]) -> Measured:
    """The largest of some figures; its interval is from the largest low end to the largest high.

    One that is not known makes the largest unknown. Raises ValueError if there are none.
    """
    return _extreme(figures, max)


def smallest(figures: Sequence[Measured]) -> Measured:
    """The smallest of some figures, as `largest`."""
    return _extreme(figures, min)


def growth(sizes: Sequence[float], costs: Sequence[Measured]) -> Measured:
    """The exponent of the power law through figures at several sizes; unit "exponent".

    The interval is two standard errors of the fit. With fewer than three sizes there is none.
    Raises ValueError for figures that have no logarithm.
    """
    unknown = [cost for cost in costs if math.isnan(cost.value)]
    if unknown or len(sizes) < 2:
        return unknown[0] if unknown else not_run("growth over one size")
    fit = fitted_exponent(sizes, [cost.value for cost in costs])
    reach = 2 * fit.standard_error
    first, last = costs[0].source, costs[-1].source
    source = f"{first} to {last}"
    return Measured(
        fit.exponent, fit.exponent - reach, fit.exponent + reach, "exponent", len(sizes), source
    )


def _extreme(figures: Sequence[Measured], choose: Callable[..., Any]) -> Measured:
    """By `choose`, which is `max` or `min`: of the values, and of either end by itself."""
    unknown = [figure for figure in figures if not figure.is_known]
    if unknown:
        return unknown[0]
    found: Measured = choose(figures, key=lambda figure: figure.value)
    low, high = (choose(getattr(one, end) for one in figures) for end in ("low", "high"))
    return replace(found, low=low, high=high)


def _over(above: float, below: float) -> float:
    if math.isnan(above) or math.isnan(below):
        return math.nan
    if below == 0:
        return math.inf if above > 0 else math.nan
    return above / below if math.isfinite(below) else 0.0
