"""The table of points: what the deciding node holds of an agent at a decision, and what is true.

A million agents at every decision would be more than anybody stores. Above `POINTS_MAX` rows only
some agents are kept: those that anomalies are put into and the others are sampled apart, and each
that is kept has a weight, the number of agents that it stands for.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POINTS_MAX: Final = 500_000


def sample_agents(
    is_hit: Bools, decisions: int, stream: np.random.Generator, points_max: int = POINTS_MAX
) -> tuple[Ints, Floats]:
    """Which agents to keep, ascending, and the weight of each.

    `is_hit` (agents,) says which are put anomalies into: they may take up to half of the room.
    """
    room = max(points_max // max(decisions, 1), 2)
    if len(is_hit) <= room:
        return np.arange(len(is_hit)), np.ones(len(is_hit))
    order = stream.permutation(len(is_hit))
    hit, rest = order[is_hit[order]], order[~is_hit[order]]
    share = min(len(hit), max(room // 2, room - len(rest)))
    chosen = [(hit, share), (rest, min(room - share, len(rest)))]
    agents = np.concatenate([some[:number] for some, number in chosen])
    weight = np.concatenate(
        [np.full(number, len(some) / max(number, 1)) for some, number in chosen]
    )
    ascending = np.argsort(agents)
    return agents[ascending], weight[ascending]


class PointLog:
    """Collects the points of the agents that are kept."""

    def __init__(self, agents: Ints, weight: Floats) -> None:
        self.agents = agents
        self._weight = weight
        self._parts: list[dict[str, NDArray[Any]]] = []

    def add(
        self,
        now_ns: int,
        label: NDArray[np.int16],
        present: Bools,
        here: tuple[Floats, Bools],
        central: tuple[Floats, Bools],
    ) -> None:
        """One decision: truth, who is there at all, and scores and alarms; arrays (agents,)."""
        there = present[self.agents]
        kept = self.agents[there]
        self._parts.append(
            {
                "time_ns": np.full(len(kept), now_ns),
                "agent": kept.astype(np.int32),
                "label": label[kept],
                "score": here[0][kept],
                "alarm": here[1][kept],
                "central_score": central[0][kept],
                "central_alarm": central[1][kept],
                "weight": self._weight[there],
            }
        )

    def table(self) -> dict[str, NDArray[Any]]:
        """All points, in the order of time and then of agents."""
        if not self._parts:
            return {}
        return {
            name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]
        }
