"""Strict priority without preemption, by class (Cobham, "Priority assignment in waiting line
problems", Operations Research 1954).

Each class waits in a discipline of its own: first come, first served, unless `within` makes another
(fair queueing or age among routine updates, for example). Where there is no room the lowest class
loses one, so no flood of routine updates can push out a critical one.
"""

from sim.protocol.routing.contract import Discipline, DisciplineMaker, Setting, Waiting
from sim.protocol.routing.disciplines.fifo import Fifo
from sim.protocol.routing.importance import Importance


class Priority:
    """The lowest number first; `within` makes what a class waits in."""

    def __init__(self, setting: Setting, within: DisciplineMaker = Fifo) -> None:
        self._line = setting.line
        self._classes: list[Discipline] = [within(setting) for _ in Importance]

    def __len__(self) -> int:
        return sum(len(one) for one in self._classes)

    def put(self, entry: Waiting) -> None:
        """Among those of its class."""
        self._classes[entry.importance].put(entry)

    def take(self, now_ns: int) -> Waiting:
        """Of the most important class that waits."""
        chosen = next(one for one in self._classes if len(one))
        entry = chosen.take(now_ns)
        line_ns = self._line(entry.message)
        for other in self._classes:
            if other is not chosen:
                other.give_way(line_ns)
        return entry

    def shed(self, now_ns: int) -> Waiting:
        """Of the least important class that waits."""
        return next(one for one in reversed(self._classes) if len(one)).shed(now_ns)

    def give_way(self, span_ns: int) -> None:
        """No class gets anything meanwhile."""
        for one in self._classes:
            one.give_way(span_ns)
