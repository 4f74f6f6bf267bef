"""Which of some nodes in a row a liar picks, where nothing tells them apart."""

import math

import numpy as np

from sim.adversary.contract import Bools


def picked(count: int, share: float) -> Bools:
    """A share of `count` nodes, rounded up, spread evenly over the row; (count,)."""
    # Half a part in a million million: a share of 0.3 of ten nodes is three.
    wanted = math.ceil(share * count * (1 - 1e-12))
    places = np.arange(count + 1) * wanted // max(count, 1)
    return np.asarray(places[1:] > places[:-1])
