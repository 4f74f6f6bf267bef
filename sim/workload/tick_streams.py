"""One generator a tick, running on from block to block of its agents.

The generator of a tick is fresh when agent 0 is asked and forgotten when the last agent was, so an
agent's variates depend on the tick and on the agents before it, never on the cut into blocks.
"""

import numpy as np

from sim.workload.behaviour import StreamAt


class TickStreams:
    """The streams of one purpose for all ticks that are under way."""

    def __init__(self, stream_at: StreamAt, purpose: str, agents: int) -> None:
        self._stream_at = stream_at
        self._purpose = purpose
        self._agents = agents
        self._under_way: dict[int, tuple[np.random.Generator, int]] = {}

    def at(self, tick: int, first: int, count: int) -> np.random.Generator:
        """The generator for agents first ... first + count - 1 of that tick, next in order."""
        if first == 0:
            stream = self._stream_at(self._purpose, tick)
        else:
            stream, expected = self._under_way.pop(tick)
            assert first == expected, (tick, first, expected)
        if first + count < self._agents:
            self._under_way[tick] = (stream, first + count)
        else:
            self._under_way.pop(tick, None)
        return stream
