"""A stored run as exports and the report see it: its folder opened, one replication read."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.campaign.results import Results
    from sim.report.export.stored import Stored

RUNS: Final = Path("results/runs")


def found_run(run: Path, root: Path = RUNS) -> Path:
    """A folder as it is, or that of a name below `root`. Raises ResultsError with the nearest."""
    from sim.errors import ResultsError
    from sim.scenario.nearest import did_you_mean

    if run.exists() or (root / run).exists():
        return run if run.exists() else root / run
    hint = did_you_mean(run.name, [one.name for one in root.glob("*")])
    raise ResultsError(
        f"{run} is not a folder, nor a name in {root}" + (f": {hint}" if hint else "")
    )


def opened(run: Path, replication: int | None) -> "tuple[Results, Stored]":
    """The run in a folder, and one of its replications (None: the first stands for all).

    Raises ResultsError if the run is damaged or has no such replication.
    """
    from sim.campaign.replay import stored_plan
    from sim.campaign.results import open_results
    from sim.campaign.stored_tables import tables_of
    from sim.engine.simulation import replication_seed
    from sim.report.export.stored import Stored

    results = open_results(run)
    plan, tables = stored_plan(results), tables_of(results, replication or 0)
    return results, Stored(
        plan=plan,
        run_id=results.manifest["run"],
        file=results.manifest["path"],
        replication=replication,
        seed=replication_seed(plan.seed, replication or 0),
        tables=tables,
        names=tuple(results.names()),
        read=results.arrow,
        metrics=tuple(results.metrics()),
    )
