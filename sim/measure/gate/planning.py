"""How many replications settle a question that is open.

Enough to see a worsening of the tolerance with the promised power, by Stein's two-stage rule
(C. Stein 1945): what is not yet known of the deviation is paid for by Student's law in place of the
normal one, so the power holds whatever the deviation is. If that many were not enough, so many that
0 and the tolerance no longer fit into one interval.
"""

import math

from sim.measure.gate.effect import Effect, Levels
from sim.measure.gate.rates import PLANNED
from sim.measure.gate.rearrangements import fewest


def replications_needed(effect: Effect, tolerance: float, levels: Levels, paired: bool) -> int:
    """Replications (of each side, if not paired) that would settle what `effect` leaves open.

    More than it has. Fewer than a test can use say nothing yet: then the fewest it can use.
    """
    least = fewest(min(levels.low, levels.high), paired)
    if effect.n < least:
        return least
    if effect.never > 0:
        return _of_never(effect, least)
    errors = reach(effect.freedom, levels) * effect.deviation / tolerance
    planned = max(least, math.ceil(errors**2))
    return planned if planned > effect.n else _narrow(effect, tolerance)


def reach(freedom: int, levels: Levels) -> float:
    """Standard errors that must fit into the tolerance, so that it is seen as often as planned."""
    from scipy.stats import t

    return float(t.ppf(1 - levels.low, freedom) + t.ppf(PLANNED, freedom))


def _narrow(effect: Effect, tolerance: float) -> int:
    """Width shrinks with the root of n; one that is infinite says no more than "more"."""
    width = effect.high - effect.low
    if math.isinf(width):
        return 2 * effect.n
    return max(effect.n + 1, math.ceil(effect.n * (width / tolerance) ** 2))


def _of_never(effect: Effect, least: int) -> int:
    """As many as show enough cases that never recovered, if they were no luck."""
    return max(effect.n + 1, math.ceil(least * effect.n / effect.never))
