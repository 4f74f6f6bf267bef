"""What the root makes of the updates it holds, against the truth that nobody sees.

At every sample: the mean over who was heard lately, which silence biases, and the mean over what is
held of all whom the silence rule covers. The truth is the mean of the newest values of all agents
that act. Arrivals are on the root's clock. Ages count from the birth of what the root can vouch
for: the newest update, and where silence is a promise and nothing is missing, the newest sign of
life. Who is not in the book, as at the start or after the root has lost it, counts as born at 0.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.kernel import Kernel, Order, Script
from sim.engine.routing.field import Field
from sim.engine.routing.routers import Routers
from sim.protocol.routing.estimators import is_known, mean_of_heard, mean_with_silence
from sim.protocol.routing.sink import NEVER, Book
from sim.scenario.blocks.routing.plan import RoutingPlan

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Beliefs:
    """The root's view of one run, sampled."""

    def __init__(
        self,
        plan: RoutingPlan,
        field: Field,
        root: Callable[[], tuple[Book, int]],
        routers: Routers,
    ) -> None:
        self._plan, self._field = plan, field
        self._root, self._routers = root, routers
        self._rows: list[dict[str, Any]] = []

    def sampling(self, kernel: Kernel, every_ns: int, duration_ns: int) -> Iterator[Script]:
        """One script."""
        yield self._sampling(kernel, every_ns, duration_ns)

    def rows(self) -> list[dict[str, Any]]:
        """Of the table `beliefs`."""
        return self._rows

    def _sampling(self, kernel: Kernel, every_ns: int, duration_ns: int) -> Script:
        for number in range(1, duration_ns // every_ns + 1):
            yield kernel.instant(number * every_ns, order=Order.SAMPLE)
            self._rows.append(self._sample(kernel.now_ns))

    def _sample(self, now_ns: int) -> dict[str, Any]:
        book, local_ns = self._root()
        self._field.deaths.look(book.alive_ns, local_ns, now_ns)
        up = self._field.up
        truth = self._field.looks.values(now_ns)[up].mean(axis=0) if up.any() else np.nan
        known = self._known(book, local_ns)
        lately = mean_of_heard(book.values, book.updated_ns, local_ns, self._plan.window_ns)
        held = mean_with_silence(book.values, book.silence, known)
        return {
            "time_ns": now_ns,
            "present": int(up.sum()),
            "heard": lately.sources,
            "held": held.sources,
            "error_heard": float(np.abs(lately.mean - truth).max()),
            "error_held": float(np.abs(held.mean - truth).max()),
            "bound": held.bound,
            **self._ages(book, up, now_ns),
            "queued": self._routers.queued(),
            "fullest": self._routers.fullest(),
        }

    def _known(self, book: Book, now_ns: int) -> Bools:
        """Whom the silence rule covers; without heartbeats, all who were ever heard."""
        if self._plan.heartbeat_ns is None:
            return np.asarray(book.updated_ns > NEVER)
        return is_known(book, now_ns, self._plan.heartbeat_ns, self._plan.missed)

    def _ages(self, book: Book, up: Bools, now_ns: int) -> dict[str, Any]:
        critical = self._field.looks.anomalous(now_ns) & up
        complete = (book.versions == book.announced).all(axis=1) & np.isfinite(book.silence)
        born_ns = np.where(complete, np.maximum(book.vouched_ns, book.born_ns), book.born_ns)
        age_ns = now_ns - np.maximum(born_ns, 0)
        return {
            "critical": int(critical.sum()),
            "age_critical_ns": _mean(age_ns[critical]),
            "age_routine_ns": _mean(age_ns[up & ~critical]),
        }


def _mean(values: NDArray[np.int64]) -> float:
    return float(values.mean()) if len(values) else np.nan
