"""Who sent what to whom and when it arrived, in columns: the tables of `Sent` and `Delivered`.

A broadcast is four numbers for its sender and three for each arrival, so keeping the journal on
costs little. The tables that come out are as if each message had written its own rows: sent in the
order of sending and, within a broadcast, of its receivers; delivered in the order of instants and,
at one instant, of sending.
"""

from array import array
from collections.abc import Callable, Iterable

import numpy as np

from sim.engine.flight import Flight, Group
from sim.engine.journal import Table

InFlight = Callable[[], list[Flight]]
"""The flights that have not arrived everywhere, in any order."""


class FlightLog:
    """Names, kinds and groups go by numbers, in the order in which they were first seen."""

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._names: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        self._groups: list[array[int]] = []
        self._sends = array("q")  # of each flight: sent_ns, sender, kind, group
        self._rows, self._receivers, self._at_ns = array("i"), array("i"), array("q")

    def number_group(self, names: Iterable[str]) -> tuple[int, "array[int]"]:
        """Numbers of a group of receivers and of each of them."""
        numbers = array("i", map(self._number, names))
        self._groups.append(numbers)
        return len(self._groups) - 1, numbers

    def sent(self, sent_ns: int, sender: str, kind: str, group: Group) -> int:
        """A message left for everybody in a group; answers the number of its row."""
        number = self._kinds.setdefault(kind, len(self._kinds))
        self._sends.extend((sent_ns, self._number(sender), number, group.number))
        return len(self._sends) // 4 - 1

    def arrived(self, flight: Flight) -> None:
        """A flight has ended."""
        rows, receivers, at_ns = _arrivals(flight)
        self._rows.extend(rows)
        self._receivers.extend(receivers)
        self._at_ns.extend(at_ns)

    def sent_table(self) -> Table:
        """The columns of `Sent`."""
        sent_ns, sender, kind, group = self._sends_columns()
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
        parts = [(self._rows, self._receivers, self._at_ns), *map(_arrivals, self._in_flight())]
        row, receiver, at_ns = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((row, at_ns))  # stable: within a flight as it arrived
        sent_ns, sender, kind, _ = self._sends_columns()
        row = row[order]
        return {
            "at_ns": at_ns[order],
            "sender": _texts(self._names, sender[row]),
            "receiver": _texts(self._names, receiver[order]),
            "kind": _texts(self._kinds, kind[row]),
            "sent_ns": sent_ns[row],
        }

    def _number(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))

    def _sends_columns(self) -> np.ndarray:
        return np.array(self._sends, np.int64).reshape(-1, 4).T


_NOBODY = np.empty(0, np.int32)


def _arrivals(flight: Flight) -> tuple["array[int]", "array[int]", "array[int]"]:
    """Row, receivers and instants of what a flight has delivered so far."""
    count, order, numbers = flight.arrivals, flight.order, flight.group.numbers
    if order is None:
        receivers = numbers[:count]
    else:
        receivers = array("i", map(numbers.__getitem__, order[:count]))
    at_ns = array("q", flight.times_ns[:count])
    for place in reversed(flight.missed):
        del receivers[place], at_ns[place]
    return array("i", [flight.row]) * len(at_ns), receivers, at_ns


def _texts(numbers: dict[str, int], column: np.ndarray) -> np.ndarray:
    return np.take(np.array(list(numbers) or [""]), column)
