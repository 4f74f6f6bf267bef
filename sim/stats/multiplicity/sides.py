"""Sides of a partition that cannot hear each other, and what all of them find together."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import Bools, Ints
from sim.stats.multiplicity.step_up import benjamini_hochberg


class Procedure(Protocol):
    """A procedure on p- or log e-values, such as `benjamini_hochberg`."""

    def __call__(
        self, values: ArrayLike, alpha: float, /, *, total: ArrayLike | None, starts: Ints | None
    ) -> Bools:
        """What is rejected, (n,)."""
        ...


def union_of_sides(
    values: ArrayLike, alpha: float, side: Ints, procedure: Procedure = benjamini_hochberg
) -> Bools:
    """What all sides reject together, if side s of m_s hypotheses tests at alpha m_s / m; (n,).

    A side that counts everybody whom it does not reach as missing, and keeps the total, does just
    that. The false discovery rate of the union is at most the sum of those of the sides, and so
    at most alpha m0 / m, however the sides depend on each other. `side` (n,) is any number a
    hypothesis. Errors are those of the procedure.
    """
    data, sides = np.asarray(values, np.float64), np.asarray(side)
    order = np.argsort(sides, kind="stable")
    starts = np.append(np.unique(sides[order], return_index=True)[1], len(data))
    rejected = np.zeros(len(data), np.bool_)
    rejected[order] = procedure(data[order], alpha, total=len(data), starts=starts)
    return rejected
