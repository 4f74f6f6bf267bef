"""A tree that follows its agents: who comes and goes, and at every epoch one operation a node.

Joins and leaves happen at once; all else waits for the epoch, which is the boundary of a pane, so
that every pane of an agent is counted at one parent. Nodes that cannot be reached take no part. An
agent is known by its own number, a row of the columns is a place (see `residence`).
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.component import Rows
from sim.engine.detection.detection import Detection
from sim.engine.evolution.adaptation import recommended
from sim.engine.evolution.books import Books
from sim.engine.evolution.build import Grounds
from sim.engine.evolution.comings import JOIN, comings
from sim.engine.evolution.presence import NAME, Presence
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.lies.lies import Lies
from sim.engine.parts import Advance
from sim.engine.world import World
from sim.errors import InvariantViolated
from sim.protocol.topology.failing import adapt, fail, restore
from sim.protocol.topology.operations import BARRED, OUT, Refused, Replace, Split
from sim.protocol.topology.placing import Changed, join, join_beside, leave, reseat
from sim.protocol.topology.rebalancing import plan_epoch
from sim.protocol.topology.state import Topology

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SEED_BYTES: Final = 32


class Evolution:
    """The tree of one run as it changes."""

    def __init__(
        self, ground: Grounds, world: World, lies: Lies, detection: Detection | None
    ) -> None:
        parts, plan = ground.parts, ground.plan
        self.state = ground.founded
        self._plan, self._run = plan, parts.plan
        self._world, self._lies, self._detection = world, lies, detection
        self._residence = ground.residence
        self._streams = parts.streams
        self._placing = parts.streams.stream("evolution", "place")
        self._leaving = parts.streams.stream("evolution", "who leaves")
        self._presence = Presence(world)
        self._books = Books(world, plan.fan_in)
        self._away: Bools = np.zeros(parts.plan.agents.count, np.bool_)
        """Agents that somebody else keeps away, such as a churn storm."""
        self._outside = self._away.copy()
        """Who is out against its will and tries to join at every epoch: members who were sent off,
        and those for whom there was no room."""
        self._changed = 0
        self._used = self._lingering = self._rows_in_use()
        """Rows in use in this epoch, and in the one before."""
        self._heirs: list[Split | Replace] = []
        """Nodes that are new in this epoch, each with the one whose children it has taken."""
        if detection is not None:
            detection.seats = lambda: self._residence.rows[0]
            detection.truth.who_measured = partial(
                self._residence.who_measured, epoch_ns=plan.epoch_ns
            )

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """Epochs, comings and goings between them, and the census at the end of each pane."""
        yield self._epochs(kernel, advance)
        yield self._comings(kernel, advance)
        yield self._counting(kernel, advance)

    def rows(self) -> Rows:
        """What has changed, and what was counted."""
        return self._books.rows()

    def idle(self) -> list[str]:
        """Nobody came, went or moved."""
        return [] if self._changed else ["evolution"]

    def check(self) -> None:
        """Who is a member, who is registered and who sits where agree. Raises InvariantViolated."""
        members = self.state.parents[0] >= 0
        there = ~self._world.absent[NAME][0] if NAME in self._world.absent else members
        seats = self._residence.rows[0]
        if not np.array_equal(np.sort(seats), np.arange(len(seats))):
            raise InvariantViolated("evolution: two agents sit in one seat")
        if not np.array_equal(there[seats], members):
            raise InvariantViolated("evolution: members and those who are there differ")

    # At epochs

    def _epochs(self, kernel: Kernel, advance: Advance) -> Script:
        epoch_ns = self._plan.epoch_ns
        for epoch in range(-(-self._run.duration_ns // epoch_ns)):
            yield kernel.instant(epoch * epoch_ns, order=Order.FAULT)
            advance(kernel.now_ns)
            if epoch:
                self._follow_others(kernel.now_ns)
                self._change(epoch, kernel.now_ns)
            self._settle(epoch)
            self._books.shape(kernel.now_ns, self.state)

    def _follow_others(self, now_ns: int) -> None:
        """Agents that a fault or a liar keeps away are no members, and are when they are back.

        With them join those for whom there was no room before.
        """
        kept_away = np.zeros(len(self._away), np.bool_)
        for name, nodes in self._world.absent.items():
            if name != NAME:
                kept_away |= nodes[0]
        away = kept_away[self._residence.rows[0]]
        self._outside |= away & (self.state.parents[0] >= 0)
        back = self._outside & ~away
        if self._unreachable(1)[self.state.is_in_use(1)].all():
            back[:] = False  # nobody can take them in: they try again at the next epoch
        self._away, self._outside = away, self._outside & ~back
        self._do(now_ns, leave(self.state, np.flatnonzero(away).tolist()))
        before, back_now = self.state, np.flatnonzero(back).tolist()
        self._do(now_ns, join(before, back_now, self._rng(), frozen=self._frozen()))
        self._welcome(before, now_ns)

    def _change(self, epoch: int, now_ns: int) -> None:
        for tier in range(1, len(self.state.parents)):
            self._mend(tier, now_ns)
        if self._plan.adapt and self._detection is not None:
            found = recommended(self._detection, self.state, self._residence.rows[0])
            self._do(now_ns, adapt(self.state, *found, rng=self._rng(), frozen=self._frozen()))
        if self._plan.shuffle:
            seed = self._streams.at("evolution", "shuffle", tick=epoch).bytes(SEED_BYTES)
            self._do(now_ns, reseat(self.state, seed, frozen=self._frozen()))
        self._do(now_ns, plan_epoch(self.state, borrow=self._plan.borrow, frozen=self._frozen()))

    def _mend(self, tier: int, now_ns: int) -> None:
        """Aggregators that are down are given up; their places are spare when they run again."""
        nodes, runs = self._residence.nodes_in(tier), self._world.is_running(tier)
        down = ~runs & ~self._world.outages[NAME].nodes[tier]
        for node in nodes[down].tolist():
            if self._is_out_of_reach(tier + 1, int(self.state.parents[tier][node])):
                continue
            self._do(now_ns, fail(self.state, tier, node, rng=self._rng(), frozen=self._frozen()))
        failed = np.flatnonzero(self.state.parents[tier] == BARRED)
        well = failed[~self._down(tier)[self._residence.rows[tier][failed]]]
        self._do(now_ns, restore(self.state, tier, well.tolist()))

    def _down(self, tier: int) -> Bools:
        """Rows of a tier that a fault keeps down, or still, (rows,)."""
        down = self._world.roster.none()[tier]
        for name, one in self._world.outages.items():
            if name != NAME:
                down |= one.nodes[tier]
        return down

    def _is_out_of_reach(self, tier: int, node: int) -> bool:
        """Whether a node of some tier runs, or is the root, and can tell its children nothing."""
        if tier == len(self.state.parents):
            return bool(self._world.cut_nodes()[tier][0])
        runs = self._world.is_running(tier)[self._residence.rows[tier]]
        return node >= 0 and bool((self._unreachable(tier) & runs)[node])

    def _frozen(self) -> list[Bools]:
        """Nodes that take no part, a bool array a tier of aggregators: see `_unreachable`."""
        cut, levels = self._world.cut_nodes(), self._world.roster.tree.levels
        blocked, found = cut[len(self.state.parents)][:1], []
        for tier in range(len(self.state.parents) - 1, 0, -1):
            blocked = cut[tier] | blocked[levels[tier].parent_of]
            found.append(blocked[self._residence.rows[tier]] & self.state.is_in_use(tier))
        return found[::-1]

    def _unreachable(self, tier: int) -> Bools:
        """Nodes in use that the root cannot tell anything now, (nodes,).

        A spare node has no row of its own to be cut off in: it takes one beside who needs it.
        """
        return self._frozen()[tier - 1]

    def _settle(self, epoch: int) -> None:
        """Everybody goes to its row, with what is known of it."""
        parents = [np.maximum(one, OUT) for one in self.state.parents]
        down = [self._down(tier) for tier in range(len(parents))]
        before = self._residence.settle(epoch, parents, down)
        after = self._residence.rows
        if epoch:
            changed = self._presence.hand_over(before, after, self.state.parents[0] >= 0)
            self._lies.reseat(after[0], epoch * self._plan.epoch_ns)
            if self._detection is not None:
                self._detection.reseat(changed)
        self._used, self._lingering = self._rows_in_use(), self._used
        self._world.in_use = (*self._used, np.ones(1, np.bool_))
        self._show()
        for one in self._heirs:
            rows = after[one.tier]
            self._presence.inherit(one.tier, int(rows[one.target]), int(rows[one.source]))
        self._heirs = []

    # Between epochs

    def _comings(self, kernel: Kernel, advance: Advance) -> Script:
        for instant_ns, what in comings(self._plan, self._run.duration_ns, self._streams):
            yield kernel.instant(instant_ns, order=Order.FAULT)
            advance(kernel.now_ns)
            did = self._come(kernel.now_ns) if what == JOIN else self._go(kernel.now_ns)
            if did:
                self._show()

    def _come(self, now_ns: int) -> bool:
        tree, rows = self._world.roster.tree, self._residence.rows
        local_at = self._residence.nodes_in(1)
        beside = local_at[tree.levels[0].parent_of[rows[0]]]
        beside = np.where(self._away | self._unreachable(1)[beside], OUT, beside)
        before = self.state
        self._do(now_ns, join_beside(before, beside, self._rng()))
        return self._welcome(before, now_ns)

    def _welcome(self, before: Topology, now_ns: int) -> bool:
        """Whether anybody has come; nothing is known of them but that."""
        came = np.flatnonzero((before.parents[0] < 0) & (self.state.parents[0] >= 0))
        rows = self._residence.rows[0][came]
        self._presence.welcome(rows, now_ns)
        if self._detection is not None:
            self._detection.reseat(rows)
        return bool(len(came))

    def _go(self, now_ns: int) -> bool:
        members = np.flatnonzero(self.state.parents[0] >= 0)
        if not len(members):
            return False
        agent = members[self._leaving.integers(len(members))]
        self._outside[agent] = False  # who goes by itself does not ask to be let in again
        self._do(now_ns, leave(self.state, [int(agent)]))
        return True

    def _rng(self) -> np.random.Generator | None:
        return self._placing if self._plan.place == "random" else None

    def _do(self, now_ns: int, changed: Changed) -> None:
        before, (self.state, operations) = self.state, changed
        self._books.done(now_ns, before, self.state, operations)
        self._changed += sum(not isinstance(one, Refused) for one in operations)
        for one in operations:
            if isinstance(one, Refused) and one.tier == 1:
                self._outside[list(one.children)] = True
        self._heirs += [one for one in operations if isinstance(one, Split | Replace)]

    def _show(self) -> None:
        """Aggregators that are spare now have one more epoch to pass on what they still know."""
        agents, *aggregators = self._rows_in_use()
        lingering = zip(aggregators, self._lingering[1:], strict=True)
        self._presence.show([agents, *(now | last for now, last in lingering)])

    def _rows_in_use(self) -> list[Bools]:
        """Rows that have a node with a parent, a bool array a tier below the root."""
        found = [np.zeros(len(rows), np.bool_) for rows in self._residence.rows]
        for here, rows, parents in zip(
            found, self._residence.rows, self.state.parents, strict=True
        ):
            here[rows[parents >= 0]] = True
        return found

    # Every pane

    def _counting(self, kernel: Kernel, advance: Advance) -> Script:
        """A pane takes no more when the one after the next begins."""
        pane_ns = self._run.baseline.pane_ns
        for pane in range(2, self._run.duration_ns // pane_ns + 1):
            yield kernel.instant(pane * pane_ns, order=Order.READ)
            advance(kernel.now_ns)
            self._books.census(kernel.now_ns, pane - 2, self.state.agents)
