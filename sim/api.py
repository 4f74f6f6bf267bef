"""The same as the command line, for notebooks and scripts."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sim.campaign.replay import stored_plan
from sim.campaign.replications import RESULTS, run_scenario
from sim.campaign.results import Results, open_results
from sim.campaign.stored_tables import tables_of
from sim.campaign.sweep import How, run_sweep
from sim.measure.cells import CellResult
from sim.scenario.loader import Scenario, load_scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def run(
    scenario: Scenario | str | os.PathLike[str],
    *,
    out: str | os.PathLike[str] = RESULTS,
    jobs: int = 1,
    cluster: str | None = None,
) -> Results:
    """Run a scenario (or the file of one), store it under `out`, and open what was stored.

    To change values or the seed, load it first: ``load_scenario(file, ["topology.loss=1%"], 7)``.
    With more than one job in a script, call this under ``if __name__ == "__main__":``; `cluster` is
    the address of a dask scheduler that has the workers instead. An interrupt gives the
    replications before it, with the verdict ``interrupted``.

    Raises ScenarioError, InputError, ResultsError, or WorkerError when a process died (what was
    finished before is stored then, too).
    """
    ready = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    outcome = run_scenario(ready, Path(out), jobs, cluster=cluster)
    if outcome.trouble is not None:
        kept = f"{outcome.finished} of {outcome.wanted} replications"
        outcome.trouble.add_note(f"kept in {outcome.folder}: {kept}")
        raise outcome.trouble
    return open_results(outcome.folder)


def sweep(
    scenario: Scenario | str | os.PathLike[str],
    *,
    out: str | os.PathLike[str] = RESULTS,
    jobs: int = 1,
    cluster: str | None = None,
) -> list[CellResult]:
    """Run the cells of a scenario that are not stored under `out` yet, and give all of them.

    A cell that could not be run has the verdict ``error`` and its `error`; one that an interrupt
    kept from running is ``missing``. ``open_results(cell.folder)`` opens a cell that is stored.

    Raises ScenarioError, InputError (no such cluster), or what ended the sweep before its end:
    ResultsError (the disk is full) or WorkerError; finished cells are stored then, too.
    """
    ready = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    outcome = run_sweep(ready, how=How(Path(out), jobs, cluster))
    if outcome.stopped is not None:
        raise outcome.stopped
    return outcome.results


def plot(results: Results, *, replication: int = 0) -> "Figure":
    """The partition-recovery figure of one replication of a stored run, as a matplotlib Figure.

    Raises ResultsError if there is no such replication.
    """
    from sim.report.recovery_figure import recovery_figure

    return recovery_figure(tables_of(results, replication), stored_plan(results))
