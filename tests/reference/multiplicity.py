"""The obvious versions of the multiple testing procedures: try every k, one block at a time.

Levels are compared with a little slack, since equality is meant to reject.
"""

import math
from itertools import pairwise

SLACK = 1 + 1e-12


def benjamini_hochberg(p, alpha, total=None):
    """Reject the k smallest for the largest k with p_(k) <= alpha k / m; NaN is 1."""
    p = [1.0 if math.isnan(value) else value for value in p]
    m = len(p) if total is None else total
    passed = [value for k, value in enumerate(sorted(p), start=1) if value <= alpha * k / m * SLACK]
    return [bool(passed) and value <= passed[-1] for value in p]


def e_benjamini_hochberg(e, alpha, total=None):
    """Reject the k largest for the largest k with e_[k] >= m / (alpha k); NaN is 0."""
    e = [0.0 if math.isnan(value) else value for value in e]
    m = len(e) if total is None else total
    ranked = enumerate(sorted(e, reverse=True), start=1)
    passed = [value for k, value in ranked if value * SLACK >= m / (alpha * k)]
    return [bool(passed) and value >= passed[-1] for value in e]


def by_block(procedure, values, alpha, starts):
    """Each block by itself."""
    found = []
    for begin, end in pairwise(starts):
        found += procedure(values[begin:end], alpha)
    return found


def conformal_p_values(scores, calibration):
    """Share of normal scores, the score itself among them, that are at least as large."""
    return [
        score
        if math.isnan(score)
        else (1 + sum(normal >= score for normal in calibration)) / (len(calibration) + 1)
        for score in scores
    ]
