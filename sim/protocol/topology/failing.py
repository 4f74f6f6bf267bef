"""Nodes fail and come back, and what detection recommends is done to the tree.

Children of a failed node go to a spare place as a whole, or are dealt to its siblings that have
room, or to anybody who has. Those for whom there is no room at all are out of the tree, with all
that is below them dealt in the same way; they are named in a `Refused`, so nobody is lost silently.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from sim.protocol.topology.draft import Draft, Frozen
from sim.protocol.topology.operations import (
    BARRED,
    OUT,
    Fail,
    Isolate,
    Join,
    Move,
    Refused,
    Replace,
    Restore,
    Retire,
    Watch,
)
from sim.protocol.topology.placing import Changed, chosen, emptiest
from sim.protocol.topology.state import Topology


def fail(
    state: Topology,
    tier: int,
    node: int,
    *,
    replace: bool = True,
    rng: np.random.Generator | None = None,
    frozen: Frozen | None = None,
) -> Changed:
    """A node fails: a spare place takes its children, or others do.

    A spare place is taken if there is one and `replace` is asked for, or if the node is the last of
    its tier. Else children are dealt: to the emptiest, or with a generator to anyone with room, but
    to nobody who is `frozen`. Raises ValueError for the tier of agents, which leave, and for the
    root.
    """
    if not 1 <= tier < len(state.parents):
        raise ValueError(f"tier {tier} is not one of aggregators below the root")
    draft = Draft(state, frozen)
    _fail(draft, tier, node, replace, rng)
    return draft.finished()


def _fail(
    draft: Draft,
    tier: int,
    node: int,
    replace: bool,
    rng: np.random.Generator | None,
    how: type[Fail | Retire] = Fail,
) -> None:
    parent = int(draft.parents[tier][node])
    if parent == BARRED:
        return
    siblings, children = draft.siblings(tier, node), draft.children(tier, node)
    is_in_use = parent >= 0
    draft.do(how(tier + 1, parent, BARRED, (node,)))
    spare = draft.spare(tier) if replace or not draft.in_use(tier) else None
    if is_in_use and spare is not None:
        draft.give(tier, (spare,), parent)
        draft.do(Replace(tier, node, spare, children))
    elif is_in_use:
        _deal(draft, tier, node, children, siblings, rng)


def _deal(
    draft: Draft,
    tier: int,
    source: int,
    children: Sequence[int],
    siblings: Sequence[int],
    rng: np.random.Generator | None,
) -> None:
    """Children of a node that is out of use get other parents, one by one."""
    dealt: dict[int, list[int]] = {}
    for child in children:
        target = _taker(draft, tier, siblings, rng)
        draft.give(tier - 1, (child,), target)
        dealt.setdefault(target, []).append(child)
    homeless = dealt.pop(OUT, [])
    for target in sorted(dealt):
        draft.note(Move(tier, source, target, tuple(dealt[target])))
    if homeless:
        draft.note(Refused(tier, source, OUT, tuple(homeless), Move.__name__))
    for child in homeless if tier > 1 else ():
        _deal(draft, tier - 1, child, draft.children(tier - 1, child), (), rng)


def _taker(
    draft: Draft, tier: int, siblings: Sequence[int], rng: np.random.Generator | None
) -> int:
    open_ones = draft.with_room(tier)
    are_open = set(open_ones)
    nodes = [node for node in siblings if node in are_open] or open_ones
    return chosen(draft, tier, nodes, rng) if nodes else OUT


def restore(state: Topology, tier: int, places: Iterable[int]) -> Changed:
    """Failed places are spare again, agents may come back from quarantine; others are passed over.

    Where no node of a tier is left in use, its first spare place is put in use.
    """
    draft = Draft(state)
    barred = tuple(place for place in places if draft.parents[tier][place] == BARRED)
    if barred:
        draft.do(Restore(tier + 1, BARRED, OUT, barred))
    for aggregators in range(len(draft.parents) - 1, 0, -1):
        _reopen(draft, aggregators)
    return draft.finished()


def _reopen(draft: Draft, tier: int) -> None:
    spare = np.flatnonzero(draft.parents[tier] == OUT)
    top = tier + 1 == len(draft.parents)
    parents = [0] if top else draft.in_use(tier + 1)
    if not draft.in_use(tier) and len(spare) and parents:
        parent = 0 if top else emptiest(draft, tier + 1, parents)
        draft.do(Join(tier + 1, OUT, parent, (int(spare[0]),)))


def adapt(
    state: Topology,
    isolate: Iterable[int] = (),
    rehome: Iterable[int] = (),
    watch_faster: Iterable[int] = (),
    *,
    rng: np.random.Generator | None = None,
    frozen: Frozen | None = None,
) -> Changed:
    """Do what detection recommends: agents to isolate, locals to re-home and to watch faster.

    Isolated agents are in quarantine until they are restored, which no run does: there they are
    out for good. Agents of a local to re-home are dealt to other locals, and it stays out of use
    until it is restored; this is refused where not all of them would find room. Who is not in the
    tree any more is passed over, and so is whom nobody could tell: locals that are `frozen`, and
    their agents.
    """
    draft = Draft(state, frozen)
    for agent in isolate:
        owner = int(draft.parents[0][agent])
        if owner >= 0 and not draft.is_frozen(1, owner):
            draft.do(Isolate(1, owner, BARRED, (agent,)))
    for local in rehome:
        _rehome(draft, local, rng)
    for local in watch_faster:
        if not draft.is_frozen(1, local):
            draft.note(Watch(1, local, local))
    return draft.finished()


def _rehome(draft: Draft, local: int, rng: np.random.Generator | None) -> None:
    if draft.parents[1][local] < 0 or draft.is_frozen(1, local):
        return
    room = draft.state.limits[0].room
    others = [node for node in draft.with_room(1) if node != local]
    if sum(room - draft.size(1, node) for node in others) < draft.size(1, local):
        draft.note(Refused(1, local, OUT, (), Move.__name__))
    else:
        _fail(draft, 1, local, False, rng, Retire)
