"""Attacks on values as plainly as they can be written: loops, lists and halving."""

import math
import statistics


def distance(a, b):
    return math.dist(a, b)


def column_means(points):
    return [statistics.fmean(column) for column in zip(*points, strict=True)]


def diameter(points):
    """Largest distance between two points."""
    return max(distance(a, b) for a in points for b in points)


def within_max(lie, others):
    """Whether the lie is no farther from anybody than two of the others are apart."""
    return max(distance(lie, x) for x in others) <= diameter(others)


def within_sum(lie, others):
    """Whether the lie is in sum no farther from the others than the worst of them is."""

    def total(point):
        return math.fsum(distance(point, x) ** 2 for x in others)

    return total(lie) <= max(total(y) for y in others)


def largest_step(others, away, accepts):
    """Largest gamma with `accepts(mean + gamma * away, others)`, by doubling and then halving."""
    mean = column_means(others)

    def accepted(gamma):
        return accepts([m + gamma * a for m, a in zip(mean, away, strict=True)], others)

    low, high = 0.0, 1.0
    while accepted(high):
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if accepted(middle) else (low, middle)
    return low


def little_is_enough(others, n, f):
    """mean + z * sd of each column, with z of Baruch et al. (2019), algorithm 3."""
    supporters = n // 2 + 1 - f
    z = statistics.NormalDist().inv_cdf((n - f - supporters) / (n - f))
    columns = list(zip(*others, strict=True))
    return [statistics.fmean(column) + z * statistics.stdev(column) for column in columns]


def inner_product(others, tau):
    return [-tau * mean for mean in column_means(others)]


def mimic(others):
    """The one that is farthest from the mean of all."""
    mean = column_means(others)
    return max(others, key=lambda x: distance(x, mean))


def sleeper(measured, lie, born_ns, begin_ns, on_ns, off_ns):
    """Counts the turns through: off, on, off, on ..."""
    turn_ends, off = begin_ns + off_ns, True
    while born_ns >= turn_ends:
        off = not off
        turn_ends += off_ns if off else on_ns
    return measured if off else lie


def stale_replay(measured, lag):
    """What is claimed in each tick of a list of vectors, the first of them at the begin."""
    return [measured[max(tick - lag, 0)] for tick in range(len(measured))]
