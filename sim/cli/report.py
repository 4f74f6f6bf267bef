"""``sim report``: stored runs as one HTML file that needs neither a network nor a manual."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sim.cli.output import say
from sim.cli.stored import found_run, opened

if TYPE_CHECKING:
    from sim.report.export.window import Window
    from sim.report.html.facts import Run

FILE: Final = "report.html"

Folders = Annotated[
    list[Path], typer.Argument(help="Folders of runs, or names of scenarios.", metavar="RUN...")
]
Out = Annotated[
    Path | None, typer.Option("--out", help="File; default: report.html in the (first) run.")
]


def report(
    runs: Folders,
    out: Out = None,
    replication: Annotated[
        int, typer.Option("--replication", min=0, help="Which one to draw, from 0.")
    ] = 0,
    window: Annotated[
        str | None, typer.Option("--window", help="Which messages to draw.", metavar="20s..21s")
    ] = None,
) -> None:
    """Write a report to look at, of one run or of several side by side."""
    from sim.report.export.window import parse_window
    from sim.report.files import check_writable
    from sim.report.html.page import write_page

    asked = None if window is None else parse_window(window)
    found = [_run(folder, replication, asked) for folder in runs]
    path = Path(found[0].folder) / FILE if out is None else out
    check_writable(path)
    size = write_page(found, path)
    say(f"{path} ({size / 1e6:.2f} MB)")


def _run(folder: Path, replication: int, window: "Window | None") -> "Run":
    """A stored run, which is not over before the window begins."""
    from sim.report.export.window import check_inside
    from sim.report.html.facts import Run

    results, stored = opened(found_run(folder), replication)
    if window is not None:
        check_inside(window, stored.plan.duration_ns)
    return Run(str(results.path), results.manifest, stored, results.metrics(), window)
