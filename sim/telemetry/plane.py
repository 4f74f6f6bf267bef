"""The telemetry plane: every periodic statistic, advanced in vector steps that are exact.

`Telemetry.advance(until_ns)` carries everything that is emitted before `until_ns` up the tree, tier
by tier. The rule that keeps it exact: it is called before anything may change or look (a fault, a
read, a sample), so each step runs under one constant network. How a stretch of time is cut into
steps changes nothing: draws belong to report numbers, and what has not arrived is carried over.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import COUNT, Layout, Moments, moments
from sim.telemetry.leaves import Channel, Leaves
from sim.telemetry.parents import Aggregators, Heard, Root
from sim.telemetry.intake import Reports

IntArray = NDArray[np.int64]


class Telemetry:
    """A tree of agents, aggregators and a root under one clock."""

    def __init__(
        self,
        leaves: Leaves,
        aggregators: Sequence[Aggregators],
        root: Root,
        channels: Sequence[Channel],
        pane_ns: int,
        stride_ns: int,
        layout: Layout,
    ) -> None:
        self.leaves = leaves
        self.aggregators = tuple(aggregators)
        self.root = root
        self.channels = tuple(channels)
        self.pane_ns = pane_ns
        self.stride_ns = stride_ns
        self.layout = layout
        self.now_ns = 0

    def advance(self, until_ns: int) -> None:
        """Process everything that is sent before `until_ns`, and what arrives before it."""
        while self.now_ns < until_ns:
            next_pane_ns = (self.now_ns // self.pane_ns + 1) * self.pane_ns
            next_stride_ns = (self.now_ns // self.stride_ns + 1) * self.stride_ns
            self._step(min(until_ns, next_pane_ns, next_stride_ns))

    def _step(self, until_ns: int) -> None:
        pane = self.now_ns // self.pane_ns
        for tier in (self.leaves, *self.aggregators, self.root):
            tier.open_step(self.now_ns, until_ns, pane)
        parents = (*self.aggregators, self.root)
        for run in self.leaves.runs():
            parents[0].take(run, self.leaves.produce(run, self.channels[0]))
        for tier, channel, parent in zip(
            self.aggregators, self.channels[1:], parents[1:], strict=True
        ):
            reports = tier.produce()
            for run in parent.runs():
                part = _part(reports, run.first_child, run.last_child, channel)
                parent.take(run, part)
        self.root.finish_step()
        self.now_ns = until_ns

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


def _part(reports: Reports, first: int, last: int, channel: Channel) -> Reports:
    """The reports of children [first, last), judged."""
    part = reports.emission.part(first, last)
    arrivals = channel.judge(part.first_tick, part.sent_ns, part.sent, first)
    totals = {pane: total[:, first:last] for pane, total in reports.totals.items()}
    return Reports(part, arrivals, totals, reports.states[:, first:last])
