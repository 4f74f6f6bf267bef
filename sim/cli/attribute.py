"""``sim attribute``: which fault and which liar caused what, by runs in which it is left out.

It is for looking: nothing fails, and the exit code is good once every twin could be run.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from sim.cli.exits import Exit
from sim.cli.metric_names import check_metric_names
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, Seed
from sim.cli.progress import sweep_progress
from sim.cli.run import Cluster, NoPlot, Out
from sim.cli.stored import RUNS, found_run
from sim.cli.sweep import Jobs, Markdown
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.campaign.attribution import Attribution, Question
    from sim.campaign.sweep import How
    from sim.scenario.loader import Scenario

FIGURE: Final = "attribution"

Subject = Annotated[
    Path,
    typer.Argument(
        help="Scenario file (YAML), or a run: its folder, or the name of its scenario.",
        metavar="FILE|RUN",
    ),
]
Metrics = Annotated[
    list[str] | None,
    typer.Option("--metric", help="What to attribute (else: the usual ones).", metavar="NAME"),
]
Anomalies = Annotated[
    bool, typer.Option("--anomalies", help="Anomalies are causes, too, not only faults and liars.")
]
Shapley = Annotated[
    bool,
    typer.Option("--shapley", help="Run every subset of up to four causes: shares that add up."),
]


def attribute(
    subject: Subject,
    changes: Overrides = None,
    seed: Seed = None,
    metric: Metrics = None,
    anomalies: Anomalies = False,
    shapley: Shapley = False,
    out: Out = RUNS,
    jobs: Jobs = 1,
    cluster: Cluster = None,
    markdown: Markdown = None,
    no_plot: NoPlot = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say how much staleness, error and missed detection each fault and liar caused."""
    check_metric_names(metric or [])
    _check_outputs(markdown, as_json)
    scenario = _scenario(_found(subject, out), changes or [], seed)
    from sim.campaign.attribution import BLOCKS, USUAL, Question
    from sim.campaign.sweep import How

    question = Question(tuple(metric or ()), BLOCKS if anomalies else USUAL, shapley)
    found = _asked(scenario, question, How(out, jobs, cluster), quiet or as_json)
    if found is None:
        raise typer.Exit(Exit.INTERRUPTED)
    figures = [] if no_plot else _draw(found)
    _tell(found, figures, markdown, as_json, quiet)


def _asked(
    scenario: "Scenario", question: "Question", how: "How", quiet: bool
) -> "Attribution | None":
    """The answer; after an interrupt none, and a line on what is kept."""
    from sim.campaign.attribution import attribute as attributed

    try:
        with sweep_progress(scenario.plan.name, quiet) as watch:
            return attributed(scenario, question, how, watch)
    except KeyboardInterrupt as interrupt:
        stored = f" ({interrupt})" if str(interrupt) else ""
        note(f"interrupted{stored}: the same call goes on from there")
        return None


def _found(subject: Path, out: Path) -> Path:
    """A file as it is; else a run, by folder or by name. Raises ResultsError with the nearest."""
    is_file = subject.is_file() or subject.suffix in (".yaml", ".yml")
    return subject if is_file else found_run(subject, out)


def _scenario(subject: Path, changes: list[str], seed: int | None) -> "Scenario":
    """That of a file, or of a stored run. Raises SimError for a run that is to be changed."""
    if not subject.is_dir():
        from sim.scenario import load_scenario

        return load_scenario(subject, changes, seed)
    if changes or seed is not None:
        raise SimError(f"{subject} is a run as it was; --set and --seed go with a scenario file")
    from sim.campaign.attribution import stored_scenario

    return stored_scenario(subject)


def _check_outputs(markdown: Path | None, as_json: bool) -> None:
    """Raises SimError for outputs that exclude each other or cannot be written."""
    from sim.report.files import check_writable

    if as_json and markdown == Path("-"):
        raise SimError("--json prints one document; it does not go with --markdown -")
    if markdown not in (None, Path("-")):
        check_writable(markdown)


def _draw(found: "Attribution") -> list[Path]:
    from sim.report.attribution.figure import attribution_figure
    from sim.report.style import save

    figure = attribution_figure(_title(found), found.causes, found.entries)
    return save(figure, found.folder / FIGURE)


def _title(found: "Attribution") -> str:
    runs = "replication" if found.replications == 1 else "replications in pairs"
    return f"{found.name}: what each cause did ({found.replications} {runs})"


def _tell(
    found: "Attribution", figures: list[Path], markdown: Path | None, as_json: bool, quiet: bool
) -> None:
    from sim.report.attribution.table import as_markdown, as_text
    from sim.report.files import write_whole

    if as_json:
        say_json(_as_json(found, figures))
    elif markdown == Path("-"):
        say(as_markdown(found.causes, found.entries).rstrip())
    else:
        say(f"{_title(found)}   seed {found.seed}\n")
        say(as_text(found.causes, found.entries).rstrip())
    if markdown not in (None, Path("-")):
        write_whole(markdown, as_markdown(found.causes, found.entries))
    note(
        f"twins:    {len(found.twins)}, {found.fresh} of them run just now", quiet=quiet or as_json
    )
    for path in figures[:1]:
        note(f"figure:   {path} (also .pdf and .png)", quiet=quiet or as_json)


def _as_json(found: "Attribution", figures: list[Path]) -> Any:
    """For programs; an undefined number is null and an infinite one ``"inf"``."""
    from sim.campaign.store import plain

    return plain(
        {
            "name": found.name,
            "seed": found.seed,
            "replications": found.replications,
            "folder": str(found.folder),
            "entries": [asdict(one) for one in found.entries],
            "causes": [asdict(one) for one in found.causes],
            "twins": [
                {
                    "acting": [one.path for one in found.entries if one.path in who],
                    "mute": twin.cell.settings.get("mute", "[]"),
                    "folder": str(twin.folder),
                }
                for who, twin in found.twins.items()
            ],
            "figures": [str(path) for path in figures],
        }
    )
