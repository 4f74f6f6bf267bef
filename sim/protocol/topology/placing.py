"""Agents come and go, or are all dealt anew.

Where an agent comes to is drawn, so that nobody chooses the group that it joins, or is the emptiest
local. Joins and leaves never split or merge anything: that is for the epoch (`rebalancing`).
"""

from collections.abc import Iterable, Sequence

import numpy as np

from sim.protocol.placement import seats
from sim.protocol.topology.draft import Draft, Frozen
from sim.protocol.topology.operations import (
    OUT,
    Join,
    Leave,
    Operations,
    Refused,
    Reseat,
)
from sim.protocol.topology.state import Ints, Topology

Changed = tuple[Topology, Operations]
"""The next topology, and what has been done to get there."""


def join(
    state: Topology,
    agents: Iterable[int],
    rng: np.random.Generator | None = None,
    *,
    frozen: Frozen | None = None,
) -> Changed:
    """Agents come in one by one: each to any local with room, all as likely.

    Without a generator each goes to the local with the fewest agents, ties to the first. Who finds
    no room is refused; who is there already, or in quarantine, is passed over. Nobody comes to a
    local that is `frozen`.
    """
    draft = Draft(state, frozen)
    for agent in agents:
        if draft.parents[0][agent] == OUT:
            _admit(draft, agent, rng)
    return draft.finished()


def _admit(draft: Draft, agent: int, rng: np.random.Generator | None) -> None:
    open_ones = draft.with_room(1)
    if not open_ones:
        draft.note(Refused(1, OUT, OUT, (agent,), Join.__name__))
        return
    draft.do(Join(1, OUT, chosen(draft, 1, open_ones, rng), (agent,)))


def join_beside(state: Topology, beside: Ints, rng: np.random.Generator | None = None) -> Changed:
    """One agent comes in: a local is drawn as in `join`, and who waits beside it joins it.

    `beside` (agents,) is the local that each agent which is away would join, negative for none. Of
    several the first one comes. Nothing happens where nobody waits beside a local with room.
    """
    draft = Draft(state)
    waits = np.where(state.parents[0] == OUT, beside, OUT)
    there = np.bincount(waits[waits >= 0], minlength=len(state.parents[1]))
    open_ones = [node for node in draft.with_room(1) if there[node]]
    if open_ones:
        node = chosen(draft, 1, open_ones, rng)
        draft.do(Join(1, OUT, node, (int(np.flatnonzero(waits == node)[0]),)))
    return draft.finished()


def chosen(draft: Draft, tier: int, nodes: Sequence[int], rng: np.random.Generator | None) -> int:
    """Any of them, all as likely; without a generator the emptiest."""
    return emptiest(draft, tier, nodes) if rng is None else nodes[int(rng.integers(len(nodes)))]


def emptiest(draft: Draft, tier: int, nodes: Sequence[int]) -> int:
    """The one with the fewest children, the first of them if there are several."""
    return min(nodes, key=lambda node: draft.size(tier, node))


def leave(state: Topology, agents: Iterable[int]) -> Changed:
    """Agents go; who is not there is passed over."""
    draft = Draft(state)
    for agent in agents:
        owner = int(draft.parents[0][agent])
        if owner >= 0:
            draft.do(Leave(1, owner, OUT, (agent,)))
    return draft.finished()


def reseat(state: Topology, seed: bytes, *, frozen: Frozen | None = None) -> Changed:
    """Deal all agents anew, in the order of the hash of a seed; no local changes its size.

    Against groups that liars have gathered in (theory section 4). Those of a local that is `frozen`
    stay.
    """
    draft = Draft(state, frozen)
    owner = state.parents[0]
    is_dealt = owner >= 0
    if frozen is not None:
        is_dealt &= ~frozen[0][np.maximum(owner, 0)]
    members = np.flatnonzero(is_dealt)
    owners = owner[members]
    draft.parents[0][members[seats(members, seed)]] = owners
    moved = int(np.count_nonzero(draft.parents[0] != state.parents[0]))
    draft.note(Reseat(1, OUT, OUT, (), moved))
    return draft.finished()
