"""Who does the work: an executor and what there is to know about it, and a pool of processes."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Workers:
    """An executor, how many units it works on at a time, and how to replace it when it breaks."""

    executor: Executor
    hands: int
    ahead: int = 0
    """Units that it may have besides, so that nobody waits for the next one."""
    renewed: Callable[[], Executor] | None = None
    """None: the executor looks after its workers itself, as a cluster does."""
    deaths: tuple[type[BaseException], ...] = ()
    """What such an executor says of work whose workers died again and again."""

    @property
    def room(self) -> int:
        """How many units it takes at a time."""
        return self.hands + self.ahead

    def renew(self) -> None:
        """Go on with a new executor; the broken one has let go of everything by itself."""
        if self.renewed is not None:
            self.executor.shutdown()
            self.executor = self.renewed()


@contextmanager
def processes(workers: int) -> Iterator[Workers | None]:
    """A pool of fresh processes, or None for one worker: this process.

    Spawned and not forked, so that a worker inherits no state and no locks. Work that has not begun
    is dropped when the block is left by an error. From a script, call this only under
    ``if __name__ == "__main__":``, for each worker begins by importing the script.
    """
    if workers <= 1:
        yield None
        return
    pool = Workers(_pool(workers), workers, renewed=lambda: _pool(workers))
    try:
        yield pool
    finally:
        pool.executor.shutdown(cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=spawn, initializer=_end_silently_on_interrupt)


def _end_silently_on_interrupt() -> None:
    """Ctrl-C reaches every process of a terminal; only the first has something to say about it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
