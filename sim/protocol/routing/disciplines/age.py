"""The source goes next of which nothing has been passed on for the longest, by weight.

The index (w p / 2) h (h + 2 / p - 1) is the Whittle index of Kadota, Sinha, Uysal-Biyikoglu, Singh
and Modiano, "Scheduling policies for minimizing age of information in broadcast wireless networks"
(IEEE/ACM Trans. Networking 26(6), 2018): h is the age in slots, p how likely a message gets
through, w what the age of the class costs. Its sources have something new in every slot, ours do
not; and the age is since a message of the source was last passed on from here, not what births say,
for a router does not believe a source that calls itself old. What a liar adds takes turns with what
it sent before.

Within a class the index grows with age, so the source passed on longest ago is first, and only the
firsts of the classes are compared.
"""

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush, heapreplace
from typing import Final

from sim.protocol.routing.contract import Setting, Waiting

WEIGHTS: Final = (16.0, 4.0, 1.0)
"""What a slot of age costs in each class, the most important first."""
SLOT_NS: Final = 1_000_000

_Line = tuple[str, int]
"""Source and class."""
_Place = tuple[int, int, _Line]
"""When its source was last passed on, and the number of its first message."""


def age_index(age: float, weight: float, delivered: float = 1.0) -> float:
    """The index of an age in slots; `delivered` is p.

    >>> age_index(3.0, weight=2.0)
    12.0
    """
    return weight * delivered / 2 * age * (age + 2 / delivered - 1)


class _Lengths:
    """Which lines have which length, so that the longest is found without asking all of them."""

    def __init__(self) -> None:
        self._lines: dict[tuple[int, int], dict[_Line, None]] = {}

    def change(self, line: _Line, before: int, after: int) -> None:
        """A line has another length; 0 means that there is none."""
        if before:
            peers = self._lines[before, line[1]]
            del peers[line]
            if not peers:
                del self._lines[before, line[1]]
        if after:
            self._lines.setdefault((after, line[1]), {})[line] = None

    def longest(self) -> _Line:
        """Of equally long ones of the least important class, and of these the last to be so."""
        return next(reversed(self._lines[max(self._lines)]))


class Age:
    """Updates of one source and class keep their order; with a router that replaces there is one.

    Raises ValueError for weights, slots or a chance of delivery of 0 or less.
    """

    def __init__(
        self,
        setting: Setting,
        weights: Sequence[float] = WEIGHTS,
        delivered: float = 1.0,
        slot_ns: int = SLOT_NS,
    ) -> None:
        if not (min(*weights, slot_ns) > 0 and 0 < delivered <= 1):
            raise ValueError("weights, slots and the chance of delivery must be above 0")
        self._weights, self._delivered, self._slot_ns = weights, delivered, slot_ns
        self._lines: dict[_Line, deque[Waiting]] = {}
        self._lengths = _Lengths()
        self._passed_ns: dict[str, int] = {}
        self._oldest: list[list[_Place]] = [[] for _ in weights]
        """Of each class a heap, with one place for each line and for some that are empty by now."""
        self._placed: set[_Line] = set()
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def put(self, entry: Waiting) -> None:
        """Behind those of its source and class."""
        line = entry.message.source, int(entry.importance)
        entries = self._lines.setdefault(line, deque())
        entries.append(entry)
        self._lengths.change(line, len(entries) - 1, len(entries))
        self._waiting += 1
        if line not in self._placed:
            self._placed.add(line)
            heappush(self._oldest[line[1]], self._place(line))

    def take(self, now_ns: int) -> Waiting:
        """Of the largest index; of two that are equal the one that came first."""
        firsts = [first for rank in range(len(self._oldest)) if (first := self._first(rank))]
        line = max(firsts, key=lambda place: self._standing(place, now_ns))[2]
        self._passed_ns[line[0]] = now_ns
        return self._out(line)

    def shed(self, now_ns: int) -> Waiting:
        """The oldest of the longest line: what is behind it makes it worthless."""
        return self._out(self._lengths.longest())

    def give_way(self, span_ns: int) -> None:
        """Ages grow on."""

    def _place(self, line: _Line) -> _Place:
        return self._passed_ns.get(line[0], 0), self._lines[line][0].number, line

    def _first(self, rank: int) -> _Place | None:
        """The line of a class whose source was passed on longest ago, if any waits.

        Places only ever get worse, so one that is out of date is found when it comes up.
        """
        heap = self._oldest[rank]
        while heap:
            line = heap[0][2]
            if line not in self._lines:
                heappop(heap)
                self._placed.remove(line)
            elif (place := self._place(line)) != heap[0]:
                heapreplace(heap, place)
            else:
                return place
        return None

    def _standing(self, place: _Place, now_ns: int) -> tuple[float, int]:
        passed_ns, number, (_, rank) = place
        age = max(0, now_ns - passed_ns) / self._slot_ns
        return age_index(age, self._weights[rank], self._delivered), -number

    def _out(self, line: _Line) -> Waiting:
        entries = self._lines[line]
        self._lengths.change(line, len(entries), len(entries) - 1)
        self._waiting -= 1
        if len(entries) == 1:
            del self._lines[line]
        return entries.popleft()
