"""Every detector for one agent, as plainly as it can be written: lists, loops and Python's floats.

`arrivals` are the values of the agent in the order of arrival, each with the (mean, sd) per feature
that it was held against then. `now` is (mean, sd, covariance) at the time of the question. NaN is
"not known".
"""

import math
import statistics

import numpy as np

NAN = math.nan


def z_of(value, mean, sd, floor):
    """Deviations of a vector; None for a feature that is left out."""
    scales = [NAN if math.isnan(s) else max(s, floor) for s in sd]
    pairs = zip(value, mean, scales, strict=True)
    z = [(x - m) / s if s > 0 else NAN for x, m, s in pairs]
    return [None if math.isnan(d) else d for d in z]


def pooled(z, pool, top, cap):
    sizes = sorted((min(abs(d), cap) for d in z if d is not None), reverse=True)
    if not sizes:
        return NAN
    match pool:
        case "max":
            return sizes[0]
        case "mean":
            return math.fsum(sizes) / len(sizes)
        case "rms":
            return math.sqrt(math.fsum(d * d for d in sizes) / len(sizes))
    return statistics.fmean(sizes[:top])


def z(arrivals, now, pool="top", top=5, cap=10.0, floor=0.01):
    if not arrivals:
        return NAN
    mean, sd, _ = now
    return pooled(z_of(arrivals[-1][0], mean, sd, floor), pool, top, cap)


def levels(values, half_life):
    """The level after each value."""
    level, found = values[0], []
    for value in values:
        level = level + (1 - 0.5 ** (1 / half_life)) * (value - level)
        found.append(level)
    return found


def ewma_z(arrivals, now, half_life, pool="top", top=5, cap=10.0, floor=0.01):
    if not arrivals:
        return NAN
    mean, sd, _ = now
    level = levels([value for value, *_ in arrivals], half_life)[-1]
    return pooled(z_of(level, mean, sd, floor), pool, top, cap)


def residuals(arrivals, half_life):
    """Of the second value, the third ..."""
    values = [value for value, *_ in arrivals]
    before = levels(values, half_life) if values else []
    return [value - level for value, level in zip(values[1:], before, strict=False)]


def ewma_residual(
    arrivals, now, half_life, spread="baseline", pool="rms", top=5, cap=10.0, floor=0.01
):
    found = residuals(arrivals, half_life)
    if len(found) < (1 if spread == "baseline" else 2):
        return NAN
    sd = now[1]
    if spread == "own":
        sd = np.sqrt(levels([residual**2 for residual in found[:-1]], half_life)[-1])
    return pooled(z_of(found[-1], 0 * found[-1], sd, floor), pool, top, cap)


def cusum(arrivals, now, k=0.5, cap=10.0, floor=0.01):
    sums = {}
    for value, mean, sd in arrivals:
        for feature, d in enumerate(z_of(value, mean, sd, floor)):
            for sign in (1, -1):
                if d is not None:
                    step = sign * max(-cap, min(cap, d)) - k
                    sums[feature, sign] = max(0.0, sums.get((feature, sign), 0.0) + step)
    return max(sums.values(), default=NAN)


def kept_features(now, value, floor):
    """Deviations and correlations of the features that have a standard deviation."""
    mean, sd, covariance = now
    z = z_of(value, mean, sd, floor)
    usable = [f for f, d in enumerate(z) if d is not None]
    scale = [max(sd[f], floor) for f in usable]
    return [z[f] for f in usable], covariance[np.ix_(usable, usable)] / np.outer(scale, scale)


def mahalanobis(arrivals, now, shrinkage=0.1, cap=math.inf, floor=0.01):
    if not arrivals:
        return NAN
    z, correlations = kept_features(now, arrivals[-1][0], floor)
    shrunk = (1 - shrinkage) * correlations
    np.fill_diagonal(shrunk, 1)
    z = np.clip(z, -cap, cap)
    return math.sqrt(z @ np.linalg.solve(shrunk, z)) if len(z) else NAN


def pca(arrivals, now, keep=0.9, statistic="reconstruction", cap=10.0, floor=0.01):
    if not arrivals:
        return NAN
    z, correlations = kept_features(now, arrivals[-1][0], floor)
    if not z:
        return NAN
    variances, vectors = np.linalg.eigh(correlations)
    components, shares = sorted(zip(variances, vectors.T, strict=True), key=lambda c: -c[0]), 0.0
    rest, hotelling = np.clip(z, -cap, cap), 0.0
    for variance, vector in components:
        if shares < keep * sum(variances) and variance > 0:
            along = float(vector @ np.clip(z, -cap, cap))
            rest, hotelling = rest - along * vector, hotelling + along**2 / variance
        shares += variance
    return math.sqrt(rest @ rest if statistic == "reconstruction" else hotelling)


def peers(newest, others, robust=False, smallest_group=5, pool="top", top=5, cap=10.0, floor=0.01):
    """`newest` (None = unheard) is held against the newest of the heard others of its group."""
    if newest is None or len(others) + 1 < smallest_group:
        return NAN
    if not robust:
        mean, sd = np.mean(others, axis=0), np.std(others, axis=0, ddof=1)
        return pooled(z_of(newest, mean, sd, floor), pool, top, cap)
    everybody = [*others, newest]
    median = np.median(everybody, axis=0)
    mad = np.median(np.abs(everybody - median), axis=0)
    sd = mad / statistics.NormalDist().inv_cdf(0.75)
    return pooled(z_of(newest, median, sd, floor), pool, top, cap)


def lr_e_process(
    arrivals, now, size=1.0, sign="both", onset="start", restart=None, cap=10.0, floor=0.01
):
    deviations = [z_of(value, mean, sd, floor) for value, mean, sd in arrivals]
    told = [z for z in deviations if any(d is not None for d in z)]
    if not told:
        return NAN
    window = told[(len(told) - 1) // restart * restart :] if restart else told
    signs = {"both": (1, -1), "up": (1,), "down": (-1,)}[sign]
    onsets = range(restart) if onset == "any" else [0]
    e_values = [
        math.prod(
            math.exp(s * size * max(-cap, min(cap, z[feature])) - size**2 / 2)
            for z in window[begin:]
            if z[feature] is not None
        )
        for feature in range(len(window[0]))
        for s in signs
        for begin in onsets
    ]
    return math.log(math.fsum(e_values) / len(e_values))
