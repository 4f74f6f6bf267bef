"""Who lies: the nodes of each adversary of a scenario, chosen once and for the whole run.

No node has two parts to play. Random nodes are the first of one random order, so a larger share
keeps the liars of a smaller one: a sweep over shares adds liars and changes nobody.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.roster import Roster
from sim.protocol.placement import worst_seats
from sim.scenario.plan import AdversaryPlan
from sim.stats.robust.needs import liars as tolerated

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def cast(plans: Sequence[AdversaryPlan], roster: Roster, f: float) -> list[Ints]:
    """The nodes of each adversary, ascending; `f` is the share that the rule is set against."""
    taken = [np.zeros(count, np.bool_) for count in roster.shape.counts]
    parts = [np.zeros(0, np.int64) for _ in plans]
    for number in _few_to_choose_from_first(plans, roster):
        plan = plans[number]
        free = _candidates(plan, roster) & ~taken[plan.tier]
        chosen = _order(plan, roster, f)
        nodes = np.sort(chosen[free[chosen]][: _how_many(plan, roster)])
        taken[plan.tier][nodes] = True
        parts[number] = nodes.astype(np.int64)
    return parts


def _few_to_choose_from_first(plans: Sequence[AdversaryPlan], roster: Roster) -> list[int]:
    """The order in which parts are dealt, else chance might give a named node to somebody else.

    Candidates lie within each other or apart, so whoever fits in at all (the scenario's checks see
    to it) finds enough nodes in this order.
    """
    choice = [int(np.count_nonzero(_candidates(plan, roster))) for plan in plans]
    return sorted(range(len(plans)), key=choice.__getitem__)


def _candidates(plan: AdversaryPlan, roster: Roster) -> Bools:
    """Which nodes of the tier may lie, (nodes,)."""
    named = roster.select(plan.nodes, plan.path)[plan.tier]
    return named & roster.below(plan.under, plan.tier, plan.path) if plan.under else named


def _how_many(plan: AdversaryPlan, roster: Roster) -> int:
    wanted = round(plan.share * int(np.count_nonzero(_candidates(plan, roster))))
    return wanted if plan.budget is None else min(wanted, plan.budget)


def _order(plan: AdversaryPlan, roster: Roster, f: float) -> Ints:
    """All nodes of the tier, the first to be bought first."""
    count = roster.shape.counts[plan.tier]
    # One order for all adversaries of a tier: what is taken is passed over.
    order = roster.streams.stream("liars", roster.shape.names[plan.tier]).permutation(count)
    if plan.placement == "random":
        return order
    if plan.placement == "clustered":
        return _group_by_group(order, roster, plan.tier)
    first = _worst(roster, plan.tier, f)
    return np.concatenate((first, order[~np.isin(order, first)]))


def _group_by_group(order: Ints, roster: Roster, tier: int) -> Ints:
    """Siblings side by side, and the groups of one aggregator above them too."""
    keys: list[Ints] = [np.argsort(order)]
    for above in range(tier + 1, len(roster.shape.counts)):
        ancestor = roster.tree.ancestor_of(tier, above)
        rank = np.full(roster.shape.counts[above], len(order))
        np.minimum.at(rank, ancestor, keys[0])
        keys.append(rank[ancestor])
    return np.lexsort(keys)


def _worst(roster: Roster, tier: int, f: float) -> Ints:
    """The fewest nodes who own the root where every tier tolerates a share `f` of its children."""
    parents, levels = [], roster.tree.levels[tier:]
    for level in levels:
        parents.append(level.parent_of.astype(np.int64))
    fs = [np.array([tolerated(f, int(n)) for n in np.diff(level.starts)]) for level in levels]
    return worst_seats(parents, fs)
