"""The agents as sources of updates: measured in columns, sent one message each.

Every `every` each agent looks at itself, at a phase of its own; its policy says whether that is
sent. With `every` equal to the agents' period these are the very values that they report. An agent
that is down or paused sends nothing, and who comes back sends anew. A host for each of ten thousand
agents would only wait for its next measurement, so there is none: their messages enter the network
where they stand, by the same fabric, faults and connections as those of hosts.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.control.plane import ControlPlane
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Parts
from sim.engine.routing.criticals import Criticals
from sim.engine.routing.deaths import Deaths
from sim.engine.routing.ledger import Ledger
from sim.engine.routing.levels import Levels
from sim.engine.routing.meter import FLOOD, HEARTBEAT, RANKS
from sim.engine.routing.mischief import Mischief
from sim.engine.routing.policies import make_policy
from sim.engine.tiers import phases
from sim.protocol.routing.contract import Pulse, Ranked
from sim.protocol.routing.importance import Importance, Thresholds
from sim.scenario.blocks.routing.plan import RoutingPlan

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FALSE_SCORE: Final = 1e9
"""What liars say of what they send."""


class Field:
    """All agents of one run, before their routers. Values are in sd between agents."""

    def __init__(
        self,
        parts: Parts,
        plan: RoutingPlan,
        plane: ControlPlane,
        mischief: Mischief,
        ledger: Ledger,
        deaths: Deaths,
        to: Sequence[str],
    ) -> None:
        self._parts, self._plan, self._plane = parts, plan, plane
        self._mischief, self._ledger, self._deaths = mischief, ledger, deaths
        self._to = to
        """The host that each agent sends to."""
        self.agents = parts.plan.agents.count
        self.names = [plane.place(0, agent).name for agent in range(self.agents)]
        # A copy that nobody has asked anything: the plane asks the original at its own instants.
        self._behaviour = deepcopy(parts.behaviour)
        self._unit = _unit(parts)
        self._policy = make_policy(plan.send, self.agents, len(self._unit))
        self._levels = Levels(self.agents, self._behaviour.deviation() / self._unit)
        self._thresholds = Thresholds(plan.classes.urgent, plan.classes.critical)
        self.criticals = Criticals()
        self.up = plane.world.is_up(0).copy()
        plane.world.observers.append(self._follow)
        shape = (self.agents, len(self._unit))
        self._phase_ns = self._phases()
        self._now, self._before = np.zeros(shape), np.zeros(shape)
        self._label = self._label_before = np.zeros(self.agents, np.int16)
        self._born_ns = np.zeros(self.agents, np.int64)
        self._sent = np.full(shape, np.nan)
        """What each agent has sent last."""
        self._was_away = np.zeros(self.agents, np.bool_)
        self._version = [0] * self.agents
        self._has_sent = [False] * self.agents
        self._silence: list[float] = []

    def values(self, now_ns: int) -> Floats:
        """What each agent has measured last, (agents, features)."""
        return np.where((self._born_ns <= now_ns)[:, None], self._now, self._before)

    def anomalous(self, now_ns: int) -> Bools:
        """Whose last measurement has something wrong with it, by its label; (agents,)."""
        label = np.where(self._born_ns <= now_ns, self._label, self._label_before)
        return np.asarray(label != 0)

    def scripts(self, kernel: Kernel) -> Iterator[Script]:
        """Measurements, and heartbeats."""
        yield self._measuring(kernel)
        if self._plan.heartbeat_ns is not None:
            yield self._beating(kernel, self._plan.heartbeat_ns)

    def _phases(self) -> Ints:
        """As in the agents' own period, stretched or shrunk to that of their looks."""
        own_ns = phases(self._parts, 0)
        every_ns, period_ns = self._plan.every_ns, self._parts.plan.agents.period_ns
        if every_ns == period_ns:
            return own_ns.astype(np.int64)
        return np.clip(own_ns * (every_ns / period_ns), 1, every_ns - 1).astype(np.int64)

    def _follow(self) -> None:
        """Outages have changed."""
        before, self.up = self.up, self._plane.world.is_up(0).copy()
        self._deaths.follow(before, self.up, self._plane.kernel.now_ns)

    # Measuring

    def _measuring(self, kernel: Kernel) -> Script:
        every_ns = self._plan.every_ns
        for tick in range(-(-self._parts.plan.duration_ns // every_ns)):
            yield kernel.instant(tick * every_ns, order=Order.SCRIPT)
            self._measure(tick, tick * every_ns)
            self._send_all(tick * every_ns, kernel)

    def _measure(self, tick: int, begin_ns: int) -> None:
        """What all agents measure until the next look, each at its own instant."""
        self._before, self._now = self._now, self._before
        self._born_ns = begin_ns + self._phase_ns
        born_ns = self._born_ns.astype(np.float64)
        self._behaviour.fill(tick, born_ns, 0, self._now)
        self._now /= self._unit
        self._label_before, self._label = self._label, np.empty(self.agents, np.int16)
        self._behaviour.label(tick, born_ns, 0, self._label)
        self.criticals.measured(self._label_before, self._label, self._born_ns)
        if begin_ns <= self._plan.learn_ns:
            self._levels.learn(self._now)

    def _send_all(self, begin_ns: int, kernel: Kernel) -> None:
        """Put on the kernel what is sent of it, each update at its birth."""
        silent = self._mischief.silent(self._born_ns)
        away = ~self.up | silent
        due = self._due(away, begin_ns)
        self._silence = self._policy.silence.tolist()
        scores = self._levels.scores(self._now)
        if begin_ns <= self._plan.learn_ns:
            scores[:] = 0.0
        for flood in self._mischief.floods(self._born_ns):
            due[flood.agent] = False
            self._flood(flood.agent, flood.copies, kernel)
        for agent in np.flatnonzero(due).tolist():
            born_ns = int(self._born_ns[agent])
            kernel.at(born_ns, self._report, agent, float(scores[agent]), order=Order.SCRIPT)

    def _due(self, away: Bools, begin_ns: int) -> Bools:
        """Who sends; (agents,). Policies are told of no move of those that are away.

        Who has just come back is offered as one that measured nothing: its policy then has no last
        value to go by, and sends the next.
        """
        back = self._was_away & ~away
        offered = np.where(away[:, None], self._sent, self._now)
        offered[back] = np.nan
        due = self._policy.offer(offered, begin_ns) & ~away & ~back
        self._was_away = away
        self._sent[due] = self._now[due]
        return due

    # Sending

    def _report(self, agent: int, score: float) -> None:
        if not self.up[agent]:
            self._was_away[agent] = True
            return
        importance = self._thresholds.importance(score)
        message = self._update(agent, importance, score)
        self._transmit(agent, message, RANKS[importance])
        if importance is Importance.CRITICAL:
            self.criticals.sent(agent, message.born_ns)

    def _flood(self, agent: int, copies: int, kernel: Kernel) -> None:
        """The same again and again, evenly over the time until the next look."""
        born_ns, every_ns = int(self._born_ns[agent]), self._plan.every_ns
        for copy in range(copies):
            kernel.at(born_ns + copy * every_ns // copies, self._claim, agent, order=Order.SCRIPT)

    def _claim(self, agent: int) -> None:
        if self.up[agent]:
            self._transmit(agent, self._update(agent, Importance.CRITICAL, FALSE_SCORE), FLOOD)

    def _update(self, agent: int, importance: Importance, score: float) -> Ranked:
        self._version[agent] += 1
        now_ns = self._plane.kernel.now_ns
        newest = self._now if self._born_ns[agent] <= now_ns else self._before
        return Ranked(
            self.names[agent],
            0,
            self._version[agent],
            now_ns,
            state=tuple(newest[agent].tolist()),
            importance=importance,
            score=score,
            silence=self._silence[agent],
            padding_bytes=self._plan.padding_bytes,
        )

    def _transmit(self, agent: int, message: Ranked, rank: str) -> None:
        name = f"{self.names[agent]} source"
        if not self._has_sent[agent]:
            # Its random streams are made when they are needed: most of the cost of a source.
            self._has_sent[agent] = True
            self._plane.fabric.add(name, self._plane.place(0, agent), reliable=True)
        self._ledger.send(message, rank, self._to[agent], message.born_ns)
        self._plane.switch.transmit(name, self._to[agent], message)

    # Heartbeats

    def _beating(self, kernel: Kernel, every_ns: int) -> Script:
        """Each agent at a phase of its own, whatever it measures."""
        stream = self._parts.streams.stream("routing", "heartbeats")
        phase_ns = stream.integers(1, max(every_ns, 2), self.agents).tolist()
        for number in range(self._parts.plan.duration_ns // every_ns + 1):
            begin_ns = number * every_ns
            yield kernel.instant(begin_ns, order=Order.SCRIPT)
            for agent, late_ns in enumerate(phase_ns):
                kernel.at(begin_ns + late_ns, self._beat, agent, order=Order.SCRIPT)

    def _beat(self, agent: int) -> None:
        if not self.up[agent] or self._was_away[agent]:
            return
        now_ns = self._plane.kernel.now_ns
        pulse = Pulse(self.names[agent], 0, self._version[agent], now_ns)
        self._transmit(agent, pulse, HEARTBEAT)


def _unit(parts: Parts) -> Floats:
    """1 sd, in the unit of the values: between agents, or over time where all are alike."""
    spread, deviation = parts.behaviour.spread(), parts.behaviour.deviation()
    unit = np.where(spread > 0, spread, deviation)
    return np.where(unit > 0, unit, 1.0)
