"""``sim run``: all replications of a scenario, a table, a figure, and the line that replays it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sim.cli.exits import Exit
from sim.cli.output import say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, ScenarioFile, Seed
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.campaign.replications import Outcome
    from sim.scenario.loader import Scenario

Out = Annotated[Path, typer.Option("--out", help="Folder of results.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Replications at the same time.")]
NoPlot = Annotated[bool, typer.Option("--no-plot", help="Draw no figure.")]

EXITS: Final = {
    "pass": Exit.GOOD,
    "fail": Exit.FAILED,
    "inconclusive": Exit.INCONCLUSIVE,
    "interrupted": Exit.INTERRUPTED,
}


def run(
    file: ScenarioFile,
    changes: Overrides = None,
    seed: Seed = None,
    out: Out = Path("results/runs"),
    jobs: Jobs = 1,
    no_plot: NoPlot = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario: a table of what it shows, a figure, a folder of results."""
    from sim.campaign.replications import run_scenario
    from sim.scenario import load_scenario

    scenario = load_scenario(file, changes or [], seed)
    plan = scenario.plan
    if not as_json:
        say(heading(scenario))
    with progress(plan.name, plan.replications, plan.duration_ns, quiet or as_json) as report:
        outcome = run_scenario(scenario, out, jobs, report)
    figures = [] if no_plot else _draw(outcome, scenario)
    if as_json:
        say_json(_as_json(outcome, figures))
    else:
        _tell(outcome, figures)
    raise typer.Exit(EXITS[outcome.verdict])


def heading(scenario: "Scenario") -> str:
    """The first line: everything that decides what will happen."""
    plan = scenario.plan
    return (
        f"{plan.name}   seed {plan.seed}   {plan.replications} replications   "
        f"{plan.agents.count:,} agents   {plan.duration_ns / 1e9:g} s"
    )


def _draw(outcome: "Outcome", scenario: "Scenario") -> list[Path]:
    from sim.report.recovery_figure import recovery_figure
    from sim.report.style import save

    figure = recovery_figure(outcome.first, scenario.plan)
    return save(figure, outcome.folder / "recovery")


def _tell(outcome: "Outcome", figures: list[Path]) -> None:
    import shutil
    import sys

    from sim.report.table import as_text

    width = max(shutil.get_terminal_size((100, 24)).columns, 100)
    say(as_text(outcome.values, outcome.verdicts, width, sys.stdout.isatty()).rstrip())
    say("")
    for line in remarks(outcome):
        say(line)
    for figure in figures:
        if figure.suffix == ".png":
            say(f"figure:   {figure} (also .svg and .pdf)")
    say(f"results:  {outcome.folder}")
    say(f"replay:   {outcome.replay}")


def remarks(outcome: "Outcome") -> list[str]:
    """What a reader must know beside the table."""
    lines = [f"verdict:  {outcome.verdict}"]
    if outcome.finished < outcome.wanted:
        lines.append(f"          {outcome.finished} of {outcome.wanted} replications finished")
    lines += [f"          {fault} touched nothing" for fault in outcome.idle_faults]
    if outcome.clipped:
        lines.append(f"          {outcome.clipped} values were clipped: raise agents.scale")
    shown = ", ".join(fingerprint[:16] for fingerprint in outcome.fingerprints[:3])
    more = ", ..." if len(outcome.fingerprints) > 3 else ""
    return [
        *lines,
        f"identity: {shown}{more} (fingerprints of the replications)",
        f"time:     {outcome.simulation_s:.1f} s of simulation",
    ]


def _as_json(outcome: "Outcome", figures: list[Path]) -> dict[str, object]:
    from dataclasses import asdict

    from sim.campaign.store import plain

    return {
        "folder": str(outcome.folder),
        "verdict": outcome.verdict,
        "fingerprints": outcome.fingerprints,
        "idle_faults": list(outcome.idle_faults),
        "finished": outcome.finished,
        "metrics": [plain(asdict(value)) for value in outcome.values],
        "thresholds": [plain(asdict(verdict)) for verdict in outcome.verdicts],
        "figures": [str(figure) for figure in figures],
        "replay": outcome.replay,
    }
