"""How likely a random draw holds too many liars: exact tails, without numpy or scipy.

Every tail is a ratio of two sums of weights, taken outwards from the likeliest count, each weight a
small factor times its neighbour. No factorial appears, so nothing overflows and nothing cancels:
about thirteen digits are right at a population of ten or of ten million.
"""

import math
from collections.abc import Callable
from typing import Final

_NOTHING: Final = 1e-320
"""Weights below this, relative to the likeliest count, are left out of a sum."""


def hypergeometric_sf(above: int, population: int, marked: int, drawn: int) -> float:
    """P(more than `above` are marked) among `drawn` of `population`, `marked` of which are.

    Raises ValueError unless 0 <= marked, drawn <= population.

    >>> f"{hypergeometric_sf(16, 1000, 200, 50):.4f}"
    '0.0123'
    """
    if not (0 <= marked <= population and 0 <= drawn <= population):
        raise ValueError(f"cannot draw {drawn} of {population} of which {marked} are marked")
    low, high = max(0, drawn + marked - population), min(drawn, marked)

    def growth(count: int) -> float:
        """Weight of count + 1 over that of count."""
        lost = (count + 1) * (population - marked - drawn + count + 1)
        return (marked - count) * (drawn - count) / lost

    mode = (drawn + 1) * (marked + 1) // (population + 2)
    return _sf(above, low, mode, high, growth)


def binomial_sf(above: int, drawn: int, share: float) -> float:
    """P(more than `above` are marked) among `drawn` of a population without end.

    Raises ValueError for a share outside [0, 1] and for a negative draw.
    """
    if not 0 <= share <= 1 or drawn < 0:
        raise ValueError(f"cannot draw {drawn} with a share of {share}")
    if share == 1:
        return float(above < drawn)
    odds = share / (1 - share)
    mode = min(drawn, int((drawn + 1) * share))
    return _sf(above, 0, mode, drawn, lambda count: (drawn - count) / (count + 1) * odds)


def all_marked(population: int, marked: int, drawn: int) -> float:
    """P(all `drawn` are marked): C(marked, drawn) / C(population, drawn)."""
    if not (0 <= marked <= population and 0 <= drawn <= population):
        raise ValueError(f"cannot draw {drawn} of {population} of which {marked} are marked")
    return math.prod(max(0, marked - i) / (population - i) for i in range(drawn))


def at_least_once(probability: float, times: int) -> float:
    """P(an event happens in at least one of independent `times`); exact for tiny probabilities."""
    return 1.0 if probability >= 1 else -math.expm1(times * math.log1p(-probability))


def _sf(above: int, low: int, mode: int, high: int, growth: Callable[[int], float]) -> float:
    """Share of the weights of [low, high] that lie above `above`."""
    if above < low:
        return 1.0
    weights = _weights(low, mode, high, growth)
    beyond = math.fsum(weight for count, weight in weights if count > above)
    return beyond / math.fsum(weight for _, weight in weights)


def _weights(
    low: int, mode: int, high: int, growth: Callable[[int], float]
) -> list[tuple[int, float]]:
    """(count, weight) of all counts that weigh anything; the mode weighs 1."""
    weights, weight = [(mode, 1.0)], 1.0
    for count in range(mode, high):
        weight *= growth(count)
        if weight < _NOTHING:
            break
        weights.append((count + 1, weight))
    weight = 1.0
    for count in range(mode, low, -1):
        weight /= growth(count - 1)
        if weight < _NOTHING:
            break
        weights.append((count - 1, weight))
    return weights
