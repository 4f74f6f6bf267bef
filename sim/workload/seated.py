"""Agents that change their seats: whoever sits in a seat, measures there.

The plane knows seats: rows with a site, a phase and a parent. Here a seat is asked, and the agent
that sits in it at that instant answers. An agent takes along what it is: its values, what is wrong
with them, its label. Whose turn it is follows from the birth of each single report, so in the tick
of a change some seats are still the old agents' and others the new ones' already.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.workload.behaviour import Behaviour, Floats, Ints, Labels

AgentAt = Callable[[int], Ints]
"""Which agent sits in each seat in an epoch; (seats,)."""
Ask = Callable[[int, Floats, int, Any], None]
"""`fill` or `label` of a behaviour."""


class Seated:
    """The seats of the agents of `behaviour`; see `Behaviour`.

    Seats report at `phase_ns` (seats,) + tick * `period_ns`; epochs last `reseat_ns`. All agents
    are asked at once, once in every epoch of a tick, and what they say is kept until the last seat
    has been asked for a newer tick: (agents, features) for each report that an agent makes in a
    step of the plane.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        phase_ns: Floats,
        period_ns: int,
        reseat_ns: int,
        agent_at: AgentAt,
    ) -> None:
        self.features = behaviour.features
        self._behaviour = behaviour
        self._phase_ns = phase_ns
        self._period_ns = period_ns
        self._reseat_ns = reseat_ns
        self._agent_at = agent_at
        shape = (len(phase_ns), self.features)
        self._values = _Newest(lambda tick: self._ask(tick, behaviour.fill, np.empty(shape)))
        self._labels = _Newest(
            lambda tick: self._ask(tick, behaviour.label, np.empty(shape[0], np.int16))
        )

    def fill(self, tick: int, born_ns: Floats, first: int, out: Floats) -> None:
        """See `Behaviour.fill`."""
        assert born_ns[0] == self._phase_ns[first] + tick * float(self._period_ns), (tick, first)
        out[:] = self._values.rows(tick, first, len(out))

    def label(self, tick: int, born_ns: Floats, first: int, out: Labels) -> None:  # noqa: ARG002
        """See `Behaviour.label`."""
        out[:] = self._labels.rows(tick, first, len(out))

    def deviation(self) -> Floats:
        """See `Behaviour.deviation`: that of the agents."""
        return self._behaviour.deviation()

    def spread(self) -> Floats:
        """See `Behaviour.spread`: that of the agents."""
        return self._behaviour.spread()

    def _ask(self, tick: int, ask: Ask, out: NDArray[Any]) -> NDArray[Any]:
        """Fill `out`, a row a seat, with what the agents answer."""
        born_ns = self._phase_ns + tick * float(self._period_ns)
        of_agents, answers = np.empty_like(born_ns), np.empty_like(out)
        epochs = self._epochs(born_ns)
        for epoch in epochs:
            agent = self._agent_at(epoch)
            of_agents[agent] = born_ns
            ask(tick, of_agents, 0, answers)
            if len(epochs) == 1:
                # mode="clip" only because numpy would copy `out` to be able to raise.
                return np.take(answers, agent, axis=0, out=out, mode="clip")
            here = born_ns // self._reseat_ns == epoch
            out[here] = answers[agent[here]]
        return out

    def _epochs(self, born_ns: Floats) -> list[int]:
        """In which epochs some of these instants are; nearly always one, which is seen at once."""
        first, last = (int(born // self._reseat_ns) for born in (born_ns.min(), born_ns.max()))
        if first == last:
            return [first]
        return [int(epoch) for epoch in np.unique(born_ns // self._reseat_ns)]


class _Newest:
    """Arrays with a row a seat, made once for each tick that is under way."""

    def __init__(self, make: Callable[[int], NDArray[Any]]) -> None:
        self._make = make
        self._made: dict[int, NDArray[Any]] = {}

    def rows(self, tick: int, first: int, count: int) -> NDArray[Any]:
        """Rows first ... first + count - 1 of a tick."""
        made = self._made.get(tick)
        if made is None:
            made = self._made[tick] = self._make(tick)
        if first + count == len(made):
            # Every seat has been asked for this tick by now, and none asks for an older one.
            for old in [known for known in self._made if known < tick]:
                del self._made[old]
        return made[first : first + count]
