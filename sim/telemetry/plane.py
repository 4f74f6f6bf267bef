"""The telemetry plane: every periodic statistic, advanced in vector steps that are exact.

`Telemetry.advance(until_ns)` carries everything that is emitted before `until_ns` up the tree, tier
by tier, and up each further replica of its upper tiers. The rule that keeps it exact: it is called
before anything may change or look (a fault, a read, a sample), so each step runs under one constant
network. How a stretch of time is cut into steps changes nothing: draws belong to report numbers,
and what has not arrived is carried over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import Layout, Moments, moments
from sim.telemetry.emission import BoolArray
from sim.telemetry.leaves import Leaves
from sim.telemetry.moves import Heard
from sim.telemetry.parents import Aggregators, Parents
from sim.telemetry.root import Root
from sim.telemetry.spine import Spine, feed, learn_anew
from sim.telemetry.way import Way

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Path:
    """All that reports pass on their way from the agents to one replica of the root."""

    aggregators: tuple[Aggregators, ...]
    root: Root

    @property
    def parents(self) -> tuple[Parents, ...]:
        """Everybody who takes in reports, from the locals up."""
        return (*self.aggregators, self.root)


class Telemetry:
    """A tree of agents, aggregators and a root under one clock."""

    def __init__(
        self,
        leaves: Leaves,
        aggregators: Sequence[Aggregators],
        root: Root,
        ways: Sequence[Way],
        pane_ns: int,
        stride_ns: int,
        layout: Layout,
    ) -> None:
        self.leaves = leaves
        self.aggregators = tuple(aggregators)
        self.root = root
        self.ways = tuple(ways)
        self.pane_ns = pane_ns
        self.stride_ns = stride_ns
        self.layout = layout
        self.spines: tuple[Spine, ...] = ()
        """Replicas 1, 2, ... of the upper tiers; replica 0 is the tree itself."""
        self.now_ns = 0
        self.withdrawn = 0
        """Values that agents took back because they forgot them."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The way to each replica of the root."""
        shared = [(*self.aggregators[: spine.fork], *spine.aggregators) for spine in self.spines]
        others = [Path(way, spine.root) for way, spine in zip(shared, self.spines, strict=True)]
        return (Path(self.aggregators, self.root), *others)

    @property
    def messages(self) -> int:
        """Reports that were sent so far, all tiers and replicas."""
        sent = self.leaves.messages + sum(tier.messages for tier in self.aggregators)
        for spine in self.spines:
            senders = (self.aggregators[spine.fork - 1], *spine.aggregators)
            sent += sum(tier.messages for tier in senders)
        return sent

    def advance(self, until_ns: int) -> None:
        """Process everything that is sent before `until_ns`, and what arrives before it."""
        while self.now_ns < until_ns:
            next_pane_ns = (self.now_ns // self.pane_ns + 1) * self.pane_ns
            next_stride_ns = (self.now_ns // self.stride_ns + 1) * self.stride_ns
            self._step(min(until_ns, next_pane_ns, next_stride_ns))

    def _step(self, until_ns: int) -> None:
        pane = self.now_ns // self.pane_ns
        parents: tuple[Parents, ...] = (*self.aggregators, self.root)
        self.leaves.open_step(self.now_ns, until_ns, pane)
        for parent in parents:
            parent.open_step(self.now_ns, until_ns, pane)
        for way in self.ways:
            way.channel.open_step()
        for spine in self.spines:
            spine.open_step(self.now_ns, until_ns, pane)
        for run in self.leaves.runs():
            parents[0].take(run, self.leaves.produce(run, self.ways[0]))
        for number, tier in enumerate(self.aggregators, start=1):
            reports = tier.produce()
            feed(parents[number], reports, self.ways[number])
            for spine in self.spines:
                if spine.fork == number:
                    spine.carry(reports)
        self.root.finish_step()
        self.now_ns = until_ns

    def forget(self, nodes: Sequence[BoolArray]) -> None:
        """Let nodes (a bool array a row) lose what they knew; needs ledgers on every tier.

        Agents take back what they reported; an aggregator, or the root, learns its children anew.
        """
        tiers: tuple[Leaves | Aggregators, ...] = (self.leaves, *self.aggregators)
        parents: tuple[Parents, ...] = (*self.aggregators, self.root)
        for index, (tier, above) in enumerate(zip(tiers, parents, strict=True)):
            assert tier.ledger is not None
            forks = [spine.parents[0] for spine in self.spines if spine.fork == index]
            intakes = [parent.intake for parent in (above, *forks)]
            values = tier.ledger.withdraw(nodes[index], intakes)
            if index == 0:
                self.withdrawn += values
            tier.forget(nodes[index])
        for spine in self.spines:
            spine.withdraw(nodes)
        for index, (tier, parent) in enumerate(zip(tiers, parents, strict=True), start=1):
            learn_anew(nodes[index], tier, parent)
        for spine in self.spines:
            spine.relearn(nodes, self.aggregators[spine.fork - 1])
        if nodes[len(parents)].any():
            self.root.forget()

    def hand_over(self, rows: BoolArray | None = None) -> None:
        """These rows of agents (None = all) go to somebody else, who cannot repeat what is lost."""
        lost = self.aggregators[0].intake.give_up(rows)
        if self.leaves.ledger is not None:
            self.leaves.ledger.strike(lost)

    def estimate(self, first_pane: int, last_pane: int) -> Moments:
        """What the root knows of these panes now."""
        row = self.root.window(first_pane, last_pane, self.layout.features)
        return moments(row, self.layout.features)

    def truth(self, first_pane: int, last_pane: int) -> Moments:
        """What a centralised observer of the same values, without delay, knows of these panes."""
        row = np.zeros(self.layout.wide, np.int64)
        for pane in range(first_pane, last_pane + 1):
            row += self.leaves.truth.get(pane, 0)
        return moments(row, self.layout.features)

    def take_heard(self) -> list[Heard]:
        """Hand over, and forget, the moves of the root's view since the last call."""
        heard, self.root.heard = self.root.heard, []
        return heard
