"""``sim export``: a stored run in the formats of other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.output import note, say
from sim.cli.parameters import Quiet
from sim.cli.stored import found_run, opened

Folder = Annotated[
    Path, typer.Argument(help="Folder of a run, or name of a scenario.", metavar="RUN")
]


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
    from sim.report.export.window import WHOLE, check_inside, parse_window

    span = WHOLE if window is None else parse_window(window)
    results, stored = opened(found_run(run), replication)
    check_inside(span, stored.plan.duration_ns)
    chosen = FORMATS[to]
    path = results.path / chosen.name(stored.number) if out is None else out
    for sentence in chosen.write(stored, span, path):
        note(f"note: {sentence}", quiet=quiet)
    say(str(path))
