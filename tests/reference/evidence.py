"""The obvious versions of sums, of bounds against liars and of robust merges: loops and fractions.

A group of reports is a list of whole numbers; an interval is a pair of them.
"""

import itertools
import math
from fractions import Fraction


def exact(values):
    return sum((Fraction(value) for value in values), Fraction(0))


def running(values, step):
    """What a plain loop gives."""
    result = 0.0 if step == "add" else 1.0
    for value in values:
        result = result + value if step == "add" else result * value
    return result


def kahan(values):
    total = compensation = 0.0
    for value in values:
        y = value - compensation
        t = total + y
        compensation = (t - total) - y
        total = t
    return total


def neumaier(values):
    total = compensation = 0.0
    for value in values:
        t = total + value
        if abs(total) >= abs(value):
            compensation += (total - t) + value
        else:
            compensation += (value - t) + total
        total = t
    return total + compensation


def bounds(reports, f):
    """Least and greatest sum over every choice of k - f reports: tried out."""
    chosen = [sum(some) for some in itertools.combinations(reports, max(0, len(reports) - f))]
    return min(chosen), max(chosen)


def combine(intervals, f):
    """Least sum of lower ends and greatest of upper ends over every choice of g - f intervals."""
    kept = max(0, len(intervals) - f)
    choices = list(itertools.combinations(intervals, kept))
    return (
        min(sum(low for low, _ in some) for some in choices),
        max(sum(high for _, high in some) for some in choices),
    )


def robust_average(e_values, f):
    """The least mean over every choice of k - f of them."""
    kept = len(e_values) - f
    return min(math.fsum(some) / kept for some in itertools.combinations(e_values, kept))


def robust_product(e_values, f):
    kept = len(e_values) - f
    return min(math.prod(some) for some in itertools.combinations(e_values, kept))


def robust_p_value(p_values, f, r):
    """r honest ones are among the r + f smallest, and Rueger's rule is for the honest k - f."""
    return min(1.0, (len(p_values) - f) / r * sorted(p_values)[r + f - 1])
