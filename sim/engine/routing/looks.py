"""What the agents measure at each of their looks at themselves, in columns.

Every `every` each agent looks at itself once, at a phase of its own. With `every` equal to the
agents' period these are the very values that they report. Values are in sd between agents, so that
a delta is in the unit of every error; where all agents are alike, in sd over time.
"""

from copy import deepcopy

import numpy as np
from numpy.typing import NDArray

from sim.engine.parts import Parts
from sim.engine.tiers import phases

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Looks:
    """The newest look of all agents, and the one before it."""

    def __init__(self, parts: Parts, every_ns: int) -> None:
        # A copy that nobody has asked anything: the plane asks the original at its own instants.
        self._behaviour = deepcopy(parts.behaviour)
        self.unit = _unit(parts)
        self.agents = parts.plan.agents.count
        self.deviation = self._behaviour.deviation() / self.unit
        """Of an agent's own values over time; (features,)."""
        self._phase_ns = _phases(parts, every_ns)
        shape = (self.agents, len(self.unit))
        self.newest, self._before = np.zeros(shape), np.zeros(shape)
        self.label, self.label_before = np.zeros((2, self.agents), np.int16)
        self.born_ns = np.zeros(self.agents, np.int64)
        """When each agent measures the newest; some of that may be yet to come."""

    def measure(self, tick: int, begin_ns: int) -> None:
        """What all agents measure from `begin_ns` to the next look, each at its own instant."""
        self._before, self.newest = self.newest, self._before
        self.label_before, self.label = self.label, np.empty(self.agents, np.int16)
        self.born_ns = begin_ns + self._phase_ns
        born_ns = self.born_ns.astype(np.float64)
        self._behaviour.fill(tick, born_ns, 0, self.newest)
        self.newest /= self.unit
        self._behaviour.label(tick, born_ns, 0, self.label)

    def values(self, now_ns: int) -> Floats:
        """What each agent has measured last, (agents, features)."""
        return np.where((self.born_ns <= now_ns)[:, None], self.newest, self._before)

    def value(self, agent: int, now_ns: int) -> Floats:
        """The same of one agent, (features,)."""
        found: Floats = (self.newest if self.born_ns[agent] <= now_ns else self._before)[agent]
        return found

    def anomalous(self, now_ns: int) -> Bools:
        """Whose last measurement has something wrong with it, by its label; (agents,)."""
        label = np.where(self.born_ns <= now_ns, self.label, self.label_before)
        return np.asarray(label != 0)


def _phases(parts: Parts, every_ns: int) -> Ints:
    """As in the agents' own period, stretched or shrunk to that of their looks."""
    own_ns, period_ns = phases(parts, 0), parts.plan.agents.period_ns
    if every_ns == period_ns:
        return own_ns.astype(np.int64)
    return np.clip(own_ns * (every_ns / period_ns), 1, max(every_ns - 1, 1)).astype(np.int64)


def _unit(parts: Parts) -> Floats:
    """1 sd, in the unit of the values."""
    spread, deviation = parts.behaviour.spread(), parts.behaviour.deviation()
    unit = np.where(spread > 0, spread, deviation)
    return np.where(unit > 0, unit, 1.0)
