"""``sim run``: all replications of a scenario, a table, a figure, and the line that replays it."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sim.cli.advised import advised
from sim.cli.exits import Exit
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, ScenarioFile, Seed
from sim.cli.progress import progress
from sim.cli.summary import as_json as outcome_as_json
from sim.cli.summary import heading, tell_results, tell_way_back
from sim.errors import InvariantViolated

if TYPE_CHECKING:
    from sim.campaign.outcome import Outcome
    from sim.scenario.grid import Cell
    from sim.scenario.plan import Plan

Out = Annotated[Path, typer.Option("--out", help="Folder of results.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Replications at the same time.")]
Cluster = Annotated[
    str | None,
    typer.Option(help="Run on a dask cluster: tcp://host:8786.", metavar="ADDRESS"),
]
NoPlot = Annotated[bool, typer.Option("--no-plot", help="Draw no figure.")]

EXITS: Final = {
    "pass": Exit.GOOD,
    "fail": Exit.FAILED,
    "infeasible": Exit.FAILED,
    "inconclusive": Exit.INCONCLUSIVE,
    "interrupted": Exit.INTERRUPTED,
}


def run(
    file: ScenarioFile,
    changes: Overrides = None,
    seed: Seed = None,
    out: Out = Path("results/runs"),
    jobs: Jobs = 1,
    cluster: Cluster = None,
    no_plot: NoPlot = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario: a table of what it shows, a figure, a folder of results."""
    from sim.scenario import load_scenario

    scenario = load_scenario(file, changes or [], seed)
    plan = scenario.plan
    if not (as_json or quiet):
        say(heading(plan))
    if scenario.cells:
        note(_only_as_written(file, scenario.cells), quiet=quiet or as_json)
    for one in advised(scenario):
        note(str(one), quiet=quiet or as_json)
    with (
        _way_back(file, changes or [], plan.seed),
        progress(plan.name, plan.replications, plan.duration_ns, quiet or as_json) as report,
    ):
        from sim.campaign.replications import run_scenario

        outcome = run_scenario(scenario, out, jobs, report, cluster)
    _tell(outcome, plan, no_plot, as_json, quiet)
    if outcome.trouble is not None:
        raise outcome.trouble
    raise typer.Exit(EXITS[outcome.verdict])


def _tell(outcome: "Outcome", plan: "Plan", no_plot: bool, as_json: bool, quiet: bool) -> None:
    """Say what there is even if the figure cannot be drawn: the run itself is stored by now."""
    if not as_json:
        tell_results(outcome, plan)
    figures: list[Path] = []
    try:
        if not no_plot:
            figures = _draw(outcome, plan)
    finally:
        if as_json:
            say_json(outcome_as_json(outcome, plan, figures))
        elif not quiet:
            tell_way_back(outcome, figures)


def _draw(outcome: "Outcome", plan: "Plan") -> list[Path]:
    """The recovery figure, and those of what else the scenario has."""
    from sim.report.figures import draw, names_of
    from sim.report.style import save

    figures: list[Path] = []
    for name in names_of(outcome.first, plan):
        figure = draw(name, outcome.first, plan, outcome.standings)
        figures += save(figure, outcome.folder / name)
    return figures


def _only_as_written(file: Path, cells: "Sequence[Cell]") -> str:
    paths = ", ".join(cells[0].settings)
    return (
        f"note: the file sweeps {paths} ({len(cells)} cells); this runs the scenario as it is "
        f"written, `{shlex.join(['sim', 'sweep', str(file)])}` runs the cells"
    )


@contextmanager
def _way_back(file: Path, changes: Sequence[str], seed: int) -> Iterator[None]:
    """What to say of a run of which nothing was kept."""
    try:
        yield
    except KeyboardInterrupt:
        note("interrupted: no replication was finished, nothing is stored")
        raise
    except InvariantViolated as error:
        settings = [word for change in changes for word in ("--set", change)]
        call = shlex.join(["sim", "run", str(file), *settings, "--seed", str(seed)])
        raise InvariantViolated(f"{error}\nreplay:   {call}") from error
