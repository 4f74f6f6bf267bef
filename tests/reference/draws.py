"""What chance gives a message: the same streams and the same small laws as in the simulator.

Equal draws are what makes two runs comparable; everything decided with them is written anew.
"""

from functools import cache

import numpy as np

from sim.engine.streams import Streams
from sim.network.latency import LatencyLaw, make_law
from sim.scenario.plan import Plan, Variant


class Draws:
    """The i-th variate of a stream at a tick; a whole tier is drawn at once and looked up."""

    def __init__(self, plan: Plan, streams: Streams) -> None:
        self._plan, self._streams = plan, streams
        self._jitter = self._law(plan.topology.jitter)
        self._links = [tier.link and self._law(tier.link) for tier in plan.tiers[:-1]]
        self._delays, self._uniforms = cache(self._delays), cache(self._uniforms)

    def jitter_ns(self, way: str, tier: int, replica: int, tick: int, child: int) -> float:
        """A draw of the jitter law."""
        return self._delays(way, tier, replica, "jitter", tick)[child]

    def last_mile_ns(self, way: str, tier: int, replica: int, tick: int, child: int) -> float:
        """A draw of the last mile's law."""
        if not self._links[tier]:
            return 0.0
        return self._delays(way, tier, replica, "last-mile", tick)[child]

    def uniform(
        self, way: str, tier: int, replica: int, purpose: str, tick: int, child: int
    ) -> float:
        """A uniform in [0, 1)."""
        return self._uniforms(way, tier, replica, purpose, tick)[child]

    def _law(self, law: Variant) -> LatencyLaw:
        return make_law(law.kind, law.options, self._plan.directory)

    def _delays(self, way: str, tier: int, replica: int, purpose: str, tick: int) -> list[float]:
        law = self._jitter if purpose == "jitter" else self._links[tier]
        drawn = np.empty(self._plan.tiers[tier].count)
        law.draw(self._at(way, tier, replica, purpose, tick), drawn)
        return drawn.tolist()

    def _uniforms(self, way: str, tier: int, replica: int, purpose: str, tick: int) -> list[float]:
        stream = self._at(way, tier, replica, purpose, tick)
        return stream.random(self._plan.tiers[tier].count).tolist()

    def _at(
        self, way: str, tier: int, replica: int, purpose: str, tick: int
    ) -> np.random.Generator:
        name = f"{way}/{self._plan.tiers[tier].name}" + (f"/{replica}" if replica else "")
        return self._streams.at(name, purpose, tick=tick)
