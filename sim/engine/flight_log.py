"""Who sent what to whom and when it arrived, in columns: the tables of `Sent` and `Delivered`.

A broadcast is four numbers for its sender and three for each arrival, so keeping the journal on
costs little. The tables that come out are as if each message had written its own rows: sent in the
order of sending and, within a broadcast, of its receivers; delivered in the order of instants and,
at one instant, of sending.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain, islice
from typing import Final

import numpy as np

from sim.engine.flight import Flight, Group
from sim.engine.journal import Table

InFlight = Callable[[], list[Flight]]
"""The flights that have not arrived everywhere, in any order."""
_Arrivals = tuple[np.ndarray, np.ndarray, np.ndarray]  # row of the sending, receiver, at_ns

_CHUNK: Final = 1 << 8  # flights: few enough to find them in the cache
_NOBODY: Final = np.empty(0, np.int32)


class FlightLog:
    """Names and kinds go by numbers, in the order in which they were first seen."""

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._names: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        self._groups: list[np.ndarray] = []
        self._sent = array("q")  # of each sending: sent_ns, sender, kind, group
        self._at_once = array(
            "q"
        )  # of each flight that reached its group at one instant: row, at_ns
        self._ended: list[Flight] = []  # all others
        self._arrivals: list[_Arrivals] = []

    def number_group(self, names: Iterable[str]) -> int:
        """The number of a group of receivers that has not been met before."""
        self._groups.append(np.array([self._number(name) for name in names], np.int32))
        return len(self._groups) - 1

    def sent(self, sent_ns: int, sender: str, kind: str, group: Group) -> int:
        """A message leaves for everybody in a group; answers the number of its row."""
        number = self._kinds.setdefault(kind, len(self._kinds))
        self._sent.extend((sent_ns, self._number(sender), number, group.number))
        return len(self._sent) // 4 - 1

    def ended(self, flight: Flight) -> None:
        """A flight has been everywhere."""
        if flight.order is flight.group.places and not flight.missed:
            self._at_once.extend((flight.row, flight.times_ns[0]))
        else:
            self._ended.append(flight)
            if len(self._ended) == _CHUNK:
                self._pack()

    def sent_table(self) -> Table:
        """The columns of `Sent`."""
        sent_ns, sender, kind, group = self._sent_columns()
        sizes = np.array([len(numbers) for numbers in self._groups], np.int64)[group]
        receivers = np.concatenate([_NOBODY, *(self._groups[one] for one in group.tolist())])
        return {
            "at_ns": np.repeat(sent_ns, sizes),
            "sender": _texts(self._names, np.repeat(sender, sizes)),
            "receiver": _texts(self._names, receivers),
            "kind": _texts(self._kinds, np.repeat(kind, sizes)),
        }

    def delivered_table(self) -> Table:
        """The columns of `Delivered`, with what the flights under way have reached so far."""
        self._pack()
        parts = [*self._arrivals, self._whole_groups(), _columns(self._in_flight(), self._groups)]
        row, receiver, at_ns = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((row, at_ns))  # stable: within a flight as it arrived
        row, receiver, at_ns = row[order], receiver[order], at_ns[order]
        sent_ns, sender, kind, _ = self._sent_columns()
        return {
            "at_ns": at_ns,
            "sender": _texts(self._names, sender[row]),
            "receiver": _texts(self._names, receiver),
            "kind": _texts(self._kinds, kind[row]),
            "sent_ns": sent_ns[row],
        }

    def _number(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))

    def _sent_columns(self) -> np.ndarray:
        return np.array(self._sent, np.int64).reshape(-1, 4).T

    def _pack(self) -> None:
        self._arrivals.append(_columns(self._ended, self._groups))
        self._ended = []

    def _whole_groups(self) -> _Arrivals:
        row, at_ns = np.array(self._at_once, np.int64).reshape(-1, 2).T
        groups = self._sent_columns()[3, row]
        sizes = np.array([len(numbers) for numbers in self._groups], np.int64)[groups]
        receivers = np.concatenate([_NOBODY, *(self._groups[one] for one in groups.tolist())])
        return np.repeat(row, sizes), receivers, np.repeat(at_ns, sizes)


def _columns(flights: list[Flight], groups: list[np.ndarray]) -> _Arrivals:
    """What these flights have delivered so far."""
    counts = [flight.arrivals for flight in flights]
    numbers = np.array([flight.group.number for flight in flights], np.int64)
    starts = np.cumsum([0, *map(len, groups)])[numbers]
    places = _flat([flight.order for flight in flights], counts)
    receivers = np.concatenate([_NOBODY, *groups])[places + np.repeat(starts, counts)]
    rows = np.repeat(np.array([flight.row for flight in flights], np.int64), counts)
    at_ns = _flat([flight.times_ns for flight in flights], counts)
    missed = [
        first + place
        for first, flight in zip(accumulate(counts, initial=0), flights, strict=False)
        for place in flight.missed
    ]
    if missed:
        rows, receivers, at_ns = (np.delete(one, missed) for one in (rows, receivers, at_ns))
    return rows, receivers, at_ns


def _flat(parts: Sequence[Sequence[int]], counts: list[int]) -> np.ndarray:
    """The first so many of each part, one after the other."""
    firsts = map(islice, parts, counts)
    return np.fromiter(chain.from_iterable(firsts), np.int64, sum(counts))


def _texts(numbers: dict[str, int], column: np.ndarray) -> np.ndarray:
    return np.take(np.array(list(numbers) or [""]), column)
