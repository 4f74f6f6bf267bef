"""Who sent what to whom and when it arrived, in columns: the tables of `Sent` and `Delivered`.

A sending is four numbers, whether to one receiver or many; arrivals are two each, or two together
if they are all at one instant. So keeping the journal on costs little. The tables that come out are
as if each message had written its own rows: sent in the order of sending and, within a broadcast,
of its receivers; delivered in the order of instants and, at one instant, of sending.
"""

from array import array
from collections.abc import Callable, Iterable

import numpy as np

from sim.engine.flight import Flight, Group
from sim.engine.journal import Table

InFlight = Callable[[], list[Flight]]
"""The flights that have not arrived everywhere, in any order."""
Wanted = Callable[[int, str, tuple[str, ...]], bool]
"""Whether a sending is kept: (sent_ns, sender, receivers)."""

NOT_KEPT = -1
"""The row of a sending that is not."""
NEVER = -1
"""`arrived_ns` of a message that did not get there."""


class FlightLog:
    """Names and kinds go by numbers, in the order in which they were first seen."""

    def __init__(self, in_flight: InFlight, wanted: Wanted | None = None) -> None:
        self._in_flight, self._wanted = in_flight, wanted
        self._names: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        self._groups: list[np.ndarray] = []
        self._sent = array("q")  # of each sending: sent_ns, sender, kind, group
        self._together = array("q")  # of each that arrived everywhere at once: row in _sent, at_ns
        self._arrivals = _Arrivals()  # of all others

    def number_group(self, names: Iterable[str]) -> int:
        """The number of a group of receivers that has not been met before."""
        self._groups.append(np.array([self._number(name) for name in names], np.int32))
        return len(self._groups) - 1

    def number_kind(self, kind: str) -> int:
        """The number of a kind of messages."""
        return self._kinds.setdefault(kind, len(self._kinds))

    def sent(self, sent_ns: int, sender: str, kind: int, group: Group) -> int:
        """A message leaves for everybody in a group; answers the number of its row."""
        if self._wanted is not None and not self._wanted(sent_ns, sender, group.names):
            return NOT_KEPT
        names = self._names
        number = names[sender] if sender in names else self._number(sender)
        self._sent.extend((sent_ns, number, kind, group.number))
        return len(self._sent) // 4 - 1

    def ended(self, flight: Flight) -> None:
        """A flight has been everywhere."""
        if flight.row == NOT_KEPT:
            return
        if flight.order is flight.group.places and not flight.missed:
            self._together.extend((flight.row, flight.times_ns[0]))
        else:
            self._arrivals.add(flight)

    def sent_table(self) -> Table:
        """The columns of `Sent`."""
        sent_ns, sender, kind, group = self._sendings()
        sizes, receivers = self._everybody(group)
        return {
            "at_ns": np.repeat(sent_ns, sizes),
            "sender": _texts(self._names, np.repeat(sender, sizes)),
            "receiver": _texts(self._names, receivers),
            "kind": _texts(self._kinds, np.repeat(kind, sizes)),
        }

    def delivered_table(self) -> Table:
        """The columns of `Delivered`, with what the flights under way have reached so far."""
        row, place, at_ns = self._every_arrival()
        order = np.lexsort((row, at_ns))  # stable: within a flight as it arrived
        row, place, at_ns = row[order], place[order], at_ns[order]
        sent_ns, sender, kind, _ = self._sendings()
        return {
            "at_ns": at_ns,
            "sender": _texts(self._names, sender[row]),
            "receiver": _texts(self._names, self._at_places(row, place)),
            "kind": _texts(self._kinds, kind[row]),
            "sent_ns": sent_ns[row],
        }

    def messages_table(self) -> Table:
        """sent_ns, arrived_ns, sender, receiver, kind: a row a message, in the order of sending.

        Who is sent a broadcast gets a row each. `arrived_ns` of one that is still on its way is
        when it is due, and NEVER of one that was lost or found its receiver down.
        """
        sent_ns, sender, kind, group = self._sendings()
        sizes, receivers = self._everybody(group)
        arrived_ns = np.full(len(receivers), NEVER, np.int64)
        row, place, at_ns = self._every_arrival(due=True)
        arrived_ns[(np.cumsum(sizes) - sizes)[row] + place] = at_ns
        return {
            "sent_ns": np.repeat(sent_ns, sizes),
            "arrived_ns": arrived_ns,
            "sender": _texts(self._names, np.repeat(sender, sizes)),
            "receiver": _texts(self._names, receivers),
            "kind": _texts(self._kinds, np.repeat(kind, sizes)),
        }

    def _number(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))

    def _sendings(self) -> np.ndarray:
        return np.array(self._sent, np.int64).reshape(-1, 4).T

    def _everybody(self, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many are in each of these groups, and who, one group after the other."""
        sizes = np.array([len(group) for group in self._groups], np.int64)[groups]
        nobody = np.empty(0, np.int32)
        return sizes, np.concatenate([nobody, *(self._groups[one] for one in groups.tolist())])

    def _every_arrival(self, *, due: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row of the sending, place in its group and instant; with those that are `due`."""
        under_way = _Arrivals()
        for flight in self._in_flight():
            if flight.row != NOT_KEPT:
                under_way.add(flight, due=due)
        parts = (self._arrivals_together(), self._arrivals.columns(), under_way.columns())
        row, place, at_ns = (np.concatenate(column) for column in zip(*parts, strict=True))
        return row, place, at_ns

    def _arrivals_together(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        row, at_ns = np.array(self._together, np.int64).reshape(-1, 2).T
        sizes, receivers = self._everybody(self._sendings()[3, row])
        place = np.arange(len(receivers)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.repeat(row, sizes), place, np.repeat(at_ns, sizes)

    def _at_places(self, row: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Who is at these places of the groups of these sendings."""
        _, everybody = self._everybody(np.arange(len(self._groups)))
        starts = np.cumsum([0, *map(len, self._groups)])
        return np.asarray(everybody[starts[self._sendings()[3, row]] + place])


class _Arrivals:
    """Arrivals at different instants: of each, the receiver's place in its group, and when."""

    def __init__(self) -> None:
        self._counts = array("q")  # of each flight: row, how many arrivals
        self._places, self._at_ns = array("i"), array("q")

    def add(self, flight: Flight, *, due: bool = False) -> None:
        """All arrivals so far, or those that are still due, too."""
        count = len(flight.times_ns) if due else flight.arrivals
        places = array("i", flight.order[:count])
        at_ns = array("q", flight.times_ns[:count])
        for missed in reversed(flight.missed):
            del places[missed], at_ns[missed]
        self._counts.extend((flight.row, len(places)))
        self._places.extend(places)
        self._at_ns.extend(at_ns)

    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row of the flight, place, at_ns."""
        row, counts = np.array(self._counts, np.int64).reshape(-1, 2).T
        return np.repeat(row, counts), np.array(self._places), np.array(self._at_ns, np.int64)


def _texts(numbers: dict[str, int], column: np.ndarray) -> np.ndarray:
    return np.take(np.array(list(numbers) or [""]), column)
