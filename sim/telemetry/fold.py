"""Folding children into parents: the newest known version of each child, summed by group.

A child's reports are cumulative, so what a parent holds of a child is a row of the child's running
totals: row c means "the first c reports of this step are known". Counting known reports and taking
rows replaces any scatter; sums are of whole numbers, so their order cannot matter.
"""

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import FloatArray

IntArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]

SLOTS_MAX = 250
"""Most report rows of a parent in one step: slots are bytes, so that counting them is cheap."""


def known_instants(arrivals_ns: FloatArray) -> FloatArray:
    """When what each report brought is learnt: its arrival or that of any later one, if earlier.

    Shape (ticks, children), rows in the order of sending.
    """
    known = arrivals_ns.copy()
    for tick in range(len(known) - 2, -1, -1):
        np.minimum(known[tick], known[tick + 1], out=known[tick])
    return known


def slots(
    known_ns: FloatArray, due_ns: FloatArray, period_ns: int, rows: int, until_ns: int
) -> ByteArray:
    """Index of the parent's first report that includes what became known at `known_ns`.

    `due_ns` is the instant of the parent's report row 0, broadcast to `known_ns`. Slot `rows` means
    after the last row but before `until_ns`; ``rows + 1`` means not in this step. A message that
    arrives at the very instant of a report is in it (deliveries come before reports).
    """
    assert rows <= SLOTS_MAX, rows
    ahead = known_ns - due_ns
    ahead /= period_ns
    np.ceil(ahead, out=ahead)
    np.clip(ahead, 0, rows, out=ahead)
    result = ahead.astype(np.uint8)
    result[known_ns >= until_ns] = rows + 1
    return result


def held_counts(slot: ByteArray, rows: int) -> NDArray[np.intp]:
    """How many reports of each child are known at each parent row; shape (rows + 1, children).

    Counted in bytes: a step has fewer than 256 reports.
    """
    counts = np.empty((rows + 1, slot.shape[1]), np.intp)
    for row in range(rows + 1):
        counts[row] = np.add.reduce((slot <= row).view(np.uint8), axis=0, dtype=np.uint8)
    return counts


def sum_groups(rows: IntArray | FloatArray, group: int) -> IntArray:
    """Sum over each group of `group` children; (children, columns) to (parents, columns).

    `rows` holds whole numbers, in float64 only where the sum of a group is exact.
    """
    groups = rows.reshape(-1, group, rows.shape[1])
    if rows.dtype == np.float64:
        # A product with ones: whole numbers below 2**53, so BLAS may add in any order.
        product: FloatArray = np.matmul(np.ones((1, group)), groups)[:, 0]
        return product.astype(np.int64)
    return np.asarray(np.einsum("gbc->gc", groups))


def sum_held(cumulative: IntArray | FloatArray, counts: NDArray[np.intp], group: int) -> IntArray:
    """Sum over each group of `group` children of the running totals that are held.

    `cumulative` has shape (ticks + 1, children, columns); result (rows, parents, columns).
    """
    children, columns = cumulative.shape[1:]
    table = cumulative.reshape(-1, columns)
    own = np.arange(children)
    result = np.empty((len(counts), children // group, columns), np.int64)
    taken = np.empty_like(cumulative[0])
    for row, count in enumerate(counts):
        np.take(table, count * children + own, axis=0, out=taken, mode="clip")
        result[row] = sum_groups(taken, group)
    return result


def held_states(before: IntArray, states: IntArray, counts: NDArray[np.intp]) -> IntArray:
    """State of the version that is held of each child at each row; (rows, children, columns).

    `before` (children, columns) is what was held when the step began, `states` what the reports of
    this step bring (ticks, children, columns).
    """
    table = np.concatenate((before[None], states)).reshape(-1, before.shape[-1])
    return np.take(table, counts * len(before) + np.arange(len(before)), axis=0)
