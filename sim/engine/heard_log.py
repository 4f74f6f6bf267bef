"""Every move of the root's view, kept in few bytes: at a million agents there are many.

Only what the table of `heard` needs is kept of a move, column by column, so that building the table
takes little more memory than the table itself.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.telemetry import holdings
from sim.telemetry.moves import Heard


class HeardLog:
    """The moves of one run; `agents_of_region` has shape (regions,)."""

    def __init__(self, agents_of_region: NDArray[np.int64], *, keeps: bool) -> None:
        self._agents_of_region = agents_of_region
        self._keeps = keeps
        self._parts: list[dict[str, NDArray[Any]]] = []

    def extend(self, heard: Iterable[Heard]) -> None:
        """Keep these moves, unless none are kept."""
        if self._keeps:
            self._parts.extend(self._columns(moves) for moves in heard)

    def table(self) -> dict[str, NDArray[Any]]:
        """The table of `heard`, in the order of time and then of regions."""
        if not self._parts:
            self._parts.append(self._columns(_no_moves()))
        columns = {
            name: np.concatenate([part.pop(name) for part in self._parts])
            for name in list(self._parts[0])
        }
        self._parts.clear()
        order = np.lexsort((columns["region"], columns["known_ns"]))
        for name in columns:
            columns[name] = columns[name][order]
        return columns

    def _columns(self, moves: Heard) -> dict[str, NDArray[Any]]:
        known_ns = moves.known_ns.astype(np.int64)
        state = holdings.as_rows(moves.state)
        agents = self._agents_of_region[moves.child] - state[:, holdings.LEFT]
        return {
            "known_ns": known_ns,
            "region": moves.child.astype(np.int32),
            "sent_ns": np.minimum(state[:, holdings.SENT], known_ns),
            "oldest_born_ns": np.minimum(state[:, holdings.OLDEST], known_ns),
            "mean_born_ns": state[:, holdings.BORN] / np.maximum(agents, 1),
            "agents": agents.astype(np.int32),
        }


def _no_moves() -> Heard:
    return Heard(
        np.empty(0),
        np.empty(0, np.int64),
        np.empty((0, holdings.COLUMNS), np.int64),
        np.empty((0, 0)),
    )
