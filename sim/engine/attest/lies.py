"""What lying aggregators do in a round of commitments, tier by tier, as their strategies say."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.lies.actor import Actor
from sim.protocol.merkle.commitments import merge_groups
from sim.protocol.merkle.tree import Lie
from sim.stats.moments import canonical
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def lies_of_round(
    actors: Sequence[Actor],
    levels: Sequence[Groups],
    rows: Ints,
    lost: Mapping[int, Bools],
    features: int,
    now_ns: int,
) -> list[Lie]:
    """The lies of all aggregators, given the agents' wide rows (n, wide).

    `lost` says for some tiers whose statements did not reach their parents. What a liar says is
    what its parent has to work with, so tiers are gone through from below.
    """
    found: list[Lie] = []
    for tier, groups in enumerate(levels, start=1):
        if tier - 1 in lost:
            rows = np.where(lost[tier - 1][:, None], 0, rows)
        merged = merge_groups(rows, groups.starts, features)
        for actor in actors:
            if actor.plan.tier == tier:
                found += _lies(actor, groups, rows, merged, features, now_ns)
        rows = merged
    return found


def _lies(
    actor: Actor, groups: Groups, rows: Ints, merged: Ints, features: int, now_ns: int
) -> list[Lie]:
    """The lies of one adversary; writes, in place, what its liars say into `merged`."""
    if not (actor.overrides("commit") or actor.overrides("omits")):
        return []
    everybody = np.arange(len(actor.nodes))
    who = everybody[actor.acting(everybody, now_ns)]
    found = []
    for one in who.tolist():
        seat = int(actor.nodes[one])
        first, last = groups.starts[seat : seat + 2]
        children = rows[first:last]
        omitted = actor.strategy.omits(np.arange(first, last))
        listed = np.where(omitted[:, None], 0, children)
        honest = merge_groups(listed, np.array([0, len(listed)]), features)[0]
        claim = canonical(actor.strategy.commit(one, listed, honest), features)
        merged[seat] = claim
        lied = omitted.any() or (claim != honest).any()
        if lied:
            dropped = tuple(np.flatnonzero(omitted).tolist())
            found.append(Lie(actor.plan.tier, seat, dropped, claim=claim))
            actor.note(np.array([one]), now_ns)
    return found
