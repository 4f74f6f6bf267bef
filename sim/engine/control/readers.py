"""The consumers of a run: who reads what, what they are told, and how true it is.

Baselines are read wherever they are held (root, regions, locals), what the root knows right now
(class anomaly) and alerts at the root's replicas. A read takes what is there: nobody waits. Every
answer is held against the truth of that instant, which no reader sees.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.engine.component import Rows
from sim.engine.control.alarms import Alarms
from sim.engine.control.council import Council
from sim.engine.control.editions import held
from sim.engine.control.invariants import check_certified_read
from sim.engine.control.plane import ControlPlane
from sim.engine.control.replicas import Replicas
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.protocol.alerts.contract import AlertState
from sim.protocol.resolver.alerts import read_alert
from sim.protocol.resolver.checks import check_read
from sim.protocol.resolver.contract import Held, Policy, Prefer, Read, ReadClass
from sim.protocol.resolver.drift import Drift, OrnsteinUhlenbeck, Version, estimated
from sim.protocol.resolver.reader import IsConfirmed, Reader, by_quorum
from sim.scenario.plan import Plan
from sim.scenario.plan_control import ConsumerPlan
from sim.stats.moments import Moments

HISTORY: Final = 20
"""Versions from which a reader estimates how fast the baseline moves."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One node that reads for one consumer."""

    consumer: ConsumerPlan
    row: int
    node: int
    name: str


class Readers:
    """All consumers of one run. Told of publications where no council keeps them."""

    def __init__(
        self,
        parts: Parts,
        plane: ControlPlane,
        replicas: Replicas,
        council: Council | None,
        alarms: Alarms | None,
    ) -> None:
        self._plan: Plan = parts.plan
        self._plane, self._replicas = plane, replicas
        self._council, self._alarms = council, alarms
        self._top = parts.top
        self._drift = _known_drift(parts.plan)
        self._own: dict[int, Held | None] = {}
        self._history: dict[tuple[int, int], list[Version]] = {}
        self._rows: list[dict[str, Any]] = []
        self._confirmed: IsConfirmed = lambda _: True
        if council is not None and len(replicas) > 1:
            self._confirmed = by_quorum(council.committee, council.notary)
        self._desks = [
            Desk(consumer, row, int(node), plane.place(row, int(node)).name)
            for consumer in parts.plan.control.reads
            for row, chosen in enumerate(parts.roster.select(consumer.at, consumer.path))
            for node in np.flatnonzero(chosen)
        ]

    def publish(self, version: int, now_ns: int, root: Moments | None, true: Moments) -> None:  # noqa: ARG002
        """A single root has published, now."""
        if root is not None and self._council is None:
            self._own[version] = held(version, root, self._replicas.ages(0, now_ns))

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for each consumer."""
        for consumer in self._plan.control.reads:
            desks = [desk for desk in self._desks if desk.consumer is consumer]
            yield self._reading(consumer, desks, kernel, advance)

    def rows(self) -> Rows:
        """A row for every read."""
        return {"reads": self._rows}

    def idle(self) -> list[str]:
        """Consumers that never read anything."""
        seen = {row["consumer"] for row in self._rows}
        return [one.path for one in self._plan.control.reads if one.path not in seen]

    def _reading(
        self, consumer: ConsumerPlan, desks: Sequence[Desk], kernel: Kernel, advance: Advance
    ) -> Script:
        for number in range(1, self._plan.duration_ns // consumer.every_ns + 1):
            yield kernel.instant(number * consumer.every_ns, order=Order.READ)
            advance(kernel.now_ns)
            truth = self._plane.world.telemetry.truth(*self._plan.baseline.panes_at(kernel.now_ns))
            for desk in desks:
                if self._plane.world.is_up(desk.row)[desk.node]:
                    self._read(desk, truth, kernel.now_ns)

    def _read(self, desk: Desk, truth: Moments, now_ns: int) -> None:
        if desk.consumer.what == "alert":
            self._read_alerts(desk, now_ns)
            return
        found = self._held(desk, now_ns)
        reader = Reader(self._policy(desk.consumer), self._is_confirmed(desk), self._law(desk))
        read = reader.read(found, now_ns)
        check_read(read, reader.policy, None if found is None else now_ns - found.oldest_born_ns)
        self._check_certified(reader, read, found)
        self._rows.append({**_row(desk, now_ns), **_answer(read), **_judged(read, truth)})

    def _check_certified(self, reader: Reader, read: Read, found: Held | None) -> None:
        council = self._council
        if council is not None and reader.policy.prefer is Prefer.CONSISTENCY:
            statements = council.decisions.statements
            check_certified_read(read, found, council.committee, council.notary, statements)

    def _held(self, desk: Desk, now_ns: int) -> Held | None:
        """What a node holds: at the root what it knows itself, below it a published version."""
        if desk.row in self._replicas.rows:
            replica = self._replicas.rows.index(desk.row)
            if desk.consumer.what == "anomaly" or self._council is None:
                snapshot = self._replicas.snapshot(replica, now_ns)
                return held(0, snapshot.moments, snapshot.ages)
            return self._council.newest(replica)
        tier, _ = self._plane.world.roster.shape.tier_of(desk.row)
        post = self._plane.world.downlink.posts[self._top - 1 - tier]
        version = int(post.version_held[desk.node])
        found = self._own.get(version) if self._council is None else self._council.held(version)
        self._remember(desk, found)
        return found

    def _remember(self, desk: Desk, found: Held | None) -> None:
        if found is None or self._drift is not None:
            return
        history = self._history.setdefault((desk.row, desk.node), [])
        history.append(Version(found.mean_born_ns, found.mean, found.standard_error))
        del history[:-HISTORY]

    def _law(self, desk: Desk) -> Drift | None:
        """How the baseline moves: known of synthetic agents, else from what the node has held."""
        if self._drift is not None:
            return self._drift
        return estimated(self._history.get((desk.row, desk.node), []))

    def _is_confirmed(self, desk: Desk) -> IsConfirmed:
        """What a root knows right now is its own, and nobody else stands behind it."""
        if desk.consumer.what == "anomaly" and len(self._replicas) > 1:
            return lambda _: False
        return self._confirmed

    def _policy(self, consumer: ConsumerPlan) -> Policy:
        bounds = self._plan.staleness
        bound_ns = bounds.anomaly_ns if consumer.what == "anomaly" else bounds.baseline_ns
        return Policy(ReadClass(consumer.what), Prefer(consumer.prefer), bound_ns)

    def _read_alerts(self, desk: Desk, now_ns: int) -> None:
        """One read of each alert that the node shows; of none there is one row."""
        assert self._alarms is not None, "checked: alerts are read where there are any"
        replica = self._replicas.rows.index(desk.row)
        shown, side = self._alarms.at(replica, now_ns)
        prefer = Prefer(desk.consumer.prefer)
        states: Sequence[AlertState | None] = shown or (None,)
        for state in states:
            read = read_alert(state, side, self._alarms.committee.quorum, prefer)
            age_ns = -1 if state is None else now_ns - state.alert.raised_ns
            self._rows.append(
                {
                    **_row(desk, now_ns),
                    "answered": read.answered,
                    "reason": read.reason,
                    "age_ns": age_ns,
                    "coverage": len(side) / self._alarms.committee.n,
                    "within_bound": read.final,
                    "half_width": math.nan,
                    "error": math.nan,
                    "covered": True,
                }
            )


def _known_drift(plan: Plan) -> Drift | None:
    behaviour = plan.agents.behaviour
    if behaviour.kind != "synthetic":
        return None
    drift = behaviour.options.get("drift") or {"sd": 0.0, "tau_ns": 1}
    return OrnsteinUhlenbeck(np.array([drift["sd"]]), drift["tau_ns"])


def _row(desk: Desk, now_ns: int) -> dict[str, Any]:
    consumer = desk.consumer
    return {
        "at_ns": now_ns,
        "consumer": consumer.path,
        "node": desk.name,
        "what": consumer.what,
        "prefer": consumer.prefer,
        "latency_ns": 0,
    }


def _answer(read: Read) -> dict[str, Any]:
    return {
        "answered": read.answered,
        "reason": read.reason,
        "age_ns": -1 if read.age_ns is None else read.age_ns,
        "coverage": read.coverage,
        "within_bound": read.within_bound,
    }


def _judged(read: Read, truth: Moments) -> dict[str, Any]:
    """How wide the interval is and how far the value is off, in sd of the truth, worst feature."""
    if read.value is None or read.low is None or read.high is None:
        return {"half_width": math.nan, "error": math.nan, "covered": True}
    off = np.abs(read.value - truth.mean)
    half = (read.high - read.low) / 2
    return {
        "half_width": float(np.max(half / truth.sd)),
        "error": float(np.max(off / truth.sd)),
        "covered": bool(np.all(off <= half)),
    }
