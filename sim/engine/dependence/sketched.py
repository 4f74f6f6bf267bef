"""Quantile sketches of the values of all agents as summaries of a run, feature by feature.

What is read is held against the sorted true values twice: in ranks (what share of the values lies
between the answer and the quantile asked for) and in value, relative to its magnitude.
"""

import math
from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from sim.stats.fixed_point import QUANTUM
from sim.stats.sketches.quantile_sketch import Buckets, QuantileSketches, sketch
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class BucketSummary:
    """DDSketch of relative `accuracy`; reads the quantiles `at`. See `Summary`.

    Counts of two rounds are counts of values: a child that is a round late counts as it did then.
    """

    rounds_kept = 1

    def __init__(self, accuracy: float, at: Sequence[float], features: int) -> None:
        self._buckets = Buckets(accuracy)
        self._at = np.array(at)
        self._features = features
        self.spent = 0

    def lift(self, version: int, vectors: Floats, groups: Groups) -> QuantileSketches:  # noqa: ARG002
        """See `Summary.lift`."""
        known = ~np.isnan(vectors).any(axis=2)
        node = np.broadcast_to(groups.parent_of.astype(np.int64), known.shape)[known]
        quanta = np.rint(vectors[known] / QUANTUM).astype(np.int64)
        self.spent += quanta.size
        return sketch(node, quanta, self._buckets)

    def pick(self, state: QuantileSketches, nodes: Bools) -> QuantileSketches:
        """See `Mergeable.pick`."""
        return state.pick(nodes)

    def join(self, states: Sequence[QuantileSketches]) -> QuantileSketches:
        """See `Mergeable.join`."""
        return reduce(lambda one, other: one.add(other), states)

    def merge(self, state: QuantileSketches, groups: Groups) -> QuantileSketches:
        """See `Mergeable.merge`."""
        self.spent += len(state.key)
        return state.merge(groups.parent_of.astype(np.int64))

    def sizes(self, state: QuantileSketches, nodes: int) -> Ints:
        """See `Summary.sizes`."""
        return state.wire_bytes(nodes)

    def truth(self, version: int, vectors: Floats) -> Floats:  # noqa: ARG002
        """See `Summary.truth`."""
        return ordered(vectors)

    def judge(self, state: QuantileSketches | None, truth: Floats) -> Mapping[str, float]:
        """See `Summary.judge`."""
        if state is None or not len(state.key) or not len(truth):
            return NOTHING
        self.spent += len(state.key)
        read = state.quantiles(self._at, 1)[0].T * QUANTUM
        items = int(state.count.sum()) // self._features
        return {"coverage": items / len(truth), **errors(read, self._at, truth)}


NOTHING: Mapping[str, float] = {
    "coverage": 0.0,
    "error_rank": math.nan,
    "error_value": math.nan,
}
"""What is said where the root reads nothing."""


def ordered(vectors: Floats) -> Floats:
    """The known vectors' values in ascending order, feature by feature; (items, features)."""
    return np.sort(vectors[~np.isnan(vectors).any(axis=2)], axis=0)


def errors(read: Floats, at: Floats, truth: Floats) -> Mapping[str, float]:
    """The worst error of all quantiles `at` (m,) and features, of what was `read` (m, features).

    `truth` (items, features) ascends. A value has all ranks of the values equal to it, so the error
    of a rank is how far the one asked for is from the nearest of them, as a share of the items.
    """
    ranks = [
        rank_error(read[:, feature], at, truth[:, feature]) for feature in range(truth.shape[1])
    ]
    wanted = truth[np.floor(at * (len(truth) - 1)).astype(np.int64)]
    away = np.abs(read - wanted)
    relative = away[wanted != 0] / np.abs(wanted[wanted != 0])
    return {"error_rank": float(np.max(ranks)), "error_value": float(relative.max(initial=0.0))}


def rank_error(read: Floats, at: Floats, truth: Floats) -> Floats:
    """Of answers (m,) to quantiles `at` (m,), given all values (items,), ascending; (m,)."""
    below = np.searchsorted(truth, read, side="left") / len(truth)
    until = np.searchsorted(truth, read, side="right") / len(truth)
    return np.asarray(np.maximum(np.maximum(below - at, at - until), 0.0))
