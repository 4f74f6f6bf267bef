"""Windows: the vectors of the last reports of all agents, a row for each report number.

An instant of a window is a report number, so all agents have one value in each, at phases of their
own within a period. What has not arrived is a gap (NaN). Rows are used in turn: a newer report
number clears what stood in its row, and what comes too late for any window finds none.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import Emission
from sim.telemetry.moves import Heard

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Windows:
    """Of `agents` agents who report every `period_ns`; the newest `rows` report numbers are kept.

    `features` says which numbers of a vector are kept.
    """

    def __init__(self, rows: int, agents: int, features: slice, width: int, period_ns: int) -> None:
        self._features = features
        self._period_ns = period_ns
        self._values = np.full((rows, agents, len(range(width)[features])), np.nan)
        self._tick = np.full(rows, -1, np.int64)
        """Report number of each row; -1 is none."""

    def heard(self, moves: Iterable[Heard]) -> None:
        """Vectors have arrived at the aggregators next to the agents."""
        for move in moves:
            self._take(move.child, move.state[:, 0] // self._period_ns, move.vector)

    def measured(self, first: int, part: Emission, vectors: Floats) -> None:
        """Agents first ... have measured: what only a centralised observer knows at once."""
        agents = np.arange(first, first + vectors.shape[1])
        for row, values in enumerate(vectors):
            sent = slice(None) if part.sent is None else part.sent[row]
            tick = np.full(len(agents), part.first_tick + row)
            self._take(agents[sent], tick[sent], values[sent])

    def between(self, begin_ns: int, end_ns: int) -> Floats:
        """All vectors of the report numbers that lie wholly in [begin, end).

        Shape (instants, agents, features); NaN where nothing is known.
        """
        ticks = list(ticks_between(begin_ns, end_ns, self._period_ns))
        rows = np.array([tick % len(self._tick) for tick in ticks], np.int64)
        found = self._values[rows]
        found[self._tick[rows] != np.array(ticks, np.int64)] = np.nan
        return np.asarray(found)

    def forget(self, agents: Bools) -> None:
        """Whoever knew these agents' vectors has lost them."""
        self._values[:, agents] = np.nan

    def _take(self, agents: Ints, ticks: Ints, vectors: Floats) -> None:
        for tick, mine in _by_tick(ticks):
            row = tick % len(self._tick)
            if tick > self._tick[row]:
                self._tick[row] = tick
                self._values[row] = np.nan
            if tick == self._tick[row]:
                self._values[row, agents[mine]] = vectors[mine][:, self._features]


def ticks_between(begin_ns: int, end_ns: int, period_ns: int) -> range:
    """Report numbers of which every agent's is born in [begin, end), whatever its phase."""
    return range(max(-(-begin_ns // period_ns), 0), max(end_ns // period_ns, 0))


def _by_tick(ticks: Ints) -> Iterator[tuple[int, Bools]]:
    for tick in np.unique(ticks).tolist():
        yield tick, ticks == tick
