"""Recorded series, replayed by many agents.

Agents are dealt over the traces in turn (agent i replays trace i % k), each with a shift of its own
along it; behind its last row a trace begins again. Pure: the arrays come from `trace_files`.
"""

from collections.abc import Sequence

import numpy as np

from sim.workload.behaviour import NORMAL, RECORDED, Bools, Floats, Ints, Labels, StreamAt


class Trace:
    """Replay of `traces`, arrays (rows, features) of any length with equally many columns.

    A report moves on by one row, or, with `cadence_ns`, to row floor(born / cadence). With a
    stream the shifts are random, without one every agent starts at the first row. `anomalous` says
    of each row of each trace whether its recorder called it so; left out = none.
    """

    def __init__(
        self,
        agents: int,
        traces: Sequence[Floats],
        *,
        anomalous: Sequence[Bools] | None = None,
        cadence_ns: float | None = None,
        stream_at: StreamAt | None = None,
    ) -> None:
        self.features = traces[0].shape[1]
        assert all(len(trace) and trace.shape[1] == self.features for trace in traces)
        lengths = np.array([len(trace) for trace in traces])
        mine = np.arange(agents) % len(traces)
        self._rows = np.ascontiguousarray(np.concatenate(traces), dtype=np.float64)
        self._labels: Labels | None = None
        if anomalous is not None:
            assert [len(rows) for rows in anomalous] == lengths.tolist()
            self._labels = np.where(np.concatenate(anomalous), RECORDED, NORMAL).astype(np.int16)
        # A constant column is exactly 0, whatever the mean of its values is rounded to.
        within = [np.where(np.ptp(trace, axis=0) > 0, trace.std(axis=0), 0.0) for trace in traces]
        self._deviation: Floats = np.mean(within, axis=0)
        levels = np.array([trace.mean(axis=0) for trace in traces])
        self._spread: Floats = levels[mine].std(axis=0)
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
        # mode="clip" only because numpy would copy `out` to be able to raise.
        np.take(self._rows, self._row(tick, born_ns, first), axis=0, out=out, mode="clip")

    def label(self, tick: int, born_ns: Floats, first: int, out: Labels) -> None:
        """See `Behaviour.label`."""
        if self._labels is None:
            out.fill(NORMAL)
        else:
            np.take(self._labels, self._row(tick, born_ns, first), out=out, mode="clip")

    def deviation(self) -> Floats:
        """See `Behaviour.deviation`: that within a trace, averaged over the traces."""
        return self._deviation

    def spread(self) -> Floats:
        """See `Behaviour.spread`: that between the means of the agents' traces."""
        return self._spread

    def _row(self, tick: int, born_ns: Floats, first: int) -> Ints:
        agents = slice(first, first + len(born_ns))
        moved = self._moved(tick, born_ns) + self._shift[agents]
        row: Ints = self._begin[agents] + moved % self._length[agents]
        return row

    def _moved(self, tick: int, born_ns: Floats) -> Ints | int:
        """Rows since the start, before the shift."""
        if self._cadence_ns is None:
            return tick
        return (born_ns // self._cadence_ns).astype(np.int64)
