"""The exact merge of local baselines into a global one.

What is behind each local baseline is turned once into whole numbers of quanta (the wire format of
`sim.stats.moments`); from there on everything is a sum of integers. So the order and the tree in
which baselines are merged cannot change a bit, and replicas can compare digests.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sim.detection.contract import Baseline, Floats
from sim.stats.fixed_point import LIMB_BITS, QUANTUM, fits_int
from sim.stats.moments import COUNT, SOURCES, Layout, digest, moments


@dataclass(frozen=True, slots=True, eq=False)
class GlobalBaseline:
    """All values of all sources as one population."""

    baseline: Baseline
    """One row, without covariances."""
    sources: int
    """Local baselines with a value."""
    between_sd: Floats
    """Standard deviation of the sources' own means; (F,). NaN below two sources."""
    half_width: Floats
    """Half of the 95 % interval of the mean, from the spread between sources; (F,)."""
    digest: str
    """64 hexadecimal digits: equal exactly when the same numbers were merged."""


def hierarchical_baseline_update(local_baselines: Iterable[Baseline]) -> GlobalBaseline:
    """Merge the rows of local baselines; those without a value count for nothing.

    A value is rounded to 2**-20, as on the wire. Raises ValueError if there is nothing to merge, if
    the numbers of features differ, and for sums that are too large for the wire format (values far
    beyond the features' scale).
    """
    found = [row for local in local_baselines for row in _rows(local)]
    if not found:
        raise ValueError("there is no baseline with a value to merge")
    features = len(found[0][1])
    if any(len(mean) != features for _, mean, _ in found):
        raise ValueError("the baselines have different numbers of features")
    total = _total(found, features)
    merged = moments(total, features)
    one = Baseline(np.array([merged.count]), merged.mean[None], merged.sd[None])
    name = digest(total, features).hex()
    return GlobalBaseline(one, merged.sources, merged.between_sd, merged.half_width, name)


def _rows(local: Baseline) -> Iterable[tuple[int, list[float], list[float]]]:
    """Count, mean and sd of every row with a value."""
    for count, mean, sd in zip(local.count, local.mean, local.sd, strict=True):
        if count > 0:
            yield int(count), mean.tolist(), sd.tolist()


def _total(rows: list[tuple[int, list[float], list[float]]], features: int) -> NDArray[np.int64]:
    """The wide row of all together."""
    layout = Layout(features)
    total = np.zeros(layout.wide, np.int64)
    total[COUNT], total[SOURCES] = sum(count for count, _, _ in rows), len(rows)
    for feature in range(features):
        parts = [_sums(count, mean[feature], sd[feature]) for count, mean, sd in rows]
        s, q, m, r = (sum(column) for column in zip(*parts, strict=True))
        columns = (s, *_limbs(q), m, *_limbs(r))
        if not all(fits_int(abs(number)) for number in columns):
            raise ValueError(f"feature {feature} is too large to be summed in quanta of 2**-20")
        for block, number in enumerate(columns):
            total[layout.block(block)][feature] = number
    return total


def _sums(count: int, mean: float, sd: float) -> tuple[int, int, int, int]:
    """S, Q, M and R of `sim.stats.moments` for one feature of one source, in quanta."""
    if not np.isfinite(mean) or (count > 1 and not np.isfinite(sd)):
        raise ValueError("a baseline with values has a mean or deviation that is no number")
    exact = Fraction(mean) / Fraction(QUANTUM)
    centre, values = round(exact), round(exact * count)
    variance = Fraction(sd) ** 2 if count > 1 else Fraction(0)
    scatter = round(variance * (count - 1) / Fraction(QUANTUM) ** 2)
    # Rounded up, so that no set of values with these sums has a negative variance.
    squares = -(-values * values // count) + scatter
    return values, squares, centre, centre * centre


def _limbs(number: int) -> tuple[int, int]:
    return number >> LIMB_BITS, number & ((1 << LIMB_BITS) - 1)
