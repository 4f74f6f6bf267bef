"""Many replications, in this process or in several; the numbers are the same.

Work is spread through the `concurrent.futures.Executor` interface, so a cluster's executor (such as
dask's ``Client.get_executor()``) fits as well as a pool of processes. There is no scheduler here.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Result = TypeVar("Result")


def replicate(
    work: Callable[[int], Result], replications: int, executor: Executor | None = None
) -> Iterator[Result]:
    """``work(0), work(1) ...``, in this order, whoever finishes first.

    With an executor `work` and its results must be picklable; the first error ends everything and
    is raised here.
    """
    if executor is None:
        yield from map(work, range(replications))
    else:
        yield from executor.map(work, range(replications))


@contextmanager
def processes(workers: int) -> Iterator[Executor | None]:
    """A pool of fresh processes, or None for one worker: this process.

    Spawned and not forked, so that a worker inherits no state and no locks. Work that has not begun
    is dropped when the block is left by an error.
    """
    if workers <= 1:
        yield None
        return
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
