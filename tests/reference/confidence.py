"""Confidence in plain loops: from values by source, and from what children claim."""

import math
from statistics import fmean, variance


def components(sources):
    """(sigma_b^2, sigma_w^2) of lists of values, one list a source: analysis of variance, solved.

    Pairs of equations: the total sum of squares and the variance of the sources' means.
    """
    values = [value for source in sources for value in source]
    N = len(values)
    squares = sum(len(source) ** 2 for source in sources)
    reciprocal = fmean(1 / len(source) for source in sources)
    means = variance(fmean(source) for source in sources)
    total = (N - 1) * variance(values)
    spread = N - squares / N
    within = max(0.0, (total - spread * means) / (N - 1 - spread * reciprocal))
    return max(0.0, means - reciprocal * within), within


def anova(sources):
    """The textbook's, for sources of one size: mean squares between and within."""
    (m,) = {len(source) for source in sources}
    means = [fmean(source) for source in sources]
    within = fmean(variance(source) for source in sources)
    return max(0.0, variance(means) - within / m), within


def dersimonian_laird(y, v):
    """(mean, variance, tau^2, Q, Hartung and Knapp's variance) of means y with variances v."""
    w = [1 / variance for variance in v]
    centre = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    q = sum(a * (b - centre) ** 2 for a, b in zip(w, y, strict=True))
    scale = sum(w) - sum(a * a for a in w) / sum(w)
    tau2 = max(0.0, (q - (len(y) - 1)) / scale)
    w = [1 / (variance + tau2) for variance in v]
    mean = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    around = sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True))
    return mean, 1 / sum(w), tau2, q, around / ((len(y) - 1) * sum(w))


def welch(y, v, degrees):
    """(F, its second degrees of freedom) of the test that means y do not differ."""
    k, w = len(y), [1 / variance for variance in v]
    centre = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    q = sum(a * (b - centre) ** 2 for a, b in zip(w, y, strict=True))
    doubt = sum((1 - a / sum(w)) ** 2 / d for a, d in zip(w, degrees, strict=True))
    return q / (k - 1) / (1 + 2 * (k - 2) / (k * k - 1) * doubt), (k * k - 1) / (3 * doubt)


def multiplied(times):
    """True by claimed variance of a mean that counts item i `times[i]` times, item by item."""
    total = sum(times)
    true = sum((count / total) ** 2 for count in times)
    return true / (1 / total)


def normal_coverage(ratio, level=0.95):
    """2 Phi(z / sqrt ratio) - 1 by bisection for z."""
    low, high = 0.0, 40.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erf(middle / math.sqrt(2)) < level else (low, middle)
    return math.erf(low / math.sqrt(2 * ratio))


def values_that_came(rng, agents, values, ahead, lost, hops):
    """Of a pane's values, those known of each agent heard; state is cumulative, messages are lost.

    `ahead` reports of it were due after the newest message, at whatever phase (negative: before).
    """
    came = []
    for _ in range(agents):
        last = math.floor(values - ahead + rng.random())
        for _ in range(hops):
            while rng.random() < lost:
                last -= 1
        came.append(min(last, values))
    return [n for n in came if n > 0]
