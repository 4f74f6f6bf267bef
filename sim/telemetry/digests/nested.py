"""The nested digest: at every tier the rule's centre of the children, and nothing of the agents.

The cheapest there is, one summary a node. Its thresholds multiply up the tree, so few liars who are
well placed own the root (tree theorem, theory section 4); that is what it is here to show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.stats.robust.contract import Rule
from sim.stats.robust.needs import liars
from sim.stats.robust.scale import mad
from sim.stats.robust.spread import baseline
from sim.telemetry.digests.contract import Estimate
from sim.telemetry.digests.items import Items
from sim.telemetry.digests.pack import packed
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NUMBER_BYTES = 8


@dataclass(frozen=True, slots=True)
class Centres:
    """One baseline a node; (nodes, features) each, NaN where there is none."""

    mean: Floats
    within_sd: Floats
    between_sd: Floats
    present: Ints
    """Children that it was made from, (nodes,)."""


class NestedDigest:
    """A rule at every tier; `share` of the children of each group may lie. See `Digest`."""

    signed = False

    def __init__(self, rule: Rule, share: float, cap: int, features: int) -> None:
        self._rule = rule
        self._share = share
        self._cap = cap
        self._features = features
        self._root_children = 1

    def lift(self, items: Items, groups: Groups) -> Centres:
        """See `Digest.lift`."""
        counts = np.nan_to_num(packed(groups, items.count))
        means, variances = packed(groups, items.mean), packed(groups, items.variance)
        found = baseline(
            self._rule, counts, means, variances, f=self._f(groups), cap=float(self._cap)
        )
        present = np.count_nonzero(counts, axis=1)
        return Centres(found.mean, found.within_sd, found.between_sd, present)

    def pick(self, state: Centres, nodes: Bools) -> Centres:
        """See `Digest.pick`."""
        return _choose(nodes, state, _nothing(state))

    def join(self, states: Sequence[Centres]) -> Centres:
        """See `Digest.join`."""
        result = states[0]
        for state in states[1:]:
            result = _choose(state.present > 0, state, result)
        return result

    def merge(self, state: Centres, groups: Groups) -> Centres:
        """See `Digest.merge`.

        The spread between agents is that within the children, put together on a logarithmic scale,
        and that between the children's means.
        """
        self._root_children = groups.children
        means, f = packed(groups, state.mean), self._f(groups)
        weights = np.asarray(np.isfinite(means).all(axis=2), np.float64)
        centre = self._rule.centre(means, weights, f)
        within = np.exp(self._rule.centre(_logs(packed(groups, state.within_sd)), weights, f))
        inside = np.exp(self._rule.centre(_logs(packed(groups, state.between_sd)), weights, f))
        apart = np.full_like(inside, np.nan)
        known = np.flatnonzero(~np.isnan(centre).any(axis=1))
        items = np.nan_to_num(means[known])
        apart[known] = mad(items, weights[known], centre[known])
        between = np.hypot(inside, apart)
        return Centres(centre, within, between, weights.sum(axis=1).astype(np.int64))

    def change(self, state: Centres, nodes: Ints, means: Floats) -> Centres:
        """See `Digest.change`; who knows of no child says nothing."""
        says = state.present[nodes] > 0
        changed = state.mean.copy()
        changed[nodes[says]] = means[says]
        return Centres(changed, state.within_sd, state.between_sd, state.present)

    def means(self, state: Centres, nodes: Ints) -> Floats:
        """See `Digest.means`."""
        return np.asarray(state.mean[nodes])

    def read(self, state: Centres) -> Estimate:
        """See `Digest.read`."""
        present = int(state.present[0])
        return Estimate(
            present, self._root_children, state.mean[0], state.within_sd[0], state.between_sd[0]
        )

    def size_bytes(self, agents: int) -> int:  # noqa: ARG002
        """See `Digest.size_bytes`: mean and two deviations, whoever is below."""
        return 3 * self._features * NUMBER_BYTES

    def _f(self, groups: Groups) -> Ints:
        return np.array([liars(self._share, int(n)) for n in np.diff(groups.starts)], np.int64)


def _choose(nodes: Bools, here: Centres, there: Centres) -> Centres:
    """Of some nodes (nodes,) the centres of `here`, of the others those of `there`."""
    wide = nodes[:, None]
    return Centres(
        np.where(wide, here.mean, there.mean),
        np.where(wide, here.within_sd, there.within_sd),
        np.where(wide, here.between_sd, there.between_sd),
        np.where(nodes, here.present, there.present),
    )


def _nothing(like: Centres) -> Centres:
    unknown = np.full_like(like.mean, np.nan)
    return Centres(unknown, unknown, unknown, np.zeros_like(like.present))


def _logs(deviations: Floats) -> Floats:
    """Logarithms; no deviation at all counts as a very small one."""
    return np.log(np.maximum(deviations, np.finfo(np.float64).tiny))
