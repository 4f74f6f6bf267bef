"""How far what is known of a pane may be from what is true of the newest one.

A unit (see `heard`) holds part of a pane: from its begin on, as many of its values as have come. If
that is the newest finished pane, what is still under way is missing; if it is an older one, all of
its values have been replaced, and its agents have moved on. Units are independent, so variances add
up by the squares of their weights, their shares of the node's sources.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.confidence.heard import Heard
from sim.engine.confidence.trailing import noise_of_missing
from sim.protocol.resolver.drift import OrnsteinUhlenbeck
from sim.protocol.resolver.spans import Span
from sim.scenario.plan import Plan
from sim.stats.confidence.contract import Floats

PARTS: Final = 100
"""Of a pane: how finely it is told how much of it has come, where it is about drift."""


@dataclass(frozen=True, slots=True, eq=False)
class Unheard:
    """Variances of a mean's error, (nodes,); the first two by that of values within a source."""

    unheard: Floats
    """Values of the pane that are still under way, if what is held is of that pane."""
    replaced: Floats
    """What it adds that some of it is of another pane."""
    drifted: Floats
    """The agents' movement since."""


class Movement:
    """What a run's behaviour lets nodes know of that: the law of its drift and of its season."""

    def __init__(self, plan: Plan) -> None:
        self._pane_ns = plan.baseline.pane_ns
        self._each = plan.baseline.pane_ns / plan.agents.period_ns
        """Values of an agent in a pane."""
        self._periods_ns = [tier.period_ns for tier in plan.tiers]
        drift = plan.agents.behaviour.options.get("drift")
        law = OrnsteinUhlenbeck(np.array([drift["sd"]]), drift["tau_ns"]) if drift else None
        self._law = law
        self._season = plan.agents.behaviour.options.get("season") or {}

    def unheard(self, heard: Heard, last_pane: int) -> Unheard:
        """Of what nodes hold, against the newest finished pane."""
        tier, agents = heard.tier, np.maximum(heard.sources, 1)
        part = np.minimum(heard.count / (agents * self._each), 1.0)
        behind, by_agents = self._behind(heard, last_pane), _weight(heard) ** 2 / agents
        # 1/n - 1/N for n of the N values wanted, 1/n + 1/N for others (`spans.noise_factor`).
        replaced = np.where(behind > 0, 2 / self._each, 0.0)
        return Unheard(
            tier.sums(by_agents * self._noise(heard, part)),
            tier.sums(by_agents * replaced),
            tier.sums(by_agents * self._drifts(behind, part)),
        )

    def _noise(self, heard: Heard, part: Floats) -> Floats:
        """Of one agent's mean, by the values that it is short of; (units,), see `trailing`."""
        below = heard.tier.number - 1
        waits_ns = sum(self._periods_ns[1:below]) / 2
        ahead_ns = (heard.pane + 1) * self._pane_ns - heard.told_ns + waits_ns
        short = np.where(heard.sources > 0, (1 - part) * self._each, 0.0)
        return noise_of_missing(short, ahead_ns / self._periods_ns[0], self._each, max(1, below))

    def swung(self, heard: Heard, last_pane: int) -> Floats:
        """The most that a sine which all agents share can have moved, (nodes,); 0 without one."""
        if not self.swing:
            return np.zeros(len(heard.tier.nodes))
        turns = self._behind(heard, last_pane) * self._pane_ns / self._season["period_ns"]
        most = self.swing * np.sin(math.pi * np.minimum(turns, 0.5))
        return heard.tier.sums(_weight(heard) * most)

    @property
    def swing(self) -> float:
        """How far apart any two instants of that sine can be: twice its amplitude."""
        is_common = self._season.get("phase") == "common"
        return float(2 * self._season["amplitude"]) if is_common else 0.0

    def _behind(self, heard: Heard, last_pane: int) -> Floats:
        behind = np.where(heard.sources > 0, last_pane - heard.pane, 0)
        return behind.astype(np.float64)

    def _drifts(self, behind: Floats, part: Floats) -> Floats:
        """Of one agent of each unit, (units,); units that are alike are asked once."""
        keys = np.stack([behind, np.rint(part * PARTS)], axis=1).astype(np.int64)
        alike, which = np.unique(keys, axis=0, return_inverse=True)
        found = np.array([self._drift(*key) for key in alike.tolist()])
        return found[which.reshape(-1)]

    def _drift(self, behind: int, parts: int) -> float:
        if self._law is None:
            return 0.0
        held = Span(0, self._pane_ns * parts // PARTS)
        wanted = Span(behind * self._pane_ns, (behind + 1) * self._pane_ns)
        return float(self._law.between(held, wanted, agents=1)[0])


def _weight(heard: Heard) -> Floats:
    """Of each unit, its share of its node's sources."""
    sources = heard.sources
    whole = heard.tier.sums(sources)[heard.tier.node_of]
    return np.divide(sources, whole, out=np.zeros_like(sources), where=whole > 0)
