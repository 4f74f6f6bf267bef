"""``sim export``: a stored run in the formats of other programs."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.output import note, say
from sim.cli.parameters import Quiet

if TYPE_CHECKING:
    from sim.report.export.stored import Stored

Folder = Annotated[Path, typer.Argument(help="Folder of a run, or of a name.", metavar="RUN")]


class Target(StrEnum):
    """The formats there are."""

    perfetto = "perfetto"
    otlp = "otlp"
    csv = "csv"
    graphml = "graphml"


def export(
    run: Folder,
    to: Annotated[Target, typer.Option("--to", help="Which format.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File, or folder of otlp and csv; default: in the run's."),
    ] = None,
    replication: Annotated[
        int | None,
        typer.Option("--replication", min=0, help="Which, from 0; default: the first, of csv all."),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option("--window", help="Only messages sent in it: 20s..21s.", metavar="FROM..TO"),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a stored run for a trace viewer, a collector, a spreadsheet or a graph program."""
    from sim.report.export.formats import FORMATS
    from sim.report.export.window import WHOLE, parse_window

    span = WHOLE if window is None else parse_window(window)
    folder, stored = _stored(run, replication)
    chosen = FORMATS[to]
    path = folder / chosen.name(stored.number) if out is None else out
    for sentence in chosen.write(stored, span, path):
        note(f"note: {sentence}", quiet=quiet)
    say(str(path))


def _stored(run: Path, replication: int | None) -> "tuple[Path, Stored]":
    """The folder of a run, and one of its replications."""
    from sim.campaign.replay import stored_plan
    from sim.campaign.results import open_results
    from sim.campaign.stored_tables import tables_of
    from sim.engine.simulation import replication_seed
    from sim.report.export.stored import Stored

    results = open_results(run)
    plan, tables = stored_plan(results), tables_of(results, replication or 0)
    return results.path, Stored(
        plan=plan,
        run_id=results.manifest["run"],
        file=results.manifest["path"],
        replication=replication,
        seed=replication_seed(plan.seed, replication or 0),
        tables=tables,
        names=tuple(results.names()),
        read=results.arrow,
    )
