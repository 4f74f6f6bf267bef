"""What the columnar detectors share: rows as slices, and values in standard deviations.

A feature is left out (NaN) where nothing is known: no value yet, no baseline yet, or a standard
deviation of 0 with no floor under it. Each result depends on its own row alone, bit for bit.
"""

from typing import TypeAlias

import numpy as np

from sim.detection.contract import Baseline, Floats, Ints

Index: TypeAlias = slice | Ints


def index_of(rows: Ints) -> Index:
    """The rows as a slice where they follow one another: a slice is read and written in place."""
    if rows.size and rows[-1] - rows[0] == rows.size - 1 and bool((np.diff(rows) == 1).all()):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def means(baseline: Baseline, which: Ints | None) -> Floats:
    """What each row is expected to be; (1, F) or (k, F)."""
    return _rows(baseline.mean, which)


def scales(baseline: Baseline, which: Ints | None, floor: float) -> Floats:
    """One standard deviation of each row, at least `floor`; NaN where that is 0 or unknown."""
    return usable(_rows(baseline.sd, which), floor)


def usable(sd: Floats, floor: float) -> Floats:
    """The larger of `sd` and `floor`; NaN where that is 0 or unknown, so that none divides by 0."""
    scale = np.maximum(sd, floor)
    return np.where(scale > 0, scale, np.nan)


def standardised(values: Floats, baseline: Baseline, which: Ints | None, floor: float) -> Floats:
    """`values` (k, F) in standard deviations from the mean; NaN where a feature is left out."""
    z = values - means(baseline, which)
    z /= scales(baseline, which, floor)
    return z


def _rows(table: Floats, which: Ints | None) -> Floats:
    if which is None:
        assert len(table) == 1, "without `which` there is one baseline for all"
        return table
    return table[index_of(which)]
