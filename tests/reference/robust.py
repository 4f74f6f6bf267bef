"""The obvious versions of the robust rules: one group at a time, items as lists of floats.

`items` is a list of lists (one an item), `weights` a list of numbers; absent items are left out
before these are called. Ties are broken as the rules say: by the items themselves.
"""

import math

import numpy as np


def mean(items, weights, f):
    total = sum(weights)
    return [
        sum(w * x for x, w in zip(column, weights, strict=True)) / total
        for column in zip(*items, strict=True)
    ]


def median(items, weights, f):
    return [_median(column, weights) for column in zip(*items, strict=True)]


def _median(values, weights):
    """Smallest value with half of the weight up to it, and with more than half; their middle."""
    pairs, total = sorted(zip(values, weights, strict=True)), sum(weights)
    up_to = [sum(w for _, w in pairs[: i + 1]) for i in range(len(pairs))]
    low = next(x for (x, _), s in zip(pairs, up_to, strict=True) if s >= total / 2)
    high = next(x for (x, _), s in zip(pairs, up_to, strict=True) if s > total / 2)
    return (low + high) / 2


def trimmed_mean(items, weights, f):
    """For whole weights: every item as often as it weighs and n times over, f of n off each end."""
    n, result = len(items), []
    for column in zip(*items, strict=True):
        many = sorted(x for x, w in zip(column, weights, strict=True) for _ in range(w * n))
        cut = sum(weights) * f
        kept = many[cut : len(many) - cut]
        result.append(math.fsum(kept) / len(kept))
    return result


def median_of_means(items, weights, f, buckets=0):
    count = max(2 * f + 1, buckets)
    means = [mean(items[b::count], [1] * len(items[b::count]), f) for b in range(count)]
    return median(means, [1] * count, f)


def geometric_median_cost(point, items, weights):
    """What the geometric median makes smallest."""
    return sum(w * math.dist(point, x) for x, w in zip(items, weights, strict=True))


def _krum_score(i, items, f, others):
    near = sorted(_square(items[i], x) for j, x in enumerate(items) if j != i)
    return sum(near[: len(items) - f - others])


def _square(a, b):
    return sum((p - q) ** 2 for p, q in zip(a, b, strict=True))


def _by_score(items, f, others=2):
    """Indices of items, best first."""
    return sorted(
        range(len(items)), key=lambda i: (_krum_score(i, items, f, others), list(items[i]))
    )


def krum(items, weights, f, others=2):
    return items[_by_score(items, f, others)[0]]


def multi_krum(items, weights, f, others=2):
    best = _by_score(items, f, others)[: len(items) - f]
    return mean([items[i] for i in best], [1] * len(best), f)


def bulyan(items, weights, f):
    left, chosen = list(items), []
    for _ in range(len(items) - 2 * f):
        chosen.append(left.pop(_by_score(left, f)[0]))
    result = []
    for column in zip(*chosen, strict=True):
        middle = _median(column, [1] * len(column))
        kept = sorted(column, key=lambda x: (abs(x - middle), x))[: len(items) - 4 * f]
        result.append(sum(kept) / len(kept))
    return result


def centred_clipping(items, weights, f, radius=1.0, iterations=5):
    point = median(items, weights, f)
    limit = radius * _median([math.dist(x, point) for x in items], weights)
    for _ in range(iterations):
        step = [0.0] * len(point)
        for x, w in zip(items, weights, strict=True):
            length = math.dist(x, point)
            part = min(1.0, limit / length) if length else 1.0
            step = [s + w * part * (a - p) for s, a, p in zip(step, x, point, strict=True)]
        point = [p + s / sum(weights) for p, s in zip(point, step, strict=True)]
    return point


def spectral_filter(items, weights, f, slack=1.0):
    kept, dropped = sorted(items), 0
    share, d = max(f, 1) / len(items), len(items[0])
    limit = (1 + math.sqrt(d / len(items))) ** 2 + slack * share * math.log(1 / share)
    while dropped < 2 * f:
        columns = list(zip(*kept, strict=True))
        scaled = np.array([_scaled(column) for column in columns]).T
        variances, directions = np.linalg.eigh(np.atleast_2d(np.cov(scaled.T, ddof=0)))
        if variances[-1] <= limit:
            break
        along = np.abs(scaled @ directions[:, -1])
        tail = min(-(-f // 4), 2 * f - dropped)
        order = sorted(range(len(kept)), key=lambda i: (-along[i], kept[i]))
        kept = [kept[i] for i in sorted(order[tail:])]
        dropped += tail
    return mean(kept, [1] * len(kept), f)


def _scaled(column):
    middle = _median(column, [1] * len(column))
    off = [abs(x - middle) for x in column]
    scale = mad(column) or sum(off) / len(off) or 1.0
    return [(x - middle) / scale for x in column]


def mad(column, weights=None):
    weights = weights or [1] * len(column)
    middle = _median(column, weights)
    return 1.482602218505602 * _median([abs(x - middle) for x in column], weights)


def qn(column):
    n = len(column)
    half = n // 2 + 1
    pairs = sorted(abs(column[i] - column[j]) for i in range(n) for j in range(i))
    return 2.219144465985076 * pairs[half * (half - 1) // 2 - 1]


def mix(items, f):
    """The mean of the n - f nearest of each item."""
    keep = len(items) - f
    return [
        mean(sorted(items, key=lambda y: (_square(x, y), list(y)))[:keep], [1] * keep, f)
        for x in items
    ]


def nested(items, shape, rule, share):
    """Group after group, tier after tier; `rule` is a function of this file."""
    for size in shape:
        groups = [items[i : i + size] for i in range(0, len(items), size)]
        f = math.floor(share * size + 1e-9)
        items = [rule(group, [1] * size, f) for group in groups]
    return items
