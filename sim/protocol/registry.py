"""What a receiver refuses to take in, because no correct node could have said it.

Parents know without asking who their children are and how often these report; so they know how
many values, sources and versions there can be. What children claim of themselves is held against
that, and never the other way round.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.merkle.bounds import Reason, broken
from sim.stats.moments import Layout, canonical

Ints = NDArray[np.int64]
Reasons = NDArray[np.int8]

REASONS: Final[Sequence[Reason | None]] = (
    None,
    Reason.COUNT,
    Reason.SOURCES,
    Reason.RANGE,
    Reason.SQUARES,
)
"""What the numbers that `refusals` gives stand for; the first of them that holds."""


def refusals(rows: Ints, layout: Layout, counts_max: Ints, sources_max: Ints) -> Reasons:
    """For each row of sums why it is refused, as a place in `REASONS`: 0 = it is not; (k,).

    rows (k, narrow) or (k, wide), maxima (k,): as many values and sources as there can be in what
    the row is about. Exact: the sums of any values in range are never refused.
    """
    wide = rows if rows.shape[1] == layout.wide else layout.widen(rows)
    found = broken(canonical(wide, layout.features), counts_max, sources_max, layout.features)
    result = np.zeros(len(rows), np.int8)
    for number, reason in reversed(list(enumerate(REASONS))):
        if reason is not None:
            result[found[reason]] = number
    return result


def max_versions(elapsed_ns: int, period_ns: int) -> int:
    """How many reports a node can have sent in a span of that length, its ends included.

    Reports are numbered from 0, so at `elapsed_ns` from the start of a run no correct one has this
    number or a larger one.
    """
    return elapsed_ns // period_ns + 1
