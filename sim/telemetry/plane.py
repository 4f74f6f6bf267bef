"""The telemetry plane: every periodic statistic, advanced in vector steps that are exact.

`Telemetry.advance(until_ns)` carries everything that is emitted before `until_ns` up the tree, tier
by tier. The rule that keeps it exact: it is called before anything may change or look (a fault, a
read, a sample), so each step runs under one constant network. How a stretch of time is cut into
steps changes nothing: draws belong to report numbers, and what has not arrived is carried over.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import Layout, Moments, moments
from sim.telemetry.emission import BoolArray
from sim.telemetry.leaves import Leaves
from sim.telemetry.moves import Heard
from sim.telemetry.parents import Aggregators, Parents
from sim.telemetry.reports import Reports
from sim.telemetry.root import Root
from sim.telemetry.way import Way

IntArray = NDArray[np.int64]


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
        self.now_ns = 0
        self.withdrawn = 0
        """Values that agents took back because they forgot them."""

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
        for run in self.leaves.runs():
            parents[0].take(run, self.leaves.produce(run, self.ways[0]))
        for tier, way, parent in zip(self.aggregators, self.ways[1:], parents[1:], strict=True):
            reports = tier.produce()
            for run in parent.groups.runs:
                parent.take(run, _part(reports, run.first_child, run.last_child, way))
        self.root.finish_step()
        self.now_ns = until_ns

    def forget(self, nodes: Sequence[BoolArray]) -> None:
        """Let nodes (a bool array a tier) lose what they knew; needs ledgers on every tier.

        Agents take back what they reported; an aggregator, or the root, learns its children anew.
        """
        tiers: tuple[Leaves | Aggregators, ...] = (self.leaves, *self.aggregators)
        parents: tuple[Parents, ...] = (*self.aggregators, self.root)
        for index, (tier, above) in enumerate(zip(tiers, parents, strict=True)):
            assert tier.ledger is not None
            values = tier.ledger.withdraw(nodes[index], above.intake)
            if index == 0:
                self.withdrawn += values
            tier.forget(nodes[index])
        for index, (tier, parent) in enumerate(zip(tiers, parents, strict=True), start=1):
            assert tier.ledger is not None
            if nodes[index].any():
                children = nodes[index][parent.groups.parent_of]
                tier.ledger.relearn(children, parent.intake)
                if parent.known is not None:
                    parent.known.forget(children)
        if nodes[-1].any():
            self.root.forget()

    def hand_over(self) -> None:
        """Every row of the agents goes to somebody else, who cannot repeat what was lost."""
        lost = self.aggregators[0].intake.give_up()
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


def _part(reports: Reports, first: int, last: int, way: Way) -> Reports:
    """The reports of children [first, last), with their arrivals."""
    part = reports.emission.part(first, last)
    arrivals = way.carry(part, first)
    totals = {pane: total[:, first:last] for pane, total in reports.totals.items()}
    return Reports(part, arrivals, totals, reports.states[:, first:last])
