"""The workers of a dask.distributed cluster (extra ``cluster``), as an executor.

Start the workers with one thread each (``dask worker ADDRESS --nworkers 8 --nthreads 1``): a
simulation keeps a core busy and gains nothing from a second thread. Dask itself runs again what
was lost with a worker, elsewhere; after several such losses it gives the work up. It is not asked
to retry anything else: a mistake would only come again.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sim.campaign.provenance import version
from sim.campaign.workers import Workers
from sim.errors import InputError

PATIENCE_S: Final = 5


@contextmanager
def workers_of(address: str) -> Iterator[Workers]:
    """The workers of the cluster whose scheduler is at `address`, such as ``tcp://host:8786``.

    Raises InputError within seconds if dask is not installed, nothing answers there, there is no
    worker, or a worker has another version of the simulator.
    """
    try:
        import distributed
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise InputError("a cluster needs the extra `cluster` (dask.distributed)") from None
    client = _connected(distributed, address)
    try:
        _check_versions(client, address)
        cores = sum(client.ncores().values())
        # Each core has one unit more at hand, so that it need not wait for the network.
        yield Workers(client.get_executor(), cores, ahead=cores, deaths=(KilledWorker,))
    finally:
        with _hushed():
            client.close()


def _connected(distributed: Any, address: str) -> Any:
    try:
        with _hushed():
            _greet(distributed, address)
            return distributed.Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        reason = str(error).partition("\n")[0] or "no answer"
        raise InputError(f"no cluster can be reached at {address}: {reason}") from None


def _greet(distributed: Any, address: str) -> None:
    """Raises OSError or ValueError if no scheduler answers at an address.

    A client of dask waits for ever if it is something else that listens there, such as a dashboard,
    and ends with a traceback if the address is none.
    """
    from distributed.utils import LoopRunner

    async def greet() -> None:
        safety = distributed.Security().get_connection_args("client")
        comm = await distributed.core.connect(address, timeout=PATIENCE_S, **safety)
        comm.abort()

    # A second more than the connection may take, so that its own words come first.
    LoopRunner().run_sync(greet, callback_timeout=PATIENCE_S + 1)  # type: ignore[no-untyped-call]


@contextmanager
def _hushed() -> Iterator[None]:
    """Without dask's log: of a scheduler that is not there it has pages to say."""
    logs = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)


def _check_versions(client: Any, address: str) -> None:
    """Results must not depend on who computes them, so everybody runs the same code."""
    here = version()
    try:
        found = client.run(version)
    except ImportError as error:
        raise InputError(f"a worker of {address} cannot import the simulator: {error}") from None
    if not found:
        raise InputError(f"the cluster at {address} has no worker")
    for worker, there in found.items():
        if there != here:
            raise InputError(
                f"worker {worker} runs version {there} of the simulator, here is {here}"
            )
