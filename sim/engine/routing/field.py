"""The agents as sources of updates: whatever their policy says is sent, one message each.

Policies are asked about all agents at once, at the begin of each look; an update leaves at its
birth. An agent that is down or paused sends nothing, and who comes back sends anew. Heartbeats are
periodic, whatever is measured.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Parts
from sim.engine.routing.criticals import Criticals
from sim.engine.routing.deaths import Deaths
from sim.engine.routing.levels import Levels
from sim.engine.routing.looks import Looks
from sim.engine.routing.meter import FLOOD, HEARTBEAT, RANKS
from sim.engine.routing.mischief import Mischief
from sim.engine.routing.outlet import Outlet
from sim.engine.routing.policies import make_policy
from sim.engine.world import World
from sim.protocol.routing.contract import Pulse, Ranked
from sim.protocol.routing.importance import Importance, Thresholds
from sim.scenario.blocks.routing.plan import RoutingPlan

Bools = NDArray[np.bool_]

FALSE_SCORE: Final = 1e9
"""What liars say of what they send."""


class Field:
    """All agents of one run, before their routers."""

    def __init__(
        self, parts: Parts, plan: RoutingPlan, world: World, mischief: Mischief, outlet: Outlet
    ) -> None:
        self._parts, self._plan, self._mischief = parts, plan, mischief
        self._outlet = outlet
        self.looks = Looks(parts, plan.every_ns)
        self.criticals = Criticals()
        beat_ns = plan.heartbeat_ns
        self.deaths = Deaths(None if beat_ns is None else plan.missed * beat_ns)
        shape = self.looks.newest.shape
        self._policy = make_policy(plan.send, *shape)
        self._silence = self._policy.silence.tolist()
        self._levels = Levels(shape[0], self.looks.deviation)
        self._thresholds = Thresholds(plan.classes.urgent, plan.classes.critical)
        self._sent = np.full(shape, np.nan)
        """What each agent has sent last."""
        self._was_away = np.zeros(shape[0], np.bool_)
        """Who was down or silent, and has sent nothing since."""
        self._world = world
        self.up = world.is_up(0).copy()
        world.observers.append(self._follow)

    def scripts(self, kernel: Kernel) -> Iterator[Script]:
        """Measurements, and heartbeats."""
        yield self._measuring(kernel)
        if self._plan.heartbeat_ns is not None:
            yield self._beating(kernel, self._plan.heartbeat_ns)

    def _follow(self) -> None:
        """Outages have changed."""
        before, self.up = self.up, self._world.is_up(0).copy()
        self.deaths.follow(before, self.up, self._world.registered(), self._outlet.now_ns)

    # Measuring

    def _measuring(self, kernel: Kernel) -> Script:
        every_ns = self._plan.every_ns
        for tick in range(-(-self._parts.plan.duration_ns // every_ns)):
            begin_ns = tick * every_ns
            yield kernel.instant(begin_ns, order=Order.SCRIPT)
            looks = self.looks
            looks.measure(tick, begin_ns)
            self.criticals.measured(looks.label_before, looks.label, looks.born_ns)
            self._plan_sending(begin_ns, kernel)

    def _plan_sending(self, begin_ns: int, kernel: Kernel) -> None:
        """Put on the kernel what is sent of a look, each update at its birth."""
        born_ns, scores = self.looks.born_ns, self._scores(begin_ns)
        due = self._due(~self.up | self._mischief.silent(born_ns), begin_ns)
        self._silence = self._policy.silence.tolist()
        for agent, copies in self._mischief.floods(born_ns):
            due[agent] = False
            self._plan_flood(agent, copies, kernel)
        for agent in np.flatnonzero(due).tolist():
            score = float(scores[agent])
            kernel.at(int(born_ns[agent]), self._report, agent, score, order=Order.SCRIPT)

    def _scores(self, begin_ns: int) -> NDArray[np.float64]:
        """How remarkable each agent finds what it measures; nothing is while it learns."""
        if begin_ns > self._plan.learn_ns:
            return self._levels.scores(self.looks.newest)
        self._levels.learn(self.looks.newest)
        return np.zeros(self.looks.agents)

    def _due(self, away: Bools, begin_ns: int) -> Bools:
        """Who sends; (agents,). Policies are told of no move of those that are away.

        Who is back sends anew, whatever it sent before it was away: nobody tested that meanwhile.
        """
        back = self._was_away & ~away
        self._policy.forget(back)
        offered = np.where(away[:, None], self._sent, self.looks.newest)
        due = self._policy.offer(offered, begin_ns) & ~away
        self._was_away = away | back
        self._sent[due] = self.looks.newest[due]
        return due

    def _plan_flood(self, agent: int, copies: int, kernel: Kernel) -> None:
        """The same again and again, evenly over the time until the next look."""
        born_ns, every_ns = int(self.looks.born_ns[agent]), self._plan.every_ns

        def claim(copy: int) -> None:
            # Each plans the next, so that of a large flood only one is on the kernel.
            if copy + 1 < copies:
                at_ns = born_ns + (copy + 1) * every_ns // copies
                kernel.at(at_ns, claim, copy + 1, order=Order.SCRIPT)
            self._claim(agent)

        kernel.at(born_ns, claim, 0, order=Order.SCRIPT)

    # Sending

    def _report(self, agent: int, score: float) -> None:
        if not self.up[agent]:
            self._was_away[agent] = True
            return
        importance = self._thresholds.importance(score)
        self._send(agent, importance, score, RANKS[importance])
        if importance is Importance.CRITICAL:
            self.criticals.sent(agent, self._outlet.now_ns)

    def _claim(self, agent: int) -> None:
        if self.up[agent]:
            self._send(agent, Importance.CRITICAL, FALSE_SCORE, FLOOD)

    def _send(self, agent: int, importance: Importance, score: float, rank: str) -> None:
        outlet, self._was_away[agent] = self._outlet, False
        outlet.version[agent] += 1
        message = Ranked(
            outlet.names[agent],
            0,
            outlet.version[agent],
            outlet.now_ns,
            state=tuple(self.looks.value(agent, outlet.now_ns).tolist()),
            importance=importance,
            score=score,
            silence=self._silence[agent],
            padding_bytes=self._plan.padding_bytes,
        )
        outlet.send(agent, message, rank)

    # Heartbeats

    def _beating(self, kernel: Kernel, every_ns: int) -> Script:
        """Each agent at a phase of its own."""
        stream = self._parts.streams.stream("routing", "heartbeats")
        phase_ns = stream.integers(1, max(every_ns, 2), self.looks.agents).tolist()
        for number in range(-(-self._parts.plan.duration_ns // every_ns)):
            begin_ns = number * every_ns
            yield kernel.instant(begin_ns, order=Order.SCRIPT)
            for agent, late_ns in enumerate(phase_ns):
                kernel.at(begin_ns + late_ns, self._beat, agent, order=Order.SCRIPT)

    def _beat(self, agent: int) -> None:
        if self.up[agent] and not self._was_away[agent]:
            outlet = self._outlet
            version, now_ns = outlet.version[agent], outlet.now_ns
            outlet.send(agent, Pulse(outlet.names[agent], 0, version, now_ns), HEARTBEAT)
