"""A topology as a membership view, so that its moves are fenced by what fences all others.

`Holder` and `Keeper` (see `membership.ownership`) count each agent exactly once while operations
reach nodes late, in any order, or never: views, spans and fences are reused as they are. What is
not reused is `membership.epochs`: its members join and leave one by one, under names of their own,
while here places are fixed and an epoch changes many of them at once.
"""

import numpy as np

from sim.protocol.membership.view import Member, Run, View
from sim.protocol.topology.state import Topology


def name_of(state: Topology, tier: int, place: int) -> str:
    """What a node is called in views."""
    return "root" if tier == len(state.parents) else f"{tier}/{place}"


def view_of(state: Topology) -> View:
    """All nodes in use as members, all agents in the tree as sources, with their fences."""
    return View(state.epoch, name_of(state, len(state.parents), 0), _members(state), _runs(state))


def _members(state: Topology) -> tuple[Member, ...]:
    members = [
        Member(
            name_of(state, tier, place),
            name_of(state, tier + 1, int(state.parents[tier][place])),
            int(state.since[tier][place]),
        )
        for tier in range(1, len(state.parents))
        for place in np.flatnonzero(state.is_in_use(tier)).tolist()
    ]
    return tuple(sorted(members, key=lambda member: member.name))


def _runs(state: Topology) -> tuple[Run, ...]:
    """Neighbours of one owner and epoch are one run."""
    owner, since = state.parents[0], state.since[0]
    starts = np.flatnonzero(np.diff(owner, prepend=-3) | np.diff(since, prepend=-1))
    ends = [*starts[1:].tolist(), len(owner)]
    return tuple(
        Run(first, end, name_of(state, 1, int(owner[first])), int(since[first]))
        for first, end in zip(starts.tolist(), ends, strict=True)
        if owner[first] >= 0
    )
