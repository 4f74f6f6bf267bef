"""How far long work is, and how long it will still take, judged by what is finished and only that.

Units of work differ (a cell with ten times the agents takes ten times as long), so each brings its
weight. The time that a finished unit took whoever did it, not the time since the start, is what
counts: with several workers the first units are in hand long before the first one is finished.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """Work of a total weight in so many units, done by so many hands."""

    weight: float
    units: int
    hands: int = 1
    finished: int = 0
    done: float = 0.0
    """Weight that is finished."""
    wall_s: float = 0.0
    """Time that it took, all hands together."""
    partly: float = 0.0
    """Weight of the unit at hand that is done already, where that is known."""

    def finish(self, weight: float, wall_s: float) -> None:
        """A unit is finished."""
        self.finished += 1
        self.done += weight
        self.wall_s += wall_s
        self.partly = 0.0

    def drop(self, weight: float, units: int) -> None:
        """Units will not be done after all."""
        self.weight -= weight
        self.units -= units
        self.partly = 0.0

    @property
    def share(self) -> float:
        """How much of the work is done, from 0 to 1."""
        return min((self.done + self.partly) / self.weight, 1.0) if self.weight > 0 else 1.0

    @property
    def left_s(self) -> float | None:
        """The time until all is done; None until anything is known of it."""
        if not self.done:
            return None
        hands = max(min(self.hands, self.units - self.finished), 1)
        left = max(self.weight - self.done - self.partly, 0.0)
        return left * self.wall_s / self.done / hands
