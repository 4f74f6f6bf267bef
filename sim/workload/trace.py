"""Recorded series, replayed by many agents.

Agents are dealt over the traces in turn (agent i replays trace i % k), each with a shift of its own
along it; behind its last row a trace begins again. Pure: the arrays come from `trace_files`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.workload.behaviour import Floats, StreamAt


class Trace:
    """Replay of `traces`, arrays (rows, features) of any length with equally many columns.

    A report moves on by one row, or, with `cadence_ns`, to row floor(born / cadence). With a
    stream the shifts are random, without one every agent starts at the first row.
    """

    def __init__(
        self,
        agents: int,
        traces: Sequence[Floats],
        *,
        cadence_ns: float | None = None,
        stream_at: StreamAt | None = None,
    ) -> None:
        self.features = traces[0].shape[1]
        assert all(len(trace) and trace.shape[1] == self.features for trace in traces)
        lengths = np.array([len(trace) for trace in traces])
        mine = np.arange(agents) % len(traces)
        self._rows = np.ascontiguousarray(np.concatenate(traces), dtype=np.float64)
        self._begin = (np.cumsum(lengths) - lengths)[mine]
        self._length = lengths[mine]
        self._shift = np.zeros(agents, dtype=np.int64)
        if stream_at is not None:
            # Not Generator.integers: one uniform an agent, whatever the lengths before it.
            uniform = stream_at("shift", 0).random(agents)
            self._shift = (uniform * self._length).astype(np.int64)
        self._cadence_ns = cadence_ns

    def fill(self, tick: int, born_ns: Floats, first: int, out: Floats) -> None:
        """See `Behaviour.fill`."""
        agents = slice(first, first + len(out))
        row = (
            self._begin[agents]
            + (self._moved(tick, born_ns) + self._shift[agents]) % (self._length[agents])
        )
        # mode="clip" only because numpy would copy `out` to be able to raise.
        np.take(self._rows, row, axis=0, out=out, mode="clip")

    def _moved(self, tick: int, born_ns: Floats) -> NDArray[np.int64] | int:
        """Rows since the start, before the shift."""
        if self._cadence_ns is None:
            return tick
        return (born_ns // self._cadence_ns).astype(np.int64)
