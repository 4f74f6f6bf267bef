"""Distances between the items of a group, and an order of items that does not mind ties.

Squares of differences and not a Gram matrix: a lie at 1e100 would cancel all digits of the rest.
"""

import numpy as np

from sim.stats.robust.contract import Floats, Groups, Ints


def squared_distances(groups: Groups) -> Floats:
    """Squares of the Euclidean distances; (groups, n, n), infinite to and from absent items."""
    count, n, features = groups.items.shape
    total = np.zeros((count, n, n))
    for feature in range(features):
        column = groups.items[..., feature]
        total += np.square(column[:, :, None] - column[:, None, :])
    absent = ~groups.there
    total[absent[:, :, None] | absent[:, None, :]] = np.inf
    return total


def norms(vectors: Floats) -> Floats:
    """Euclidean lengths along the last axis."""
    return np.asarray(np.sqrt(np.square(vectors).sum(axis=-1)))


def ranks(scores: Floats, items: Floats) -> Ints:
    """Place of each item by ascending score (groups, n), from 0; ties go by the items themselves.

    So that which of two equally good items is first does not depend on where they stand.
    """
    keys = np.moveaxis(items, 2, 0)[::-1]
    order = np.lexsort((*keys, scores), axis=-1)
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), 1)
    return places
