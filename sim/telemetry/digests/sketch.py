"""The sketch digest: how the agents' own means and variances are distributed, in buckets.

Every agent is in it, each as one item, so half of all agents must lie before its median is theirs.
Buckets are relative to the value, and merging adds whole numbers: see `quantile_sketch`.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.fixed_point import QUANTUM
from sim.stats.robust.scale import MAD_FACTOR
from sim.stats.sketches.quantile_sketch import ROW_BYTES, Buckets, QuantileSketches, sketch
from sim.telemetry.digests.contract import Estimate
from sim.telemetry.digests.items import Items
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LOG_QUANTUM: Final = 2.0**-20
"""Resolution of the logarithm of a variance, in nepers."""


class SketchDigest:
    """Sketches of means and log-variances; `trimmed` None = median, else a trimmed mean's share.

    `agents` is how many there would be. See `Digest`.
    """

    signed = False

    def __init__(
        self, accuracy: float, features: int, agents: int, trimmed: float | None = None
    ) -> None:
        self._buckets = Buckets(accuracy)
        self._features = features
        self._agents = agents
        self._trimmed = trimmed

    def lift(self, items: Items, groups: Groups) -> QuantileSketches:
        """See `Digest.lift`."""
        known = np.flatnonzero(items.count > 0)
        node = groups.parent_of[known].astype(np.int64)
        return sketch(node, _quanta(items.mean[known], items.variance[known]), self._buckets)

    def pick(self, state: QuantileSketches, nodes: Bools) -> QuantileSketches:
        """See `Digest.pick`."""
        return state.pick(nodes)

    def join(self, states: Sequence[QuantileSketches]) -> QuantileSketches:
        """See `Digest.join`."""
        return reduce(lambda one, other: one.add(other), states)

    def merge(self, state: QuantileSketches, groups: Groups) -> QuantileSketches:
        """See `Digest.merge`."""
        return state.merge(groups.parent_of.astype(np.int64))

    def change(self, state: QuantileSketches, nodes: Ints, means: Floats) -> QuantileSketches:
        """See `Digest.change`: all agents below are said to have this very mean.

        Who knows of no agent says nothing.
        """
        size = 1 + int(max(state.node.max(initial=0), nodes.max()))
        agents = np.bincount(state.node, state.count, minlength=size)[nodes] / state.features
        says = agents > 0
        nodes, means = nodes[says], means[says]
        kept = self.pick(state, ~np.isin(np.arange(size), nodes))
        claimed = _quanta(means, np.full_like(means, np.nan))
        return kept.add(sketch(nodes, claimed, self._buckets, agents[says].astype(np.int64)))

    def means(self, state: QuantileSketches, nodes: Ints) -> Floats:
        """See `Digest.means`: their medians."""
        size = 1 + int(max(state.node.max(initial=0), nodes.max()))
        return np.asarray(state.median(size)[nodes, : self._features] * QUANTUM)

    def read(self, state: QuantileSketches) -> Estimate:
        """See `Digest.read`."""
        if not len(state.key):
            nothing = np.full(self._features, np.nan)
            return Estimate(0, self._agents, nothing, nothing.copy(), nothing.copy())
        centre = (
            state.median(1) if self._trimmed is None else state.trimmed_mean(self._trimmed, 1)
        )[0]
        mean, logs = centre[: self._features], centre[self._features :]
        between = MAD_FACTOR * state.mad(1)[0, : self._features]
        items = int(state.count[state.feature == 0].sum())
        within = np.exp(logs * LOG_QUANTUM / 2)
        return Estimate(items, self._agents, mean * QUANTUM, within, between * QUANTUM)

    def size_bytes(self, agents: int) -> int:
        """See `Digest.size_bytes`: no more rows than agents or buckets."""
        rows = 2 * self._features * min(agents, 2 * self._buckets.last + 1)
        return rows * ROW_BYTES


def _quanta(mean: Floats, variance: Floats) -> Ints:
    """Whole numbers for the buckets: means in quanta, then logarithms of variances."""
    floored = np.maximum(np.nan_to_num(variance), QUANTUM**2)
    logs = np.rint(np.log(floored) / LOG_QUANTUM)
    return np.concatenate((np.rint(mean / QUANTUM), logs), axis=1).astype(np.int64)
