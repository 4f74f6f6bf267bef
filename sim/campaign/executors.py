"""Work spread over workers; whoever does it and whoever dies, the results are the same.

Workers are reached through the `concurrent.futures.Executor` interface: a pool of processes here, a
dask cluster elsewhere, or none at all (this process). There is no scheduler here, only three rules:

- work is handed out as there is room, so that what comes after a mistake need not be begun;
- when a pool breaks, whatever it had in hand is suspect and is tried again **alone**, so that work
  that kills its worker is told from work that stood beside it;
- work whose worker dies twice while it is alone is given up (WorkerError); all else goes on.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import AbstractContextManager
from typing import Final, Generic, TypeVar

from sim.campaign.workers import Workers, processes
from sim.errors import WorkerError

Unit = TypeVar("Unit")
Result = TypeVar("Result")

DIED: Final = (
    "a worker ended before its work was done, more than once: it was killed, or there was not "
    "enough memory"
)


def spread(
    work: Callable[[Unit], Result], units: Iterable[Unit], workers: Workers | None = None
) -> Iterator[tuple[Unit, Future[Result]]]:
    """Each unit with its finished future, as they are finished; one future's error ends nothing.

    A unit is taken from `units` when there is room for it. With workers, `work`, units and results
    must be picklable; without, units are done here, one after the other. The future of a unit whose
    workers die holds a WorkerError.
    """
    if workers is None:
        return ((unit, _here(work, unit)) for unit in units)
    return iter(_Spread(work, iter(units), workers))


def replicate(
    work: Callable[[int], Result], replications: int, workers: Workers | None = None
) -> Iterator[Result]:
    """``work(0), work(1) ...``, in this order, whoever finishes first.

    The first error in this order ends everything and is raised here; so is WorkerError.
    """
    finished: dict[int, Future[Result]] = {}
    turn = 0
    for number, future in spread(work, range(replications), workers):
        finished[number] = future
        while turn in finished:
            yield finished.pop(turn).result()
            turn += 1


def crew(workers: int, cluster: str | None) -> AbstractContextManager[Workers | None]:
    """The workers of a cluster if there is an address, else so many processes."""
    if cluster is None:
        return processes(workers)
    from sim.campaign.cluster import workers_of

    return workers_of(cluster)


class _Spread(Generic[Unit, Result]):
    """The units that are waiting, in hand and suspect."""

    def __init__(
        self, work: Callable[[Unit], Result], units: Iterator[Unit], workers: Workers
    ) -> None:
        self.work = work
        self.units = units
        self.workers = workers
        self.in_hand: dict[Future[Result], Unit] = {}
        self.suspects: deque[Unit] = deque()
        self.warned = False
        """Whether a worker of the suspect that is next has died already while it was alone."""

    def __iter__(self) -> Iterator[tuple[Unit, Future[Result]]]:
        while True:
            alone = self._hand_out()
            if not self.in_hand:
                return
            wait(self.in_hand, return_when=FIRST_COMPLETED)
            if any(_is_broken(future) for future in self.in_hand if future.done()):
                wait(self.in_hand)  # a broken pool gives up all that it had
                self.workers.renew()
            for future in [future for future in self.in_hand if future.done()]:
                unit = self.in_hand.pop(future)
                if _is_broken(future) and not (alone and self.warned):
                    self._put_back(unit, alone)
                else:
                    self.warned = False
                    yield unit, self._in_our_words(future)

    def _put_back(self, unit: Unit, alone: bool) -> None:
        self.warned = alone
        if alone:
            self.suspects.appendleft(unit)
        else:
            self.suspects.append(unit)

    def _hand_out(self) -> bool:
        """Fill the room there is; a suspect has it all. Tells whether one is in hand, alone."""
        while len(self.in_hand) < self.workers.room and not self.suspects:
            try:
                self._submit(next(self.units))
            except StopIteration:
                break
        if self.suspects and not self.in_hand:
            self._submit(self.suspects.popleft())
            return True
        return False

    def _submit(self, unit: Unit) -> None:
        try:
            future = self.workers.executor.submit(self.work, unit)
        except BrokenExecutor as error:  # a worker was killed while it had nothing to do
            future = _failed(error)
        self.in_hand[future] = unit

    def _in_our_words(self, future: Future[Result]) -> Future[Result]:
        if future.cancelled():
            raise WorkerError("the workers have gone away: the connection to them is lost")
        gave_up: tuple[type[BaseException], ...] = (BrokenExecutor, *self.workers.deaths)
        return _failed(WorkerError(DIED)) if isinstance(future.exception(), gave_up) else future


def _is_broken(future: Future[Result]) -> bool:
    return not future.cancelled() and isinstance(future.exception(), BrokenExecutor)


def _here(work: Callable[[Unit], Result], unit: Unit) -> Future[Result]:
    """The unit done in this process; an interrupt is nobody's result and passes."""
    future: Future[Result] = Future()
    try:
        future.set_result(work(unit))
    except Exception as error:
        future.set_exception(error)
    return future


def _failed(error: Exception) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_exception(error)
    return future
