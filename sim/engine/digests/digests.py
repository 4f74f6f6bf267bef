"""The digests of one run as scripts: lift at the locals, merge tier by tier, read at the root."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.engine.component import Rows
from sim.engine.digests.estimator import Estimator, Published
from sim.engine.digests.rounds import Rounds, round_instants
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, max_reports
from sim.engine.reseating import panes_of_one_agent
from sim.scenario.plan import Plan
from sim.stats.moments import Layout, Moments
from sim.stats.robust.needs import liars
from sim.telemetry.digests import Digest, Estimate, Items, items_of
from sim.telemetry.emission import NEVER
from sim.telemetry.known import Known
from sim.telemetry.tree import Groups


class Digests:
    """What locals know of single agents, on its way to the root in rounds."""

    def __init__(
        self,
        plan: Plan,
        layout: Layout,
        known: Known,
        groups: Groups,
        digest: Digest[Any],
        rounds: Rounds,
    ) -> None:
        self._plan = plan
        self._layout = layout
        self._known = known
        self._groups = groups
        self._digest = digest
        self._rounds = rounds
        self._estimator = Estimator(plan)

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for each tier of aggregators below the root: they send one behind the other."""
        top = len(self._plan.tiers) - 1
        for tier in range(1, top):
            yield self._sending(tier, kernel, advance)

    def rows(self) -> Rows:
        """Nothing of its own: what is published of them is in the table of integrity."""
        return {}

    def idle(self) -> list[str]:
        """A rule is never without effect."""
        return []

    def publish(self, version: int, exact: Moments, attested: Moments | None = None) -> Published:
        """What the root publishes now; in a dispute it goes back to `attested` moments."""
        return self._estimator.choose(exact, self._read(version), attested)

    def _read(self, version: int) -> Estimate | None:
        state = self._rounds.merged(len(self._plan.tiers) - 1, version)
        return None if state is None else self._digest.read(state)

    def _sending(self, tier: int, kernel: Kernel, advance: Advance) -> Script:
        """Locals make their digests afresh, the tiers above merge what they hold."""
        lead_ns = self._plan.baseline.rule.lead_ns
        for version, now_ns in round_instants(self._plan, tier, lead_ns):
            yield kernel.instant(now_ns, order=Order.READ)
            advance(now_ns)
            if tier == 1:
                self._lift(version, now_ns)
            else:
                self._rounds.merge_and_send(tier, version, now_ns)

    def _lift(self, version: int, now_ns: int) -> None:
        items = self._items(version * self._plan.baseline.publish_ns, now_ns)
        self._rounds.lift_and_send(version, now_ns, self._digest.lift(items, self._groups))

    def _items(self, published_ns: int, now_ns: int) -> Items:
        """The windows that the baseline of this publication covers, as the locals know them.

        No window is of two agents who sat in a seat in turn.
        """
        first, last = panes_of_one_agent(self._plan, published_ns, now_ns)
        reports = max_reports(self._plan, first, last, now_ns)
        items = items_of(self._known.window(first, last), self._layout, reports)
        if self._plan.baseline.rule.quorum:
            items.count[~self._first_heard()] = 0
            self._known.begin_round()
        return items

    def _first_heard(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The first n - f agents of each local that were heard in this round; (agents,)."""
        heard_ns, parent = self._known.first_heard_ns, self._groups.parent_of
        order = np.lexsort((heard_ns, parent))
        rank = np.arange(len(order)) - self._groups.starts[parent[order]]
        size = np.diff(self._groups.starts)
        taken = np.array([n - liars(self._plan.baseline.rule.f, int(n)) for n in size])
        chosen = np.zeros(len(order), np.bool_)
        chosen[order] = rank < taken[parent[order]]
        return chosen & (heard_ns < NEVER)
