"""How a round of approximate agreement makes one value of many, of which f may be lies.

Each coordinate is sorted by itself and loses its f lowest and f highest, so what is left lies
between correct values ("box" validity: convex-hull validity in d dimensions would need
n > (d + 1) f). Then a rule combines what is left; `contraction` says which share of the spread of
the correct values a synchronous round leaves at worst.

Dolev, Lynch, Pinter, Stark and Weihl, "Reaching approximate agreement in the presence of faults"
(J. ACM 1986); box validity: Mendes, Herlihy, Vaidya and Garg (Distributed Computing 2015).
"""

from collections.abc import Callable, Sequence
from math import fsum, isfinite

Numbers = tuple[float, ...]
Rule = Callable[[Sequence[float], int], float]
"""One number from those that are left, in order; the second argument is f."""


def midpoint(kept: Sequence[float], f: int) -> float:  # noqa: ARG001
    """The middle of the range. Leaves 1/2 of the spread.

    >>> midpoint([0.0, 1.0, 6.0], 1)
    3.0
    """
    return 0.5 * kept[0] + 0.5 * kept[-1]  # each halved: their sum may be out of range


def select_mean(kept: Sequence[float], f: int) -> float:
    """The mean of every f-th, from the lowest. Leaves 1 / (floor((n - 2f - 1) / f) + 1).

    >>> select_mean([0.0, 1.0, 6.0, 7.0, 9.0], 2)
    5.0
    """
    return _mean(kept[:: max(f, 1)])


def trimmed_mean(kept: Sequence[float], f: int) -> float:  # noqa: ARG001
    """The mean of all. Leaves f / (n - 2f), nearly everything: to estimate, never to agree.

    >>> trimmed_mean([0.0, 1.0, 5.0], 1)
    2.0
    """
    return _mean(kept)


RULES: dict[str, Rule] = {
    "midpoint": midpoint,
    "select_mean": select_mean,
    "trimmed_mean": trimmed_mean,
}


def contraction(rule: str, n: int, f: int) -> float:
    """The worst share of the spread that is left after a synchronous round of n > 3f values.

    Raises KeyError for an unknown rule.

    >>> [contraction(rule, 25, 8) for rule in RULES]
    [0.5, 0.5, 0.8888888888888888]
    """
    assert n > 3 * f >= 0, (n, f)
    rules = {
        "midpoint": 0.5,
        "select_mean": 1 / ((n - 2 * f - 1) // max(f, 1) + 1),
        "trimmed_mean": f / (n - 2 * f),
    }
    return rules[rule] if f else rules[rule] * 0  # without liars all see the same values


def combined(rule: Rule, values: Sequence[Numbers], f: int) -> Numbers:
    """One vector from more than 2f: in each coordinate within the range of the correct values."""
    assert len(values) > 2 * f, (len(values), f)
    return tuple(_within(rule, sorted(column), f) for column in zip(*values, strict=True))


def are_sound(numbers: object, dimension: int) -> bool:
    """Whether these can be sorted and averaged: a tuple of so many finite floats."""
    return (
        isinstance(numbers, tuple)
        and len(numbers) == dimension
        and all(type(number) is float and isfinite(number) for number in numbers)
    )


def _within(rule: Rule, column: list[float], f: int) -> float:
    kept = column[f : len(column) - f]
    return min(max(rule(kept, f), kept[0]), kept[-1])  # rounding may leave the range by one bit


def _mean(numbers: Sequence[float]) -> float:
    return fsum(number / len(numbers) for number in numbers)  # divided first: the sum may overflow
