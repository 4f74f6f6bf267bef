"""``sim search``: the worst that attacks and faults can do, as the smallest scenario of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.exits import Exit
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Quiet

if TYPE_CHECKING:
    from sim.search.hunt import Hunt
    from sim.search.trials import Trials

SearchFile = Annotated[Path, typer.Argument(help="File of a search (YAML).", metavar="FILE")]
For = Annotated[
    str | None, typer.Option("--for", help="The metric to make as bad as can be.", metavar="METRIC")
]
Budget = Annotated[
    str | None, typer.Option(help="So many runs, or so much time: 400, 2min.", metavar="N|TIME")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Searches at the same time.")]
Keep = Annotated[
    Path | None, typer.Option(help="Keep the smallest find there, too.", metavar="FOLDER")
]
Anew = Annotated[bool, typer.Option("--anew", help="Forget what earlier searches have run.")]


def search(
    file: SearchFile,
    worst: For = None,
    budget: Budget = None,
    jobs: Jobs = 1,
    keep: Keep = None,
    anew: Anew = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Search attacks and fault schedules for the worst, and make it as small as can be."""
    from sim.scenario.search.load import load_search
    from sim.search.budget import runs_of
    from sim.search.spread import searched
    from sim.search.trials import RESULTS, Trials

    trials = Trials(load_search(file, worst), RESULTS)
    _check_places(trials.search.name, [RESULTS / trials.search.name, keep])
    if anew:
        trials.forget()
    runs = runs_of(budget, trials, jobs)
    note(f"{trials.search.name}: up to {runs:,} runs, {len(trials.known):,} known", quiet=quiet)
    _tell(searched(trials, runs, jobs), trials, keep, as_json, quiet)


def _check_places(name: str, folders: list[Path | None]) -> None:
    """Raises SimError, before anything is run, if the find could not be kept."""
    from sim.report.files import check_writable

    for folder in folders:
        if folder is not None:
            check_writable(folder / f"{name}.yaml")


def _tell(found: "Hunt", trials: "Trials", folder: Path | None, as_json: bool, quiet: bool) -> None:
    """Keep what there is, say it, and end: 0 with a find, 3 without one, 130 interrupted."""
    from sim.search.found import keep
    from sim.search.trials import RESULTS
    from sim.search.words import report, values

    files = keep(found, RESULTS / trials.search.name, folder)
    if as_json:
        say_json({**values(found), "kept": [str(file) for file in files]})
    else:
        say("\n".join(report(found)))
        for file in files if not quiet else ():
            say(f"kept:      {file}")
    if found.is_interrupted:
        raise typer.Exit(Exit.INTERRUPTED)
    raise typer.Exit(Exit.GOOD if found.smallest is not None else Exit.INCONCLUSIVE)
