"""The telemetry plane of docs/telemetry.md on stock SimPy: one event per message and per report.

Slow and obvious on purpose: dictionaries, Python integers, and one object per node. It was written
from the specification and shares no code with `sim.telemetry`, so that a mistake has to be made
twice, in two ways, before the two can agree on it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count

import numpy as np
import simpy

from sim.engine.streams import Streams
from sim.scenario.plan import FaultPlan, Plan
from sim.workload import make_behaviour
from tests.reference.faults import DOWN, Node
from tests.reference.network import Network
from tests.reference.nodes import NEVER, Agent, Ages, Parent, Report, Summary

FAULT, READ, DELIVERY, PUBLICATION, REPORT = range(5)
"""Order at one instant; the reports of tier t have REPORT + t. A read comes before the deliveries,
because it sees only what arrived strictly before it."""


@dataclass(frozen=True)
class Sample:
    """What can be read at one instant."""

    time_ns: int
    ages: Ages
    panes: dict[int, Summary]
    """The root's sums for every pane that a baseline may cover now."""
    baselines: list[list[int]]
    """Version held by each node of each row of aggregators, locals first; -1 = none."""
    others: list[tuple[Ages, dict[int, Summary]]]
    """Ages and panes at each further replica of the root."""


@dataclass
class Outcome:
    """All that a run shows: message (tier, node, version) -> (sent_ns, arrived_ns or -1).

    The tier of reports to, or of, a further replica has its number behind it: ``local/2``.
    """

    messages: dict[tuple[str, int, int], tuple[int, int]] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)


class Instant(simpy.Event):
    """A Timeout with a place in the order of its instant."""

    def __init__(self, env: simpy.Environment, at_ns: int, order: float) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, order, at_ns - env.now)


class TelemetryReference:
    """One run of a plan under a seed."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.env = simpy.Environment(initial_time=0)
        self.outcome = Outcome()
        streams = Streams(seed)
        self.network = Network(plan, streams)
        self.shape = self.network.shape
        self.agents = [Agent() for _ in range(plan.agents.count)]
        self.parents = {
            (row, number): Parent(self._children(row, number))
            for row, count in enumerate(self.shape.rows)
            for number in range(count)
            if row
        }
        self.phases_ns = {
            row: self._phases(streams, row)
            for row in range(len(self.shape.rows))
            if self.shape.tier_of(row)[0] < self.shape.top
        }
        self._behaviour = make_behaviour(
            plan.agents.behaviour.kind,
            plan.agents.behaviour.options,
            agents=plan.agents.count,
            features=plan.agents.features,
            stream_at=lambda purpose, tick: streams.at("behaviour", purpose, tick=tick),
            directory=plan.directory,
        )
        self._measured: list[list[list[int]]] = []
        self._lives: Counter[Node] = Counter()

    def run(self) -> Outcome:
        """Let everything happen, to the arrival of the last message."""
        for fault in self.plan.faults:
            self.env.process(self._fault(fault))
        for row, phases_ns in self.phases_ns.items():
            for number in range(len(phases_ns)):
                self.env.process(self._reporting((row, number)))
        for replica in range(self.shape.replicas):
            self.env.process(self._publishing((self.shape.row(self.shape.top, replica), 0)))
        self.env.process(self._sampling())
        self.env.run()
        return self.outcome

    # Scripts

    def _fault(self, fault: FaultPlan) -> Iterator[simpy.Event]:
        yield self._instant(fault.at_ns, FAULT)
        self.network.faults.active.add(fault.path)
        if fault.kind == "crash" and not fault.options["durable"]:
            self._forget(fault)
        if "again_ns" in fault.options:
            yield self._instant(fault.options["again_ns"], FAULT)
            self.network.faults.turned.add(fault.path)
        if fault.until_ns is not None:
            yield self._instant(fault.until_ns, FAULT)
            self.network.faults.active.remove(fault.path)

    def _reporting(self, node: Node) -> Iterator[simpy.Event]:
        row, number = node
        tier, _ = self.shape.tier_of(row)
        for version in count():
            at_ns = self.phases_ns[row][number] + version * self.plan.tiers[tier].period_ns
            if at_ns >= self.plan.duration_ns:
                return
            yield self._instant(at_ns, REPORT + tier)
            if self._acts(node):
                self._send(node, self._report(node, version))

    def _publishing(self, root: Node) -> Iterator[simpy.Event]:
        for version in range(1, self.plan.duration_ns // self.plan.baseline.publish_ns + 1):
            yield self._instant(version * self.plan.baseline.publish_ns, PUBLICATION)
            if self._acts(root):
                self._pass_on(root, version)

    def _sampling(self) -> Iterator[simpy.Event]:
        every_ns = self.plan.measure.every_ns
        for number in range(1, self.plan.duration_ns // every_ns + 1):
            yield self._instant(number * every_ns, READ)
            self.outcome.samples.append(self._sample())

    # Up

    def _report(self, node: Node, version: int) -> Report:
        row, number = node
        now_ns, pane_ns = self.env.now, self.plan.baseline.pane_ns
        if row == 0:
            value = self._measure(version)[number]
            return self.agents[number].report(version, now_ns, pane_ns, value)
        pane, parent = now_ns // pane_ns, self.parents[node]
        panes = {p: parent.total(p, self.plan.agents.features) for p in (pane - 1, pane)}
        return Report(version, now_ns, self._ages(parent), panes)

    def _send(self, node: Node, report: Report) -> None:
        for receiver in self.network.parents(node):
            verdict = self.network.judge("up", node, receiver, report.version, report.sent_ns)
            self.outcome.messages[self._key(node, receiver, report)] = (report.sent_ns, NEVER)
            if verdict is not None:
                arrival_ns, copies = verdict
                arrive = partial(self._arrive, node, receiver, report)
                for _ in range(copies):
                    self._deliver(arrival_ns, DELIVERY, receiver, arrive)

    def _key(self, child: Node, receiver: Node, report: Report) -> tuple[str, int, int]:
        (tier, _), (_, replica) = self.shape.tier_of(child[0]), self.shape.tier_of(receiver[0])
        name = self.plan.tiers[tier].name
        return (f"{name}/{replica}" if replica else name, child[1], report.version)

    def _arrive(self, child: Node, receiver: Node, report: Report) -> None:
        self.outcome.messages[self._key(child, receiver, report)] = (report.sent_ns, self.env.now)
        # An aggregator reports on two panes only, so what is over by then is never asked for; the
        # root keeps its panes for long and must shut them itself.
        is_root = self.shape.tier_of(receiver[0])[0] == self.shape.top
        oldest = self.env.now // self.plan.baseline.pane_ns - 1 if is_root else NEVER
        self.parents[receiver].receive(child, report, oldest)

    # Down

    def _pass_on(self, parent: Node, version: int) -> None:
        """Send a baseline to every child that is an aggregator."""
        for child in self.parents[parent].children:
            if child[0] > 0:
                verdict = self.network.judge("down", child, parent, version, self.env.now)
                for _ in range(verdict[1] if verdict else 0):
                    # What a pause has collected is taken in by version: a small number behind.
                    order = DELIVERY + version / 2**32
                    self._deliver(verdict[0], order, child, partial(self._hold, child, version))

    def _hold(self, node: Node, version: int) -> None:
        if version > self.parents[node].baseline:
            self.parents[node].baseline = version
            self._pass_on(node, version)

    # Parts

    def _instant(self, at_ns: int, order: float) -> Instant:
        return Instant(self.env, at_ns, order)

    def _deliver(self, at_ns: int, order: float, receiver: Node, take_in: Callable) -> None:
        """Bring a message: the dead lose it, and who is paused takes it in at the end of that.

        A node that forgets begins a new life; what was sent to it in the one before is lost.
        """
        life = self._lives[receiver]

        def deliver(_: simpy.Event) -> None:
            if self._is_down(receiver) or self._lives[receiver] != life:
                return
            pause = self.network.faults.holding(receiver, "pause")
            if pause is None:
                take_in()
            else:
                self._deliver(pause.until_ns, order, receiver, take_in)

        self._instant(at_ns, order).callbacks.append(deliver)

    def _is_down(self, node: Node) -> bool:
        return self.network.faults.holding(node, *DOWN) is not None

    def _acts(self, node: Node) -> bool:
        return self.network.faults.holding(node, *DOWN, "pause") is None

    def _forget(self, fault: FaultPlan) -> None:
        nodes = {(0, number): agent for number, agent in enumerate(self.agents)} | self.parents
        for node, state in nodes.items():
            if self.network.faults.hits(fault, node):
                self._lives[node] += 1
                state.forget()

    def _children(self, row: int, parent: int) -> list[Node]:
        """The nodes that report to a parent; of replicas those of its own number."""
        tier, replica = self.shape.tier_of(row)
        below = self.shape.row(tier - 1, replica)
        parents = self.network.parent[tier - 1]
        return [(below, i) for i, above in enumerate(parents) if above == parent]

    def _phases(self, streams: Streams, row: int) -> list[int]:
        tier, replica = self.shape.tier_of(row)
        plan = self.plan.tiers[tier]
        name = f"{plan.name}/{replica}" if replica else plan.name
        return streams.stream("phase", name).integers(1, plan.period_ns, plan.count).tolist()

    def _measure(self, tick: int) -> list[list[int]]:
        """What all agents measure in report number `tick`, quantised."""
        while len(self._measured) <= tick:
            ahead_ns = len(self._measured) * self.plan.agents.period_ns
            born_ns = np.array([float(phase + ahead_ns) for phase in self.phases_ns[0]])
            values = np.empty((self.plan.agents.count, self.plan.agents.features))
            self._behaviour.fill(len(self._measured), born_ns, 0, values)
            self._measured.append([[quantise(x) for x in value] for value in values.tolist()])
        return self._measured[tick]

    def _ages(self, parent: Parent) -> Ages:
        return parent.ages(self.env.now, self.plan.staleness.baseline_ns, self._left)

    def _left(self, node: Node) -> int:
        """How many sources a node stands for, if all of them have left; else 0."""
        if node[0] == 0:
            return int(self.network.faults.holding(node, "churn") is not None)
        below = [self._left(child) for child in self._children(*node)]
        return sum(below) if all(below) else 0

    def _sample(self) -> Sample:
        top, features = self.shape.top, self.plan.agents.features
        running = self.env.now // self.plan.baseline.pane_ns
        window = range(max(running - self.plan.baseline.panes, 0), running + 1)
        roots = [
            self.parents[self.shape.row(top, replica), 0] for replica in range(self.shape.replicas)
        ]
        (ages, panes), *others = [
            (self._ages(root), {pane: root.total(pane, features) for pane in window})
            for root in roots
        ]
        held = [
            [self.parents[row, number].baseline for number in range(count)]
            for row, count in enumerate(self.shape.rows)
            if 0 < self.shape.tier_of(row)[0] < top
        ]
        return Sample(self.env.now, ages, panes, held, others)


def quantise(x: float) -> int:
    """A value in scales as a whole number of quanta of 2^-20, clipped at 16 scales."""
    return min(max(round(x * 2**20), -(2**24)), 2**24)
