"""``sim plot``: the figures of a stored run, drawn again from its tables."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.output import say
from sim.cli.replay import RunFolder
from sim.errors import ResultsError


class Kind(StrEnum):
    """The figures there are."""

    recovery = "recovery"


class Format(StrEnum):
    """File formats."""

    svg = "svg"
    pdf = "pdf"
    png = "png"


def plot(
    run: RunFolder,
    kind: Annotated[Kind, typer.Option("--kind", help="Which figure.")] = Kind.recovery,
    replication: Annotated[
        int, typer.Option("--replication", min=0, help="Which replication, from 0.")
    ] = 0,
    formats: Annotated[list[Format] | None, typer.Option("--format", help="Default: all.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; default: the run's.")] = None,
) -> None:
    """Draw a figure of a stored run."""
    from sim.campaign.replay import stored_plan
    from sim.campaign.results import open_results
    from sim.campaign.stored_tables import tables_of
    from sim.report.recovery_figure import recovery_figure
    from sim.report.style import save

    results = open_results(run)
    figure = recovery_figure(tables_of(results, replication), stored_plan(results))
    folder = results.path if out is None else _made(out)
    suffix = f"-{replication}" if replication else ""
    chosen = tuple(one.value for one in formats or Format)
    for path in save(figure, folder / f"{kind.value}{suffix}", chosen):
        say(str(path))


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be made a folder: {error.strerror}") from error
    return folder
