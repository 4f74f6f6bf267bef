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
    if not any(actor.overrides(hook) for hook in ("commit", "lists", "omits")):
        return []
    everybody = np.arange(len(actor.nodes))
    found = []
    for one in everybody[actor.acting(everybody, now_ns)].tolist():
        seat = int(actor.nodes[one])
        children = canonical(rows[slice(*groups.starts[seat : seat + 2])], features)
        lie, merged[seat] = _lie(actor, one, int(groups.starts[seat]), children, features)
        if lie.dropped or lie.invented or lie.claim is not None:
            found.append(lie)
            actor.note(np.array([one]), now_ns)
    return found


def _lie(actor: Actor, one: int, first: int, children: Ints, features: int) -> tuple[Lie, Ints]:
    """What one liar does with its children's rows (n, wide), and what it says of them (wide,)."""
    omitted = actor.strategy.omits(np.arange(first, first + len(children)))
    listed = np.where(omitted[:, None], 0, actor.strategy.lists(one, children))
    made_up = np.flatnonzero((listed != children).any(axis=1) & ~omitted)
    total = merge_groups(listed, np.array([0, len(listed)]), features)[0]
    said = canonical(actor.strategy.commit(one, listed, total), features)
    lie = Lie(
        actor.plan.tier,
        int(actor.nodes[one]),
        tuple(np.flatnonzero(omitted).tolist()),
        {position: listed[position] for position in made_up.tolist()},
        # The sum itself is left to who knows which children an honest parent would refuse.
        claim=None if (said == total).all() else said,
    )
    return lie, said
