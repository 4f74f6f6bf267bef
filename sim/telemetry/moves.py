"""Moves: when the newest version that a parent knows of a child changes, and to what.

A report moves the view if it arrives before every later one; a report that comes after a newer one,
or at the same instant, brings nothing new. Moves are handed out in rounds, in which every child
stands at most once; the rounds of a child are in the order of time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, BoolArray, FloatArray
from sim.telemetry.passage import Passage

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Heard:
    """Moves of one round: `known_ns` and `child` have shape (moves,), `state` (moves, columns)."""

    known_ns: FloatArray
    child: IntArray
    state: IntArray
    vector: FloatArray
    """What the reports carried beside their sums; (moves, features), or (moves, 0)."""


def rounds(through: Passage) -> Iterator[Heard]:
    """All moves of one run in one step: by reports of earlier steps first, then tick by tick."""
    yield from _old_rounds(through)
    known_ns, until_ns = through.known_ns, through.due.until_ns
    for tick in range(len(known_ns)):
        moved = known_ns[tick] < until_ns
        if tick + 1 < len(known_ns):
            moved &= known_ns[tick] < known_ns[tick + 1]
        yield _new_round(through, tick, np.flatnonzero(moved))


def _new_round(through: Passage, tick: int, child: NDArray[np.intp]) -> Heard:
    reports = through.reports
    return Heard(
        through.known_ns[tick, child],
        child + through.run.first_child,
        reports.states[tick, child],
        np.empty((len(child), 0)) if reports.vectors is None else reports.vectors[tick, child],
    )


def _old_rounds(through: Passage) -> Iterator[Heard]:
    """By reports of earlier steps; after the last of a child comes its first of this step."""
    flight = through.flight
    rows = np.flatnonzero(flight.leading)
    known_ns = through.flight_known_ns[rows]
    rows = rows[_old_moves(through, flight.child[rows], known_ns)]
    turn = _turns(flight.child[rows])
    for number in range(int(turn.max(initial=-1)) + 1):
        some = rows[turn == number]
        yield Heard(
            through.flight_known_ns[some],
            flight.child[some],
            flight.state[some],
            flight.vector[some],
        )


def _old_moves(through: Passage, child: IntArray, known_ns: FloatArray) -> BoolArray:
    first_ns = (
        through.known_ns[0] if len(through.known_ns) else np.full(through.run.last_child, NEVER)
    )
    after_ns = first_ns[child - through.run.first_child]
    same = child[1:] == child[:-1]
    after_ns[:-1] = np.where(same, known_ns[1:], after_ns[:-1])
    return np.asarray((known_ns < through.due.until_ns) & (known_ns < after_ns))


def _turns(child: IntArray) -> IntArray:
    """How many earlier rows the same child has; children stand together."""
    place = np.arange(len(child))
    begins = np.append(True, child[1:] != child[:-1])[: len(child)]
    return place - np.maximum.accumulate(np.where(begins, place, 0))
