"""What adversaries do to reports on their way: hold them back, leave them out, spoil versions.

A gate can make nothing faster: the plane checks every arrival against the path all the same.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine.lies.actor import Actor
from sim.engine.lies.shim import TierShim
from sim.telemetry.emission import NEVER, Emission

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class SendersGate:
    """On a way of a tier with liars: what they do to the arrival of their own reports.

    `refuse`: receivers do not take in reports whose version jumps, nor what the shim has marked.
    Without it one jump is believed, and no honest version is ever newer.
    """

    def __init__(self, shim: TierShim, *, refuse: bool) -> None:
        self._shim = shim
        self._receiver = shim.add_receiver()
        self._refuse = refuse
        self._stuck_ns = [np.full(len(actor.nodes), NEVER) for actor in shim.actors]
        """When each liar sent the jump that was believed."""

    def judge(self, part: Emission, first: int, arrivals_ns: Floats) -> None:
        """See `Gate.judge`."""
        for actor, stuck_ns in zip(self._shim.actors, self._stuck_ns, strict=True):
            who = actor.within(first, arrivals_ns.shape[1])
            if len(who) and actor.overrides("arrive"):
                _hold(actor, part, who, first, arrivals_ns)
            if len(who) and actor.strategy.version_jumps:
                self._jump(actor, stuck_ns, part, who, first, arrivals_ns)
        for actor, row, nodes in self._shim.take_refused(part, first, self._receiver):
            arrives = nodes[arrivals_ns[row, nodes - first] < NEVER]
            actor.refused += len(arrives)
            arrivals_ns[row, arrives - first] = NEVER

    def _jump(
        self, actor: Actor, stuck_ns: Floats, part: Emission, who: Ints, first: int, out: Floats
    ) -> None:
        at = actor.nodes[who] - first
        # Who has been dealt to another parent since then has told that one no version yet.
        stuck_ns[stuck_ns < actor.seated_ns] = NEVER
        for row in range(part.ticks):
            sent_ns, arrives = part.sent_ns[row, at], out[row, at] < NEVER
            jumps = actor.acting(who, sent_ns) & arrives
            actor.note(who[jumps], sent_ns[jumps])
            if self._refuse:
                out[row, at[jumps]] = NEVER
                actor.refused += int(np.count_nonzero(jumps))
            else:
                late = sent_ns > stuck_ns[who]
                out[row, at[late]] = NEVER
                fresh = jumps & (stuck_ns[who] == NEVER)
                stuck_ns[who[fresh]] = sent_ns[fresh]


class Omission:
    """On the way to a tier with liars: the children whom a lying parent leaves out."""

    def __init__(self, actor: Actor, parent_of: Ints) -> None:
        self._actor = actor
        # Parent by parent: a share of its children is a share of each one's.
        groups = [np.flatnonzero(parent_of == node) for node in actor.nodes.tolist()]
        omitted = [children[actor.strategy.omits(children)] for children in groups]
        self._children = np.concatenate([np.empty(0, np.int64), *omitted])
        self._liar = np.searchsorted(actor.nodes, parent_of[self._children])

    def judge(self, part: Emission, first: int, arrivals_ns: Floats) -> None:
        """See `Gate.judge`."""
        begin, end = np.searchsorted(self._children, (first, first + arrivals_ns.shape[1]))
        at, liar = self._children[begin:end] - first, self._liar[begin:end]
        for row in range(part.ticks):
            hit = self._actor.acting(liar, part.sent_ns[row, at]) & (arrivals_ns[row, at] < NEVER)
            self._actor.note(liar[hit], part.sent_ns[row, at[hit]])
            arrivals_ns[row, at[hit]] = NEVER


class Holding:
    """On what else a tier with liars sends: held back, or kept back, as their reports are."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def judge(self, part: Emission, first: int, arrivals_ns: Floats) -> None:
        """See `Gate.judge`."""
        who = self._actor.within(first, arrivals_ns.shape[1])
        if len(who):
            _hold(self._actor, part, who, first, arrivals_ns)


def _hold(actor: Actor, part: Emission, who: Ints, first: int, arrivals_ns: Floats) -> None:
    """Let a strategy delay the reports of its liars, or keep them back."""
    at = actor.nodes[who] - first
    sent_ns, given = part.sent_ns[:, at], arrivals_ns[:, at]
    acts = actor.acting(who, sent_ns) & (given < NEVER)
    held = np.maximum(actor.strategy.arrive(sent_ns, who, given), given)
    changed = acts & (held != given)
    arrivals_ns[:, at] = np.where(changed, held, given)
    row, which = np.nonzero(changed)
    actor.note(who[which], sent_ns[row, which])
