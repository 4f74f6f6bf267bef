"""``sim baseline update``: what a scenario's figures are held against from now on.

The difference is shown before anything is written, and nothing is written unasked: a baseline that
follows the code by itself would never find anything.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.check import Subjects
from sim.cli.output import note, say
from sim.cli.parameters import Overrides, Quiet
from sim.cli.run import Cluster, Jobs, Out
from sim.cli.summary import heading
from sim.cli.watch import interrupts_told, watch
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.campaign.baseline_update import Update
    from sim.campaign.baselines import Baseline

app = typer.Typer(
    help="Committed figures that later runs are held against.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Into = Annotated[Path, typer.Option("--to", help="Folder of the baselines.", metavar="FOLDER")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the difference, write nothing.")]


@app.callback()
def baseline() -> None:
    """Keep a group: there is one command so far."""


@app.command("update")
def update(
    paths: Subjects,
    changes: Overrides = None,
    out: Out = Path("results/runs"),
    to: Into = Path("results/baselines"),
    jobs: Jobs = 1,
    cluster: Cluster = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Run scenarios (or take stored runs), show what differs, and write their baselines."""
    from sim.campaign.baseline_update import prepare
    from sim.campaign.subjects import Running, subjects

    if not (yes or dry_run or sys.stdin.isatty()):
        raise SimError("no terminal to ask at: --yes writes baselines, --dry-run only looks")
    found = subjects(paths, changes or [], out=out)
    _check_places([subject.plan.name for subject in found], to)
    running = Running(watch(quiet), out, jobs, cluster)
    for subject in found:
        if not quiet:
            say(heading(subject.plan))
        with interrupts_told():
            prepared = prepare(subject, to, running)
        _tell(prepared)
        if prepared.is_needed and not dry_run:
            _write(prepared, yes)


def _check_places(names: list[str], folder: Path) -> None:
    from sim.campaign.baselines import baseline_path
    from sim.report.files import check_writable

    for name in sorted(set(names)):
        if names.count(name) > 1:
            raise SimError(f"{name} is named twice, and has one baseline")
        check_writable(baseline_path(name, folder))


def _tell(prepared: "Update") -> None:
    """The difference, and what made it."""
    from sim.report.checks.contrast_table import contrasts_as_text

    if prepared.trouble:
        note(prepared.trouble)
    if not prepared.is_needed:
        say(f"{prepared.path} is as it would be written\n")
        return
    say(contrasts_as_text(prepared.difference(), ("old", "new")))
    for label, baseline in (("old", prepared.old), ("new", prepared.new)):
        say(f"{label}: {_origin(baseline) if baseline else 'none'}")
    if prepared.verdict != "pass":
        note(f"this run's own verdict is {prepared.verdict}: a baseline keeps what is, good or bad")


def _origin(baseline: "Baseline") -> str:
    return (
        f"version {baseline.version}, seed {baseline.seed}, {baseline.replications} replications, "
        f"scenario {baseline.digest}"
    )


def _write(prepared: "Update", yes: bool) -> None:
    if not yes and not typer.confirm(f"write {prepared.path}?", err=True):
        note(f"{prepared.path} stays as it is")
        return
    prepared.write()
    say(f"written: {prepared.path}\n")
