"""The consumers of a run: who reads what, what they are told, and how true it is.

Baselines are read wherever they are held (root, regions, locals), what the root knows right now
(class anomaly) and alerts at the root's replicas. A read takes what is there: nobody waits. Every
answer is held against the truth of that instant, which no reader sees.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from sim.engine.component import Rows
from sim.engine.control import answers
from sim.engine.control.alarms import Alarms
from sim.engine.control.answers import Answer
from sim.engine.control.council import Council
from sim.engine.control.editions import held
from sim.engine.control.invariants import check_certified_read
from sim.engine.control.plane import ControlPlane
from sim.engine.control.replicas import Replicas
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.protocol.resolver.alerts import read_alert
from sim.protocol.resolver.checks import check_read
from sim.protocol.resolver.contract import Held, Policy, Prefer, Read, ReadClass
from sim.protocol.resolver.drift import Drift, OrnsteinUhlenbeck, Version, estimated
from sim.protocol.resolver.reader import IsConfirmed, Reader, by_quorum
from sim.protocol.resolver.spans import Span
from sim.scenario.plan import Plan
from sim.scenario.plan_control import ConsumerPlan
from sim.stats.moments import Moments

VERSIONS: Final = 20
"""Versions from which a reader estimates how fast the baseline moves."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One node that reads for one consumer."""

    consumer: ConsumerPlan
    row: int
    node: int
    name: str


@dataclass(slots=True)
class Instant:
    """What is true at an instant, and what has been told then, by who asked for what."""

    at_ns: int
    truth: Moments
    answers: dict[tuple[object, ...], Answer] = field(default_factory=dict)


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
        self._estimates: dict[tuple[int, int], Drift | None] = {}
        self._instant: Instant | None = None
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
            now = self._now(kernel.now_ns)
            for desk in desks:
                if self._plane.world.is_up(desk.row)[desk.node]:
                    self._read(desk, now)

    def _now(self, now_ns: int) -> Instant:
        """All consumers that read at one instant share it."""
        if self._instant is None or self._instant.at_ns != now_ns:
            panes = self._plan.baseline.panes_at(now_ns)
            self._instant = Instant(now_ns, self._plane.world.telemetry.truth(*panes))
        return self._instant

    def _read(self, desk: Desk, now: Instant) -> None:
        if desk.consumer.what == "alert":
            self._read_alerts(desk, now.at_ns)
            return
        number, found = self._held(desk, now.at_ns)
        self._remember(desk, found)
        asked = (desk.consumer.what, desk.consumer.prefer, number, *self._apart(desk))
        if asked not in now.answers:
            now.answers[asked] = self._answer(desk, found, now)
        self._rows.append({**_row(desk, now.at_ns), **now.answers[asked]})

    def _apart(self, desk: Desk) -> tuple[int, ...]:
        """What tells a node's answers from those of others that hold the same version."""
        is_top = desk.row in self._replicas.rows
        return (desk.row, desk.node) if is_top or self._drift is None else ()

    def _answer(self, desk: Desk, found: Held | None, now: Instant) -> Answer:
        policy = self._policy(desk.consumer)
        reader = Reader(policy, self._is_confirmed(desk), self._law(desk), self._window)
        read = reader.read(found, now.at_ns)
        check_read(read, policy, None if found is None else now.at_ns - found.oldest_born_ns)
        self._check_certified(reader, read, found)
        return answers.of_value(read, now.truth)

    def _window(self, now_ns: int) -> Span:
        """What a baseline covers: the panes that are finished, and the running one up to now."""
        first, _ = self._plan.baseline.panes_at(now_ns)
        return Span(first * self._plan.baseline.pane_ns, now_ns)

    def _check_certified(self, reader: Reader, read: Read, found: Held | None) -> None:
        council = self._council
        if council is not None and reader.policy.prefer is Prefer.CONSISTENCY:
            statements = council.decisions.statements
            check_certified_read(read, found, council.committee, council.notary, statements)

    def _held(self, desk: Desk, now_ns: int) -> tuple[int, Held | None]:
        """What a node holds, under a number: at the root what it knows, below it a version."""
        if desk.row not in self._replicas.rows:
            number = self._number(desk)
            return number, self._version(number)
        replica = self._replicas.rows.index(desk.row)
        if desk.consumer.what == "anomaly" or self._council is None:
            snapshot = self._replicas.snapshot(replica, now_ns)
            return 0, held(0, snapshot.moments, snapshot.ages)
        found = self._council.minutes.newest(replica)
        return 0 if found is None else found.version[1], found

    def _number(self, desk: Desk) -> int:
        """Of the newest version that has come down to a node."""
        tier, _ = self._plane.world.roster.shape.tier_of(desk.row)
        post = self._plane.world.downlink.posts[self._top - 1 - tier]
        return int(post.version_held[desk.node])

    def _version(self, number: int) -> Held | None:
        council = self._council
        return self._own.get(number) if council is None else council.minutes.held(number)

    def _remember(self, desk: Desk, found: Held | None) -> None:
        """Keep each version once, however often it is read."""
        if found is None or self._drift is not None:
            return
        history = self._history.setdefault((desk.row, desk.node), [])
        version = Version(found.mean_born_ns, found.mean, found.standard_error)
        if history and history[-1].born_ns == version.born_ns:
            return
        history.append(version)
        del history[:-VERSIONS]
        self._estimates[desk.row, desk.node] = estimated(history)

    def _law(self, desk: Desk) -> Drift | None:
        """How the baseline moves: known of synthetic agents, else from what the node has held."""
        return self._drift or self._estimates.get((desk.row, desk.node))

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
        """One read of each alert that the node shows, and one of whether there are others."""
        assert self._alarms is not None, "checked: alerts are read where there are any"
        replica = self._replicas.rows.index(desk.row)
        shown, side = self._alarms.at(replica, now_ns)
        prefer = Prefer(desk.consumer.prefer)
        for state in (*shown, None):
            read = read_alert(state, side, self._alarms.committee.quorum, prefer)
            age_ns = -1 if state is None else now_ns - state.alert.raised_ns
            coverage = len(side) / self._alarms.committee.n
            self._rows.append({**_row(desk, now_ns), **answers.of_alert(read, age_ns, coverage)})


def _known_drift(plan: Plan) -> Drift | None:
    """Of synthetic agents that only drift; a swing that they share moves their mean otherwise."""
    behaviour = plan.agents.behaviour
    if behaviour.kind != "synthetic" or behaviour.options.get("season"):
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
