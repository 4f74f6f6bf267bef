"""Fusion in plain numbers: what two estimates and a grid of weights give."""

import numpy as np


def inverse_variance(means, variances):
    """Of scalars: the weighted mean and the variance that independence would give it."""
    weights = [1 / variance for variance in variances]
    pulled = sum(weight * mean for weight, mean in zip(weights, means, strict=True))
    return pulled / sum(weights), 1 / sum(weights)


def least_cost(one, other, cost, steps=1001):
    """The smallest cost of P over a grid of weights."""
    first, second = np.linalg.inv(one), np.linalg.inv(other)
    return min(cost(np.linalg.inv(w * first + (1 - w) * second)) for w in np.linspace(0, 1, steps))


def true_covariance(one, other, cross, weight):
    """Of x = P (w A^-1 a + (1 - w) B^-1 b) if errors of a and b have covariances A, B, `cross`."""
    first, second = np.linalg.inv(one), np.linalg.inv(other)
    fused = np.linalg.inv(weight * first + (1 - weight) * second)
    left, right = weight * fused @ first, (1 - weight) * fused @ second
    mixed = left @ cross @ right.T
    return left @ one @ left.T + right @ other @ right.T + mixed + mixed.T
