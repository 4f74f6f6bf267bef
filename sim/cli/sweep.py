"""``sim sweep``: the cells of a grid that are missing are run; a table of all of them.

A cell that cannot be run stops no other: it is told at the end, with the call that runs it alone.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.metric_names import check_metric_names
from sim.cli.parameters import AsJson, Overrides, Quiet, ScenarioFile, Seed
from sim.cli.progress import sweep_progress
from sim.cli.run import Cluster, Out
from sim.cli.sweep_summary import Call, Wanted, exit_of, tell_plan
from sim.errors import Mistake, ScenarioError

if TYPE_CHECKING:
    from sim.scenario.grid import Cell
    from sim.scenario.loader import Scenario

Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Runs at the same time.")]
Only = Annotated[
    list[str] | None,
    typer.Option(help="Only cells with this setting: topology.loss=1%.", metavar="PATH=VALUE"),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Run nothing; tell what would be run.")]
Force = Annotated[bool, typer.Option("--force", help="Run cells again that are stored.")]
MaxFailures = Annotated[
    int | None, typer.Option(min=1, help="Stop after so many cells that could not be run.")
]
Metrics = Annotated[
    list[str] | None,
    typer.Option(
        "--metric",
        help="A metric to show (else: those with thresholds, else what differs most).",
        metavar="NAME",
    ),
]
Markdown = Annotated[
    Path | None,
    typer.Option(help="Write the table as Markdown; - prints it instead of text.", metavar="F"),
]


def sweep(
    file: ScenarioFile,
    changes: Overrides = None,
    seed: Seed = None,
    only: Only = None,
    out: Out = Path("results/runs"),
    jobs: Jobs = 1,
    cluster: Cluster = None,
    dry_run: DryRun = False,
    force: Force = False,
    max_failures: MaxFailures = None,
    metric: Metrics = None,
    markdown: Markdown = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run the cells of a scenario's sweep that are missing, and compare all of them."""
    from sim.scenario import load_scenario

    scenario = load_scenario(file, changes or [], seed)
    cells = _cells(scenario, changes or [], only or [])
    wanted = Wanted(_shown(scenario, metric or []), markdown, as_json, quiet)
    wanted.check()
    if dry_run:
        tell_plan(cells, out, jobs, force, as_json)
        return
    from sim.campaign.sweep import How, run_sweep

    how = How(out, jobs, cluster, force, max_failures)
    with sweep_progress(scenario.plan.name, quiet or as_json) as watch:
        outcome = run_sweep(scenario, cells, how, watch)
    wanted.tell(scenario, outcome, out, Call(file, tuple(changes or ()), scenario.plan.seed))
    raise typer.Exit(exit_of(outcome))


def _cells(scenario: "Scenario", changes: list[str], only: list[str]) -> "tuple[Cell, ...]":
    """The cells that are asked for. Raises ScenarioError if that makes no sense."""
    from sim.scenario.grid import check_no_setting_is_hidden, chosen

    if not scenario.cells:
        problem = "is missing, so there are no cells; `sim run` runs the scenario as it is"
        raise ScenarioError((Mistake(scenario.path, 0, 0, "sweep", problem),))
    check_no_setting_is_hidden(scenario.cells, changes)
    return chosen(scenario.cells, only)


def _shown(scenario: "Scenario", metrics: list[str]) -> list[str]:
    """The metrics that are asked for, else those with thresholds; without any the cells decide."""
    check_metric_names(metrics)
    return metrics or [one.metric for one in scenario.plan.thresholds]
