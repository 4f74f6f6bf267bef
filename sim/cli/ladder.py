"""``sim ladder``: from a hundred agents to a million, and then the worst attacks found."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from sim.cli.exits import Exit
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Quiet
from sim.cli.progress import source_progress
from sim.cli.run import EXITS
from sim.cli.sweep import Jobs
from sim.errors import SimError
from sim.units import format_count

if TYPE_CHECKING:
    from sim.campaign.ladder import Rung

FOLDERS: Final = (Path("scenarios/ladder"), Path("scenarios/corpus"))
"""From small to large, then the worst that the search has found."""

Places = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Scenario files, or folders of them in the order of their names; default: "
        "scenarios/ladder, then scenarios/corpus.",
        metavar="FILE|FOLDER...",
    ),
]


def ladder(
    places: Places = None,
    out: Annotated[Path, typer.Option("--out", help="Where runs are kept.")] = Path("results/runs"),
    jobs: Jobs = 1,
    force: Annotated[bool, typer.Option("--force", help="Run again what is stored.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run the rungs that are not stored, from the lowest up to the first that does not pass."""
    from sim.campaign.ladder import climb
    from sim.campaign.sweep import How

    files = _files(places or [folder for folder in FOLDERS if folder.is_dir()])
    rungs: list[Rung] = []
    with source_progress(quiet or as_json) as watch:
        for rung in climb(files, How(out, jobs, force=force), watch):
            rungs.append(rung)
            if not as_json:
                _tell(rung)
    if as_json:
        say_json([_as_json(rung) for rung in rungs])
    elif len(rungs) < len(files):
        left = format_count(len(files) - len(rungs), "rung")
        note(f"stopped: {left} above not tried")
    raise typer.Exit(_exit(rungs[-1]))


def _files(places: Sequence[Path]) -> list[Path]:
    """The scenario files. Raises SimError if there are none."""
    found: list[Path] = []
    for place in places:
        found += sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    if not found:
        told, s = " and ".join(map(str, places or FOLDERS)), "s" if len(places) == 1 else ""
        raise SimError(f"no rungs: {told} hold{s} no scenarios (*.yaml)")
    return found


def _tell(rung: "Rung") -> None:
    from sim.cli.summary import heading
    from sim.report.table import written

    again = "" if rung.fresh else "   (stored)"
    say(f"{heading(rung.scenario.plan)}   {rung.result.verdict}{again}")
    units = {value.name: value.unit for value in rung.result.values}
    for one in rung.verdicts:
        figure = written(one.value, units[one.metric])
        say(f"    {one.outcome:12}  {one.metric}  {figure}  ({one.bound})")
    if rung.result.error is not None:
        say(f"    {rung.result.error}")


def _as_json(rung: "Rung") -> dict[str, Any]:
    return {
        "file": str(rung.file),
        "verdict": rung.result.verdict,
        "folder": str(rung.result.folder),
        "wall_s": rung.result.wall_s,
        "thresholds": [
            {"metric": one.metric, "value": one.value, "bound": one.bound, "outcome": one.outcome}
            for one in rung.verdicts
        ],
    }


def _exit(last: "Rung") -> Exit:
    return Exit.WRONG_CALL if last.result.error is not None else EXITS[last.result.verdict]
