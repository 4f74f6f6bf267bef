"""The source goes next of which nothing has been passed on for the longest, by weight.

The index (w p / 2) h (h + 2 / p - 1) is the Whittle index of Kadota, Sinha, Uysal-Biyikoglu, Singh
and Modiano, "Scheduling policies for minimizing age of information in broadcast wireless networks"
(IEEE/ACM Trans. Networking 26(6), 2018): h is the age in slots, p how likely a message gets
through, w what the age of the class costs. Its sources have something new in every slot, ours do
not; and the age is since a message of the source was last passed on from here, not what births say,
for a router does not believe a source that calls itself old. What a liar adds takes turns with what
it sent before.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from sim.protocol.routing.contract import Setting, Waiting

WEIGHTS: Final = (16.0, 4.0, 1.0)
"""What a slot of age costs in each class, the most important first."""
SLOT_NS: Final = 1_000_000

_Line = tuple[str, int]


def age_index(age: float, weight: float, delivered: float = 1.0) -> float:
    """The index of an age in slots; `delivered` is p.

    >>> age_index(3.0, weight=2.0)
    12.0
    """
    return weight * delivered / 2 * age * (age + 2 / delivered - 1)


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
        self._passed_ns: dict[str, int] = {}
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def put(self, entry: Waiting) -> None:
        """Behind those of its source and class."""
        self._lines.setdefault((entry.message.source, entry.importance), deque()).append(entry)
        self._waiting += 1

    def take(self, now_ns: int) -> Waiting:
        """Of the largest index; of two that are equal the one that came first."""
        line = max(self._lines, key=lambda line: self._standing(line, now_ns))
        entry = self._lines[line].popleft()
        self._passed_ns[entry.message.source] = now_ns
        return self._left(line, entry)

    def shed(self, now_ns: int) -> Waiting:
        """The oldest of the longest line; if all are as long, of the smallest index."""
        line = min(
            self._lines,
            key=lambda line: (-len(self._lines[line]), self._standing(line, now_ns)),
        )
        return self._left(line, self._lines[line].popleft())

    def give_way(self, span_ns: int) -> None:
        """Ages grow on."""

    def _standing(self, line: _Line, now_ns: int) -> tuple[float, int]:
        source, importance = line
        age = max(0, now_ns - self._passed_ns.get(source, 0)) / self._slot_ns
        index = age_index(age, self._weights[importance], self._delivered)
        return index, -self._lines[line][0].number

    def _left(self, line: _Line, entry: Waiting) -> Waiting:
        self._waiting -= 1
        if not self._lines[line]:
            del self._lines[line]
        return entry
