"""What becomes of updates, counted second by second: a long run stays small.

A row is of the second in which something happened, by true time, whatever clocks of nodes say.
Waits and ages are means over that row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sim.protocol.routing.importance import Importance
from sim.units import NS_PER_S

HEARTBEAT: Final = "heartbeat"
FLOOD: Final = "flood"
"""What liars claim to be critical."""
RANKS: Final = (*(rank.name.lower() for rank in Importance), HEARTBEAT, FLOOD)


@dataclass(slots=True)
class _Cell:
    """Of one rank in one second; sums in ns, which are exact."""

    sent: int = 0
    arrived: int = 0
    dropped: int = 0
    wait_ns: int = 0
    age_ns: int = 0


@dataclass(slots=True)
class _LineCell:
    """Of the lines of one tier, a class as it is served, in one second."""

    passed: int = 0
    wait_ns: int = 0
    line_ns: int = 0


class Meter:
    """The counts of one run; `clock` has the true time."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self._cells: dict[tuple[int, int], _Cell] = {}
        self._lines: dict[tuple[int, int, int], _LineCell] = {}

    def sent(self, rank: str) -> None:
        """A source has sent one."""
        self._cell(rank).sent += 1

    def dropped(self, rank: str) -> None:
        """One is lost, wherever that was."""
        self._cell(rank).dropped += 1

    def arrived(self, rank: str, wait_ns: int, age_ns: int) -> None:
        """One is at the root, after so long in queues and so long after its birth."""
        cell = self._cell(rank)
        cell.arrived += 1
        cell.wait_ns += wait_ns
        cell.age_ns += age_ns

    def passed(self, tier: int, served: Importance, wait_ns: int, line_ns: int) -> None:
        """A router puts one on its line."""
        key = (self.clock() // NS_PER_S, tier, int(served))
        cell = self._lines.get(key) or self._lines.setdefault(key, _LineCell())
        cell.passed += 1
        cell.wait_ns += wait_ns
        cell.line_ns += line_ns

    def update_rows(self) -> Iterator[dict[str, Any]]:
        """Of the table `updates`, in the order of time and rank."""
        for (second, rank), cell in sorted(self._cells.items()):
            arrived = max(cell.arrived, 1)
            yield {
                "time_ns": second * NS_PER_S,
                "rank": RANKS[rank],
                "sent": cell.sent,
                "arrived": cell.arrived,
                "dropped": cell.dropped,
                "wait_ns": cell.wait_ns / arrived,
                "age_ns": cell.age_ns / arrived,
            }

    def line_rows(self) -> Iterator[dict[str, Any]]:
        """Of the table `router_lines`, in the order of time, tier and class."""
        for (second, tier, served), cell in sorted(self._lines.items()):
            yield {
                "time_ns": second * NS_PER_S,
                "tier": tier,
                "rank": RANKS[served],
                "passed": cell.passed,
                "wait_ns": cell.wait_ns / cell.passed,
                "line_ns": cell.line_ns,
            }

    def _cell(self, rank: str) -> _Cell:
        key = (self.clock() // NS_PER_S, RANKS.index(rank))
        return self._cells.get(key) or self._cells.setdefault(key, _Cell())
