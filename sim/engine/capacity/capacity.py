"""Account of queues and of state at every sample: what nodes are asked to do, and to hold.

Work that a queue has accepted and not done yet follows from when its server will be free, so
utilisation between two samples is exact: work accepted, less what the backlog has grown by.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.component import Rows
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.engine.world import World
from sim.scenario.blocks.capacity.plan import CapacityPlan, HistoryPlan
from sim.stats.moments import Layout
from sim.telemetry.footprint import Footprint
from sim.telemetry.ingress import Meter
from sim.telemetry.parents import Parents

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NO_TIME: Final = 0


class Capacity:
    """Of all tiers of one run; replicas are as busy and as full as what they copy."""

    def __init__(self, parts: Parts, world: World, plan: CapacityPlan) -> None:
        run, telemetry = parts.plan, world.telemetry
        footprint = Footprint(parts.layout, run.baseline.panes + 2)
        self._every_ns, self._end_ns = run.measure.every_ns, run.duration_ns
        self._agents = run.agents.count
        self._state_of_agent = footprint.agent()
        parents: tuple[Parents, ...] = (*telemetry.aggregators, telemetry.root)
        histories = _Histories(parts, plan.history)
        self._tiers = [
            _Tier(parent, number, footprint, parts.layout, histories.of(number), parts.top)
            for number, parent in enumerate(parents, start=1)
        ]
        self._rows: list[dict[str, Any]] = []

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for all samples."""
        yield self._sampling(kernel, advance)

    def rows(self) -> Rows:
        """A row a sample and tier."""
        return {"load": self._rows}

    def idle(self) -> list[str]:
        """A look is never without effect."""
        return []

    def _sampling(self, kernel: Kernel, advance: Advance) -> Script:
        for number in range(1, self._end_ns // self._every_ns + 1):
            yield kernel.instant(number * self._every_ns, order=Order.READ)
            advance(kernel.now_ns)
            self._sample(kernel.now_ns)

    def _sample(self, now_ns: int) -> None:
        key = {"time_ns": now_ns, "span_ns": self._every_ns}
        state = {"state_max": self._state_of_agent}
        state["state_total"] = self._agents * self._state_of_agent
        self._rows.append({**key, "tier": 0, **_IDLE, **state})
        for tier in self._tiers:
            self._rows.append({**key, "tier": tier.number, **tier.sample(now_ns, self._every_ns)})


_IDLE: Final = dict.fromkeys(
    (
        "messages",
        "waited_ns",
        "offered",
        "offered_max",
        "utilisation",
        "utilisation_max",
        "backlog_max",
    ),
    0,
)


class _Histories:
    """Bytes of single reports that nodes keep, as time goes on."""

    def __init__(self, parts: Parts, plan: HistoryPlan | None) -> None:
        self._plan, self._period_ns = plan, parts.plan.agents.period_ns
        if plan is not None:
            ancestor = parts.roster.tree.ancestor_of(0, plan.tier)
            self._below = np.bincount(ancestor, minlength=parts.plan.tiers[plan.tier].count)

    def of(self, tier: int) -> "_History | None":
        """That of the nodes of a tier, if it is they who keep it."""
        if self._plan is None or self._plan.tier != tier:
            return None
        return _History(self._plan, self._below, self._period_ns)


class _History:
    """Of the nodes of one tier, with so many agents `below` each, (nodes,)."""

    def __init__(self, plan: HistoryPlan, below: Ints, period_ns: int) -> None:
        self._plan, self._below, self._period_ns = plan, below, period_ns

    def bytes_at(self, now_ns: int) -> Ints:
        """What has come so far, or within the time that it is kept for; (nodes,)."""
        reports = min(now_ns, self._plan.span_ns) // self._period_ns
        return np.asarray(self._below * reports * self._plan.record_bytes)


class _Tier:
    """Queues and state of the nodes of a tier."""

    def __init__(
        self,
        parent: Parents,
        number: int,
        footprint: Footprint,
        layout: Layout,
        history: _History | None,
        top: int,
    ) -> None:
        self.number = number
        groups = parent.groups
        self._state = footprint.parents(groups, number, is_root=number == top)
        self._history = history
        self._message_bytes = layout.wire_bytes(panes=2)
        self._ingress = parent.intake.ingress
        self._meter = Meter(groups.parents)
        if self._ingress is not None:
            self._ingress.meter = self._meter
        self._before = self._totals(_NO_TIME)

    def sample(self, now_ns: int, span_ns: int) -> dict[str, Any]:
        """What has been done since the last sample, and what there is now."""
        messages, work_ns, waited_ns, left_ns = totals = self._totals(now_ns)
        before, self._before = self._before, totals
        offered = (work_ns - before[1]) / span_ns
        busy = offered - (left_ns - before[3]) / span_ns
        backlog = self._backlog(left_ns)
        state = self._state + backlog * self._message_bytes
        if self._history is not None:
            state = state + self._history.bytes_at(now_ns)
        return {
            "messages": int(messages.sum() - before[0].sum()),
            "waited_ns": float(waited_ns.sum() - before[2].sum()),
            "offered": float(offered.mean()),
            "offered_max": float(offered.max()),
            "utilisation": float(busy.mean()),
            "utilisation_max": float(busy.max()),
            "backlog_max": float(backlog.max()),
            "state_max": float(state.max()),
            "state_total": float(state.sum()),
        }

    def _totals(self, now_ns: int) -> tuple[Ints, Floats, Floats, Floats]:
        """Messages and their service and waits so far, and work that is left; (parents,) each."""
        meter = self._meter
        left_ns = np.zeros(len(meter.messages))
        if self._ingress is not None:
            left_ns = np.maximum(self._ingress.free_ns - now_ns, 0.0)
        return meter.messages.copy(), meter.work_ns.copy(), meter.waited_ns.copy(), left_ns

    def _backlog(self, left_ns: Floats) -> Floats:
        """Messages that have arrived and are not done with."""
        if self._ingress is None:
            return left_ns
        return np.ceil(left_ns / self._ingress.service_ns)
