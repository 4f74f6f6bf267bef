"""Rounds of one kind of summary: sent up before every publication, read at it, held against truth.

The locals sum up the window that ended a little before they send, so that what it holds has had the
time to arrive; the central twin sums up the same window without delay or loss. What is lost, late
or cut off is missing here and not there: nothing else tells the two apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.engine.component import Rows
from sim.engine.dependence.contract import Summary
from sim.engine.dependence.windows import Windows, ticks_between
from sim.engine.digests.build import HEADER_BYTES
from sim.engine.digests.rounds import Rounds, round_instants
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.engine.roster import Nodes
from sim.engine.world import World
from sim.scenario.blocks.dependence.plan import GatheringPlan
from sim.stats.moments import Moments
from sim.telemetry.mail import Mail


@dataclass(frozen=True, slots=True)
class Ways:
    """How states travel; ``mails[i]`` carries those of tier i + 1."""

    rounds: Rounds
    mails: Sequence[Mail]
    sent_bytes: list[int]
    """Bytes that were sent so far over each of them."""


class Gathering:
    """A component and a listener; its rows go to the table `name`."""

    def __init__(
        self,
        name: str,
        plan: GatheringPlan,
        parts: Parts,
        world: World,
        arrived: Windows,
        true: Windows,
        summary: Summary,
        ways: Ways,
    ) -> None:
        self._name = name
        self._plan = plan
        self._parts = parts
        self._world = world
        self._arrived = arrived
        self._true = true
        self.summary = summary
        self._ways = ways
        self._rounds = ways.rounds
        self._truth: Any = None
        self._before = {"messages": 0, "bytes": 0, "operations": 0}
        self._written: list[dict[str, Any]] = []

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for each tier of aggregators below the root: they send one behind the other."""
        for tier in range(1, self._parts.top):
            yield self._sending(tier, kernel, advance)

    def rows(self) -> Rows:
        """What was read at each publication, what it took, and how far off it is."""
        return {self._name: self._written}

    def idle(self) -> list[str]:
        """A run in which the root never reads anything has shown nothing."""
        read = any(row["coverage"] > 0 for row in self._written)
        return [] if read else [f"baseline.{self._name}"]

    def forget(self, nodes: Nodes) -> None:
        """Some nodes (a bool array a tier) lose what they knew."""
        self._rounds.forget(nodes)

    def publish(self, version: int, now_ns: int, root: Moments | None, true: Moments) -> None:  # noqa: ARG002
        """See `publisher.Listener`: a root that is down reads nothing."""
        if root is None:
            return
        state = self._rounds.merged(self._parts.top, version)
        found = self.summary.judge(state, self._truth)
        begin_ns, end_ns = self.window(now_ns)
        instants = len(ticks_between(begin_ns, end_ns, self._parts.plan.agents.period_ns))
        row = {"published_ns": now_ns, "version": version, "instants": instants}
        self._written.append({**row, **found, **self._since_before()})

    def window(self, published_ns: int) -> tuple[int, int]:
        """Begin and end of what is summed up for a publication; no seat has two agents in it."""
        end_ns = max(published_ns - self._plan.lead_ns - self._plan.settle_ns, 0)
        begin_ns = max(end_ns - self._plan.window_ns, 0)
        reseat_ns = self._parts.plan.reseat_ns
        if reseat_ns is not None:
            begin_ns = max(begin_ns, end_ns // reseat_ns * reseat_ns)
        return begin_ns, end_ns

    def _sending(self, tier: int, kernel: Kernel, advance: Advance) -> Script:
        for version, now_ns in round_instants(self._parts.plan, tier, self._plan.lead_ns):
            yield kernel.instant(now_ns, order=Order.READ)
            advance(now_ns)
            if tier == 1:
                state = self._lift(version, now_ns)
            else:
                state = self._rounds.merge_and_send(tier, version, now_ns)
            if state is not None:
                self._count(tier, state)

    def _lift(self, version: int, now_ns: int) -> Any:
        window = self.window(version * self._parts.plan.baseline.publish_ns)
        self._truth = self.summary.truth(version, self._true.between(*window))
        state = self.summary.lift(version, self._arrived.between(*window), self._parts.levels[0])
        self._rounds.lift_and_send(version, now_ns, state)
        return state

    def _count(self, tier: int, state: Any) -> None:
        """Bytes of what a tier has just sent."""
        sends = self._world.is_up(tier)
        sizes = self.summary.sizes(state, len(sends)) + HEADER_BYTES
        self._ways.sent_bytes[tier - 1] += int(sizes[sends].sum())

    def _since_before(self) -> dict[str, int]:
        """Messages, bytes and operations since the last publication that was read."""
        now = {
            "messages": sum(mail.sent for mail in self._ways.mails),
            "bytes": sum(self._ways.sent_bytes),
            "operations": self.summary.spent,
        }
        spent = {name: count - self._before[name] for name, count in now.items()}
        self._before = now
        return spent
