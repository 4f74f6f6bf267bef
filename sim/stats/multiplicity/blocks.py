"""What all procedures share: values that are checked, and hypotheses cut into blocks."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ROUNDING: Final = 1e-12
"""A p-value this close above its level, relatively, is at it: conformal ones are fractions that
meet their levels exactly, and a rounding error must not decide."""


def checked_p(p: ArrayLike) -> Floats:
    """p-values as an array, NaN kept. Raises ValueError for one outside [0, 1]."""
    values = np.asarray(p, np.float64)
    if ((values < 0) | (values > 1)).any():
        raise ValueError("p-values must be from 0 to 1")
    return values


def checked_alpha(alpha: float) -> float:
    """The level. Raises ValueError unless it is between 0 and 1."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be between 0 and 1, not {alpha}")
    return alpha


def blocks(size: int, total: ArrayLike | None, starts: Ints | None) -> tuple[Ints, Ints]:
    """Starts (blocks + 1,) of the blocks and how many hypotheses each counts (blocks,), checked.

    Raises ValueError for starts that do not ascend from 0 to `size`, and for a total below the
    number of hypotheses of its block.
    """
    borders = np.array([0, size]) if starts is None else np.asarray(starts, np.int64)
    if not len(borders) or borders[0] != 0 or borders[-1] != size or (np.diff(borders) < 0).any():
        raise ValueError(f"starts must ascend from 0 to the number of hypotheses, {size}")
    sizes = np.diff(borders)
    totals = sizes if total is None else np.broadcast_to(np.asarray(total, np.int64), sizes.shape)
    if (totals < sizes).any():
        raise ValueError("a total is below the number of hypotheses that were given")
    return borders, totals


def block_of(hypotheses: Ints, starts: Ints) -> Ints:
    """The block that each of some hypotheses is in."""
    return np.searchsorted(starts, hypotheses, side="right") - 1


def ranked(evidence: Floats, groups: Ints) -> tuple[Ints, Ints]:
    """Order (n,) by group and then from the largest on, and the rank of each in its group, from 1.

    Of equal ones the first is first.
    """
    order = np.lexsort((-evidence, groups))
    ordered = groups[order]
    return order, np.arange(1, len(order) + 1) - np.searchsorted(ordered, ordered)


def ahead(start: int, size: int) -> Iterator[slice]:
    """What is left of a stream, in parts that double: who finds something near looks at little."""
    width = 256
    while start < size:
        yield slice(start, min(start + width, size))
        start, width = start + width, 2 * width
