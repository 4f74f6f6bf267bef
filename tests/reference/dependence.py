"""The obvious versions: whole fractions, a loop over pairs, one direction after the other."""

import math
from fractions import Fraction

import numpy as np


def covariance(rows):
    """From the definition, in fractions; `rows` of whole numbers, two or more."""
    n, d = len(rows), len(rows[0])
    mean = [Fraction(sum(row[j] for row in rows), n) for j in range(d)]
    return [
        [sum((row[i] - mean[i]) * (row[j] - mean[j]) for row in rows) / (n - 1) for j in range(d)]
        for i in range(d)
    ]


def standard(series):
    """Centred and scaled by what is there; None where it never moved."""
    seen = [x for x in series if not math.isnan(x)]
    if not seen or min(seen) == max(seen):
        return None
    mean = math.fsum(seen) / len(seen)
    sd = math.sqrt(math.fsum((x - mean) ** 2 for x in seen) / len(seen))
    return [math.nan if math.isnan(x) else (x - mean) / sd for x in series]


def pair(first, second):
    """Correlation of two standardised series over their common instants, and how many those are."""
    products = [a * b for a, b in zip(first, second, strict=True) if not math.isnan(a * b)]
    return (math.fsum(products) / len(products) if products else math.nan), len(products)


def mean_correlation(columns):
    """Pair by pair, each with the weight of its common instants."""
    series = [y for y in map(standard, columns) if y is not None]
    total = weights = 0.0
    for i in range(len(series)):
        for j in range(i):
            value, common = pair(series[i], series[j])
            total += value * common if common else 0.0
            weights += common
    return total / weights if weights else math.nan


def frequent_directions(rows, most):
    """Liberty's own: one row after the other, shrunk whenever there is no room."""
    sketch = np.zeros((0, rows.shape[1]))
    for row in rows:
        sketch = np.vstack((sketch, row))
        if len(sketch) > most:
            _, lengths, directions = np.linalg.svd(sketch, full_matrices=False)
            squares = np.square(lengths)
            cut = squares[most - 1] if len(squares) >= most else 0.0
            sketch = np.sqrt(np.maximum(squares - cut, 0))[:, None] * directions
            sketch = sketch[:most]
    return sketch


def spectral_error(rows, sketch):
    """|A^T A - B^T B| in the largest singular value, by writing both out."""
    return float(np.linalg.norm(rows.T @ rows - sketch.T @ sketch, 2))


def directions_bound(rows, most, rank):
    """|A - A_r|_F^2 / (l - r), with A_r written out."""
    u, lengths, v = np.linalg.svd(rows, full_matrices=False)
    best = (u[:, :rank] * lengths[:rank]) @ v[:rank]
    return float(np.square(rows - best).sum() / (most - rank))
