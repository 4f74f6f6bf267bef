"""Many replications, in this process or in several; the numbers are the same.

Work is spread through the `concurrent.futures.Executor` interface, so a cluster's executor (such as
dask's ``Client.get_executor()``) fits as well as a pool of processes. There is no scheduler here.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from sim.errors import WorkerError

Result = TypeVar("Result")


def replicate(
    work: Callable[[int], Result], replications: int, executor: Executor | None = None
) -> Iterator[Result]:
    """``work(0), work(1) ...``, in this order, whoever finishes first.

    With an executor `work` and its results must be picklable; the first error ends everything and
    is raised here. Raises WorkerError when a worker ends without an answer.
    """
    if executor is None:
        yield from map(work, range(replications))
        return
    try:
        yield from executor.map(work, range(replications))
    except BrokenExecutor as error:
        raise WorkerError(
            "a worker process ended before its work was done: it was killed, or there was not "
            "enough memory for so many at the same time"
        ) from error


@contextmanager
def processes(workers: int) -> Iterator[Executor | None]:
    """A pool of fresh processes, or None for one worker: this process.

    Spawned and not forked, so that a worker inherits no state and no locks. Work that has not begun
    is dropped when the block is left by an error. From a script, call this only under
    ``if __name__ == "__main__":``, for each worker begins by importing the script.
    """
    if workers <= 1:
        yield None
        return
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=_end_silently_on_interrupt)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _end_silently_on_interrupt() -> None:
    """Ctrl-C reaches every process of a terminal; only the first has something to say about it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
