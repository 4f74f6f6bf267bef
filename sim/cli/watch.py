"""What commands that run whole scenarios share: progress of each plan, what an interrupt kept."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from sim.cli.output import note
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.campaign.replications import Progress
    from sim.campaign.subjects import Watch
    from sim.scenario.plan import Plan


def watch(quiet: bool) -> "Watch":
    """Progress of whichever plan is run."""

    def begin(plan: "Plan") -> "AbstractContextManager[Progress]":
        return progress(plan.name, plan.replications, plan.duration_ns, quiet)

    return begin


@contextmanager
def interrupts_told() -> Iterator[None]:
    """An interrupt says what is kept, if anything is."""
    try:
        yield
    except KeyboardInterrupt as error:
        note(str(error) or "no replication was finished, nothing is stored")
        raise
