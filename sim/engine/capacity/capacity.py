"""Account of queues and of state at every sample: what nodes are asked to do, and to hold.

Means are over the nodes that are there; replicas are nodes like any other.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.capacity.holding import AgentHolding, Holding
from sim.engine.capacity.queues import Queues
from sim.engine.component import Rows
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.engine.world import World
from sim.telemetry.footprint import Footprint
from sim.telemetry.parents import Parents

Floats = NDArray[np.float64]
Row = dict[str, Any]


class Capacity:
    """Of all tiers of one run."""

    def __init__(self, parts: Parts, world: World) -> None:
        run = parts.plan
        footprint = Footprint(parts.layout, run.baseline.panes + 1)
        self._every_ns, self._end_ns = run.measure.every_ns, run.duration_ns
        self._message_bytes = parts.layout.wire_bytes(panes=2)
        sets = [_replicas(world, tier) for tier in range(1, parts.top + 1)]
        self._agents = AgentHolding(parts, footprint, sets[0][0])
        self._tiers = [
            _Tier(Queues(replicas), Holding(parts, footprint, tier, replicas), self._message_bytes)
            for tier, replicas in enumerate(sets, start=1)
        ]
        self._rows: list[Row] = []
        self._names = [_names(world, tier) for tier in range(1, parts.top + 1)]

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for all samples."""
        yield self._sampling(kernel, advance)

    def rows(self) -> Rows:
        """A row a sample and tier, and the extremes of each tier over the run."""
        extremes = [
            {"tier": number, **row}
            for number, (tier, names) in enumerate(zip(self._tiers, self._names, strict=True), 1)
            for row in tier.extremes(names, self._end_ns)
        ]
        return {"load": self._rows, "extremes": extremes}

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
        there, state = self._agents.present(), self._agents.bytes_at(now_ns)
        self._rows.append({**key, "tier": 0, **_IDLE, **_held(there, state)})
        for number, tier in enumerate(self._tiers, start=1):
            self._rows.append({**key, "tier": number, **tier.sample(now_ns, self._every_ns)})


_IDLE: Final = dict.fromkeys(
    (
        "messages",
        "waited_ns",
        "offered",
        "offered_max",
        "utilisation",
        "utilisation_max",
        "backlog",
        "backlog_max",
    ),
    0,
)
"""Agents take in no reports."""


class _Tier:
    """Queues and state of the nodes of a tier."""

    def __init__(self, queues: Queues, holding: Holding, message_bytes: int) -> None:
        self._queues, self._holding = queues, holding
        self._message_bytes = message_bytes
        self._before = queues.totals(0)

    def sample(self, now_ns: int, span_ns: int) -> Row:
        """What has been done since the last sample, and what there is now."""
        now, before = self._queues.totals(now_ns), self._before
        self._before = now
        there = self._holding.children() > 0
        state = self._holding.bytes_at(now_ns) + now.waiting * self._message_bytes
        return {
            "messages": int((now.messages - before.messages).sum()),
            "waited_ns": float((now.waited_ns - before.waited_ns).sum()),
            **_spread("offered", (now.work_ns - before.work_ns) / span_ns, there),
            **_spread("utilisation", (now.done_ns - before.done_ns) / span_ns, there),
            **_spread("backlog", now.waiting, there),
            **_held(there, state),
        }

    def extremes(self, names: Sequence[str], now_ns: int) -> Iterator[Row]:
        """The node that most is asked of, and the one where messages wait longest, by name."""
        totals = self._queues.totals(now_ns)
        wait_ns = totals.waited_ns / np.maximum(totals.messages, 1)
        for what, values in (("offered", totals.work_ns), ("wait", wait_ns)):
            node = int(values.argmax())
            yield {
                "what": what,
                "node": names[node],
                "messages": int(totals.messages[node]),
                "offered": float(totals.work_ns[node] / now_ns),
                "utilisation": float(totals.done_ns[node] / now_ns),
                "wait_ns": float(wait_ns[node]),
            }


def _spread(name: str, values: Floats, there: NDArray[Any]) -> Row:
    """Mean over the nodes that are there, and the largest."""
    return {name: float(values.sum() / max(there.sum(), 1)), f"{name}_max": float(values.max())}


def _held(there: NDArray[Any], state: Floats) -> Row:
    return {
        "nodes": int(there.sum()),
        "state_max": float(state.max()),
        "state_total": float(state.sum()),
    }


def _names(world: World, tier: int) -> list[str]:
    """Of the nodes of a tier, replicas one after the other."""
    shape = world.roster.shape
    rows = [row for row in range(1, len(shape.rows)) if shape.tier_of(row)[0] == tier]
    return [shape.node_name(row, node) for row in rows for node in range(shape.rows[row])]


def _replicas(world: World, tier: int) -> list[Parents]:
    """All sets of nodes of a tier: the tree's own, and those of replicas."""
    sets = [path.parents[tier - 1] for path in world.telemetry.paths]
    return list({id(parent): parent for parent in sets}.values())
