"""The evidence of one run: a hypothesis frozen early, sums on their way up, verdicts at every tier.

The hypothesis is about the first baseline that the root publishes after a whole pane and that knows
all means and deviations; every later baseline repeats it, so a local has it as soon as it holds
that one or a newer one. It never moves again: who drags a baseline slowly drags no hypothesis.

Evidence is sent in rounds, as digests are: the locals before each publication, the tiers above them
at equal steps. At the publication itself every tier is asked for its verdict.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.component import Rows
from sim.engine.digests.rounds import Rounds, round_instants
from sim.engine.evidence.hypothesis import Hypothesis
from sim.engine.evidence.sums import EvidenceSums, Sums, plain_sums
from sim.engine.evidence.truth import TrueWindows, means
from sim.engine.evidence.verdicts import verdict_rows, watched
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.lies.lies import Lies
from sim.engine.parts import Advance, Parts
from sim.engine.roster import Nodes
from sim.engine.world import World
from sim.protocol.registry import max_versions
from sim.scenario.plan import EvidencePlan
from sim.stats.moments import COUNT, Moments
from sim.telemetry.known import Known
from sim.units import NS_PER_S

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

LEAD_NS: Final = 2 * NS_PER_S // 5
"""How long before a publication the locals send, where no rule says when digests are sent."""


class Evidence:
    """What nodes make of the evidence below them, and what they would make of the truth."""

    def __init__(
        self,
        parts: Parts,
        asked: EvidencePlan,
        world: World,
        lies: Lies,
        known: Known,
        sums: EvidenceSums,
        rounds: Rounds,
    ) -> None:
        baseline = parts.plan.baseline
        self._parts = parts
        self._plan = parts.plan
        self._asked = asked
        self._world = world
        self._lies = lies
        self._known = known
        self._sums = sums
        self._rounds = rounds
        self._truth = TrueWindows(world.telemetry.leaves, baseline.pane_ns, baseline.panes)
        self._watched = watched(parts)
        self._hypothesis: Hypothesis | None = None
        self._since = 0
        """The publication that brought the hypothesis."""
        self._at_locals: Sums | None = None
        self._rows: list[dict[str, Any]] = []

    def publish(self, version: int, now_ns: int, root: Moments | None, true: Moments) -> None:  # noqa: ARG002
        """See `publisher.Listener`. The first baseline that will do, stays."""
        too_early = now_ns < self._plan.baseline.pane_ns
        if self._hypothesis is None and root is not None and not too_early:
            self._hypothesis = Hypothesis.of(root, self._asked.effect)
            self._since = version

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """Remember panes, send tier by tier, and judge at every publication."""
        yield self._closing(kernel, advance)
        for tier in range(1, self._parts.top):
            yield self._sending(tier, kernel, advance)
        yield self._judging(kernel, advance)

    def rows(self) -> Rows:
        """Evidence and verdict of each node that is written down, at every publication."""
        return {"evidence": self._rows}

    def idle(self) -> list[str]:
        """A run without a single verdict has shown nothing."""
        return [] if self._rows else ["evidence"]

    def forget(self, nodes: Nodes) -> None:
        """Some nodes lose what they knew."""
        self._truth.forget(nodes[0])
        self._rounds.forget(nodes)

    def _closing(self, kernel: Kernel, advance: Advance) -> Script:
        pane_ns = self._plan.baseline.pane_ns
        for pane in range(self._plan.duration_ns // pane_ns):
            yield kernel.instant((pane + 1) * pane_ns, order=Order.FAULT)
            advance(kernel.now_ns)
            self._truth.close(pane)

    def _sending(self, tier: int, kernel: Kernel, advance: Advance) -> Script:
        """Locals weigh their agents afresh, the tiers above merge what they hold."""
        period_ns = self._plan.baseline.publish_ns
        for version, now_ns in round_instants(self._plan, tier, self._lead_ns()):
            yield kernel.instant(now_ns, order=Order.READ)
            advance(now_ns)
            if tier > 1:
                self._rounds.merge_and_send(tier, version, now_ns)
            elif self._hypothesis is not None:
                self._at_locals = self._lift(self._hypothesis, version * period_ns)
                self._rounds.lift_and_send(version, now_ns, self._at_locals)

    def _judging(self, kernel: Kernel, advance: Advance) -> Script:
        period_ns = self._plan.baseline.publish_ns
        for version in range(1, self._plan.duration_ns // period_ns + 1):
            yield kernel.instant(version * period_ns, order=Order.READ)
            advance(kernel.now_ns)
            if self._hypothesis is not None:
                self._judge(self._hypothesis, kernel.now_ns)

    def _lead_ns(self) -> int:
        baseline = self._plan.baseline
        if baseline.rule.kind == "mean":
            return min(LEAD_NS, baseline.publish_ns // 2)
        return baseline.rule.lead_ns

    def _lift(self, hypothesis: Hypothesis, published_ns: int) -> Sums:
        """What the locals know of their agents' windows, as evidence."""
        first, last = self._first_pane(published_ns), published_ns // self._plan.baseline.pane_ns
        sums = self._parts.layout.block(0)
        known = self._known.window(first, last, slice(0, sums.stop))
        claimed = known[:, COUNT]
        reports = max_versions(self._plan.baseline.pane_ns, self._plan.agents.period_ns)
        # Nobody weighs more than the registry knows to be possible, whatever he claims.
        count = np.clip(claimed, 0, (last - first + 1) * reports)
        mean = means(claimed, known[:, sums])
        groups = self._parts.levels[0]
        present = (count > 0) & self._informed()[groups.parent_of]
        return self._sums.lift(hypothesis.quanta(count, mean, self._asked.cap), present, groups)

    def _first_pane(self, published_ns: int) -> int:
        """Where windows begin: no seat's window is of two agents who sat there in turn."""
        baseline, reseat_ns = self._plan.baseline, self._plan.reseat_ns
        first, _ = baseline.panes_at(published_ns)
        if reseat_ns is None:
            return first
        return max(first, published_ns // reseat_ns * reseat_ns // baseline.pane_ns)

    def _informed(self) -> Bools:
        """Which locals hold the hypothesis: with its own baseline, or a newer one."""
        return np.asarray(self._world.downlink.posts[-1].version_held >= self._since)

    def _judge(self, hypothesis: Hypothesis, now_ns: int) -> None:
        """Write down what nodes that act conclude, against what the truth would have said."""
        quanta, correct = self._truly(hypothesis, now_ns)
        version = now_ns // self._plan.baseline.publish_ns
        for tier, shown in self._watched.items():
            state = self._at_locals if tier == 1 else self._rounds.merged(tier, version)
            if state is not None:
                nodes = shown[self._world.is_up(tier)[shown]]
                below = self._parts.roster.tree.ancestor_of(0, tier).astype(np.int64)
                honest = plain_sums(quanta, correct, below, self._plan.tiers[tier].count)
                threshold = self._asked.threshold
                self._rows += verdict_rows(now_ns, tier, nodes, state, honest, threshold)

    def _truly(self, hypothesis: Hypothesis, now_ns: int) -> tuple[Ints, Bools]:
        """The evidence of every agent's true window, and which of them are correct; (agents,)."""
        count, mean = self._truth.window(self._first_pane(now_ns), now_ns)
        quanta = hypothesis.quanta(count, mean, self._asked.cap)
        return quanta, (count > 0) & ~self._lies.is_liar(0)
