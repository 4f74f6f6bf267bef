"""The timers of one host: it is woken by the kernel for the earliest alone.

Most timers of a protocol are cancelled long before they are due. Kept apart, they do not make the
queue of everybody longer: what is cancelled is forgotten at the latest when more of what is kept
has been than not. They fire in the order (time, class, sequence), numbered as they are set.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any, Final

from sim.engine.kernel import Kernel, Order, Recurring

_FEW: Final = 16


class Timers(Recurring):
    """Calls `fire(name, number)` when a timer is due; it stays set until it is taken."""

    __slots__ = ("_fire", "_kernel", "_numbers", "_waiting", "_wakes")

    def __init__(self, kernel: Kernel, fire: Callable[[str, int], None]) -> None:
        self._kernel, self._fire = kernel, fire
        self._numbers: dict[str, int] = {}  # of those that are set
        self._waiting: list[tuple[int, int, str]] = []  # a heap, also of some that are not
        # What there is on the kernel's queue, the next one last: not later than the first to fire.
        self._wakes: list[tuple[int, int]] = []

    def set(self, name: str, due_ns: int) -> None:
        """Set a timer, in place of one of the same name."""
        number = self._kernel.number()
        self._numbers[name] = number
        heappush(self._waiting, (due_ns, number, name))
        if len(self._waiting) > _FEW + 2 * len(self._numbers):
            self._waiting = [one for one in self._waiting if self._is_set(one)]
            heapify(self._waiting)
        self._wake_for_the_first()

    def cancel(self, name: str) -> None:
        """Forget a timer; no harm if there is none."""
        self._numbers.pop(name, None)

    def clear(self) -> None:
        """Forget all of them."""
        self._numbers.clear()
        self._waiting.clear()

    def take(self, name: str, number: int) -> bool:
        """Whether a timer is still the one that was due; it is not set any more."""
        if self._numbers.get(name) != number:
            return False
        del self._numbers[name]
        return True

    def happen(self, queue: list[Any]) -> None:
        """Fire the timer for which this is the time, if it has not been cancelled."""
        _, _, number, _ = heappop(queue)
        self._wakes.pop()
        self._drop_cancelled()
        is_due = bool(self._waiting) and self._waiting[0][1] == number
        name = heappop(self._waiting)[2] if is_due else ""
        self._drop_cancelled()
        self._wake_for_the_first()
        if is_due:
            self._fire(name, number)

    def _drop_cancelled(self) -> None:
        while self._waiting and not self._is_set(self._waiting[0]):
            heappop(self._waiting)

    def _is_set(self, timer: tuple[int, int, str]) -> bool:
        return self._numbers.get(timer[2]) == timer[1]

    def _wake_for_the_first(self) -> None:
        if not self._waiting:
            return
        due_ns, number, _ = self._waiting[0]
        if not self._wakes or (due_ns, number) < self._wakes[-1]:
            self._wakes.append((due_ns, number))
            self._kernel.add(due_ns, self, order=Order.TIMER, number=number)
