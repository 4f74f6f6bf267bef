"""What a node keeps of each open slot until it is done with it, in bounded memory.

- A node listens to slots at most `WINDOW` away from the newest it has reached itself, by a
  candidate of its own or a decision. Nothing said of others is kept, so liars crowd out nobody.
- The first message about a slot opens it; `close` closes it for good, and nothing re-opens it.
- A slot that is still open `WINDOW` slots later is given up.

Candidates come with the clock of the application, so a node that was down or cut off listens again
as soon as it has the next candidate.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

WINDOW: Final = 64
"""How many slots behind and ahead of the newest one are listened to."""

State = TypeVar("State")


class Slots(Generic[State]):
    """The slots of one node; `make` builds the state of a new one.

    >>> slots = Slots(list)
    >>> slots.hear(1), slots.hear(WINDOW), slots.hear(WINDOW + 1)
    ([], [], None)
    >>> slots.close(1)
    >>> slots.hear(1), len(slots)
    (None, 1)
    """

    def __init__(self, make: Callable[[], State]) -> None:
        self._make = make
        self._newest = 0
        self._open: dict[int, State] = {}
        self._closed: set[int] = set()

    def __len__(self) -> int:
        return len(self._open)

    def items(self) -> list[tuple[int, State]]:
        """All open slots, in order."""
        return sorted(self._open.items(), key=lambda item: item[0])

    def get(self, slot: int) -> State | None:
        """The state of a slot if it is open already."""
        return self._open.get(slot)

    def hear(self, slot: int) -> State | None:
        """The state of a slot about which something is said; None if nobody listens."""
        state = self._open.get(slot)
        if state is None and slot <= self._newest + WINDOW and not self.is_closed(slot):
            state = self._open[slot] = self._make()
        return state

    def is_closed(self, slot: int) -> bool:
        """Whether the node is done with a slot, or has given it up."""
        return slot <= max(0, self._newest - WINDOW) or slot in self._closed

    def reach(self, slot: int) -> None:
        """The node itself is in this slot, if it has not been further already."""
        if slot <= self._newest:
            return
        self._newest = slot
        floor = slot - WINDOW
        for old in [slot for slot in self._open if slot <= floor]:
            del self._open[old]
        self._closed = {slot for slot in self._closed if slot > floor}

    def close(self, slot: int) -> None:
        """The node is done with a slot, which may be one of which it had not heard."""
        self.reach(slot)
        self._open.pop(slot, None)
        if not self.is_closed(slot):
            self._closed.add(slot)
