"""Levels that wander: an Ornstein-Uhlenbeck process for each agent and feature.

Time moves in steps of `every_ns`; a level is constant within a step. An agent's level is brought
forward when the agent is asked, over all steps since it was asked last, by the exact transition:
agents that report rarely cost no more than those that report often.

Source: Gillespie, Exact numerical simulation of the Ornstein-Uhlenbeck process and its integral,
Physical Review E 54(2), 1996, section I (the update formula).
"""

import numpy as np
from numpy.typing import NDArray

from sim.workload.behaviour import Floats, StreamAt
from sim.workload.tick_streams import TickStreams


class Drift:
    """Levels around `centre` (agents, features), stationary from the start.

    The standard deviation of the wander is `sd`, its autocorrelation exp(-age / `tau_ns`).
    """

    def __init__(
        self, centre: Floats, stream_at: StreamAt, *, sd: float, tau_ns: float, every_ns: float
    ) -> None:
        self._centre = centre
        self._sd = sd
        self._steps_of_tau = tau_ns / every_ns
        self._every_ns = every_ns
        self._streams = TickStreams(stream_at, "drift", len(centre))
        self._level = stream_at("drift start", 0).standard_normal(centre.shape)
        self._level *= sd
        self._level += centre
        self._step = np.zeros(len(centre))

    def level(self, tick: int, born_ns: Floats, first: int) -> Floats:
        """The levels of agents first ... at their instants `born_ns`; a view, (n, features)."""
        agents = slice(first, first + len(born_ns))
        stream = self._streams.at(tick, first, len(born_ns))
        step = born_ns // self._every_ns
        moved = np.flatnonzero(step > self._step[agents])
        if len(moved):
            self._move(moved + first, step[moved], stream)
        return self._level[agents]

    def _move(self, agents: NDArray[np.intp], step: Floats, stream: np.random.Generator) -> None:
        elapsed = (step - self._step[agents]) / self._steps_of_tau
        keeps = np.exp(-elapsed)[:, None]
        gains = self._sd * np.sqrt(-np.expm1(-2.0 * elapsed))[:, None]
        centre = self._centre[agents]
        wander = self._level[agents]
        wander -= centre
        wander *= keeps
        wander += gains * stream.standard_normal(wander.shape)
        self._level[agents] = wander + centre
        self._step[agents] = step
