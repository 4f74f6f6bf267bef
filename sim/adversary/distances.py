"""Stretched: away from the others' mean as far as a bound on distances allows.

Shejwalkar & Houmansadr (2021), "Manipulating the Byzantine", section IV: the lie is the mean of the
correct values, moved as far along a direction as some bound on distances allows.
"""

from abc import abstractmethod
from typing import Final

import numpy as np

from sim.adversary.contract import Floats, View
from sim.adversary.planned import Planned

COMPARED_MAX: Final = 1024
"""Points whose distances are all computed: 8 MB."""


class Stretched(Planned):
    """Claims mean + gamma * direction; options: direction ("sd", "unit" or "sign")."""

    @abstractmethod
    def largest_step(self, others: Floats, away: Floats) -> float:
        """The largest gamma for points `others` (known, features) and a direction (features,)."""

    def plan(self, view: View) -> Floats:
        """See `Planned.plan`."""
        if len(view.others) < 2:
            return view.sd
        away = direction(self.options["direction"], view)
        return np.asarray(view.mean + self.largest_step(view.others, away) * away)


def direction(kind: str, view: View) -> Floats:
    """Where to go from the mean of the others, (features,); NaN while that is not known.

    ``sd``: against their standard deviations; ``unit``: against the unit vector of their mean;
    ``sign``: against the signs of their mean.
    """
    if kind == "sd":
        return -view.sd
    if kind == "sign":
        return -np.sign(view.mean)
    length = np.linalg.norm(view.mean)
    return -view.mean / length if length != 0 else np.zeros_like(view.mean)


def squared_lengths(vectors: Floats) -> Floats:
    """(n,) of vectors (n, features), several times faster than by norms."""
    return np.asarray(np.einsum("ij,ij->i", vectors, vectors))


def diameter(points: Floats) -> float:
    """Largest distance between two of the points (n, features), n > 0.

    If more than `COMPARED_MAX` may belong to the farthest pair, only the outermost are compared: it
    is then a lower bound, of at least half the diameter.
    """
    centred = points - points.mean(axis=0)
    square = squared_lengths(centred)
    radius = np.sqrt(square)
    # The farthest pair is at least this far apart, so neither of it is near the centre.
    least = float(np.sqrt(squared_lengths(centred - centred[radius.argmax()]).max()))
    outer = np.flatnonzero(radius >= (least - radius.max()) * (1 - 1e-9))
    if len(outer) > COMPARED_MAX:
        outer = outer[np.argpartition(radius[outer], -COMPARED_MAX)[-COMPARED_MAX:]]
    chosen, square = centred[outer], square[outer]
    between = square[:, None] + square - 2 * chosen @ chosen.T
    return max(least, float(np.sqrt(max(between.max(), 0.0))))
