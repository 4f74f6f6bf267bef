"""The usual ways to add up evidence, to be measured against the exact one: foils, not for use.

Each takes the log-likelihood ratios as a stream of chunks (1-D float64 arrays), so that 1e8 items
run in bounded memory, and gives what a plain loop over all items would give: how the stream is cut
does not matter (but to `pairwise_sum`, which says so). The exact sums are in `evidence` and
`exact_sum`.

Error bounds against the exact sum S of n items, with A = sum of |x| and u = 2**-53 (`bound_of_...`)
are those of Higham (2002), "Accuracy and stability of numerical algorithms", sections 4.2 and 4.3.
"""

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.e_values import log_sum_exp as log_sum_exp_of

Chunks = Iterable[NDArray[np.float64]]

UNIT_ROUNDOFF: Final = 2.0**-53
UNIT_ROUNDOFF_32: Final = 2.0**-24
_BLOCK_OF_NUMPY: Final = 128
_DEPTH_OF_BLOCK: Final = 15 + 3 + 7
"""A block is added in 8 lanes of 16 items, then the lanes, then what does not fill all lanes."""


def naive_product(chunks: Chunks) -> float:
    """The product of the likelihood ratios themselves, one after the other.

    Factors of 1/2 are 0 from the 1075th on, factors of 2 infinite from the 1024th on; factors above
    1/2 may stall at the smallest subnormal instead and never be 0, so a test for 0 finds nothing.
    """
    return float(_folded(np.multiply, chunks, np.float64(1), np.exp))


def naive_product_32(chunks: Chunks) -> float:
    """The same in float32: 0 after 150 factors of 1/2, infinite from the 128th factor of 2 on."""
    return float(_folded(np.multiply, chunks, np.float32(1), np.exp))


def naive_sum(chunks: Chunks) -> float:
    """One after the other in float64: off by (n - 1) u A at worst.

    That is 1e-8 nats after a million items: no overflow and no failure. But two orders of the same
    items differ in the last bits, so correct replicas look as if one of them lied.
    """
    return float(_folded(np.add, chunks, np.float64(0)))


def naive_sum_32(chunks: Chunks) -> float:
    """The same in float32: items below 1 no longer move the sum once it has reached 2**24."""
    return float(_folded(np.add, chunks, np.float32(0)))


def pairwise_sum(chunks: Chunks) -> float:
    """numpy's `sum`: halves of halves, so the error grows with log n and not with n.

    Adds up each chunk and then the sums of the chunks: another cut may change the last bits.
    """
    return float(np.sum([np.sum(chunk) for chunk in chunks]))


def kahan_sum(chunks: Chunks) -> float:
    """Compensated: what was cut off an addition is taken along to the next. Off by 2 u A at worst.

    Loses an item that is larger than the sum so far: 1 + 1e100 + 1 - 1e100 is 0. A loop over Python
    floats, for each step needs the one before. Kahan (1965).
    """
    total = lost = 0.0
    for chunk in chunks:
        for item in chunk.tolist():
            corrected = item - lost
            larger = total + corrected
            lost = (larger - total) - corrected
            total = larger
    return total


def neumaier_sum(chunks: Chunks) -> float:
    """Kahan's sum that also survives large items: off by u |S| + n**2 u**2 A at worst.

    The running sum is the naive one, so its error in each step is known without a loop (TwoSum of
    Knuth), and the errors are added up on their own. Neumaier (1974).
    """
    total = lost = np.float64(0)
    for chunk in chunks:
        running = np.add.accumulate(np.concatenate(([total], chunk)))
        errors = _errors(running[:-1], chunk, running[1:])
        lost = np.add.accumulate(np.concatenate(([lost], errors)))[-1]
        total = running[-1]
    return float(total + lost)


def log_sum_exp(chunks: Chunks) -> float:
    """Stable, and the answer to another question: the log of the *sum* of the odds, a mixture.

    n items of 1 nat give 1 + ln n instead of n: nearly all the evidence is gone. Right for averages
    of e-values (`e_values.average`), wrong for independent evidence.
    """
    return float(log_sum_exp_of(np.array([log_sum_exp_of(chunk) for chunk in chunks])))


def naive_bound(n: int, absolute_sum: float, unit: float = UNIT_ROUNDOFF) -> float:
    """(n - 1) u A: a sum of n items in any order is not off by more, however large n.

    Jeannerod & Rump (2013), "Improved error bounds for inner products in floating-point
    arithmetic".
    """
    return (n - 1) * unit * absolute_sum


def pairwise_bound(n: int, chunk: int, absolute_sum: float) -> float:
    """depth * u * A, the depth being the number of additions that an item goes through at most.

    An item goes through the tree of its `chunk` items and then through the tree of the chunks.
    """
    depth = _numpy_depth(min(n, chunk)) + _numpy_depth(math.ceil(n / chunk))
    return depth * UNIT_ROUNDOFF * absolute_sum


def kahan_bound(n: int, absolute_sum: float) -> float:
    """(2 u + n u**2) A."""
    return (2 * UNIT_ROUNDOFF + n * UNIT_ROUNDOFF**2) * absolute_sum


def neumaier_bound(n: int, sum_: float, absolute_sum: float) -> float:
    """u |S| + n**2 u**2 A."""
    return UNIT_ROUNDOFF * abs(sum_) + (n * UNIT_ROUNDOFF) ** 2 * absolute_sum


def _folded(step: np.ufunc, chunks: Chunks, start: np.floating[Any], of: Any = None) -> Any:
    """One after the other: `accumulate` is sequential, where `reduce` would be pairwise."""
    result = start
    with np.errstate(over="ignore", under="ignore"):
        for chunk in chunks:
            items = chunk if of is None else of(chunk)
            steps = np.concatenate(([result], items.astype(start.dtype)))
            result = step.accumulate(steps)[-1]
    return result


def _errors(
    before: NDArray[np.float64], item: NDArray[np.float64], after: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What rounding cut off each ``before + item = after``, exactly (Knuth's TwoSum)."""
    virtual = after - before
    return (before - (after - virtual)) + (item - virtual)


def _numpy_depth(n: int) -> int:
    """The most additions that an item of a `np.sum` over n items goes through."""
    if n <= _BLOCK_OF_NUMPY:
        return min(n - 1, _DEPTH_OF_BLOCK)
    return 1 + _numpy_depth(n - n // 16 * 8)  # its larger half: the other is a multiple of 8
