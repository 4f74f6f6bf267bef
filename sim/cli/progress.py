"""Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sim.cli.output import note
from sim.units import format_duration

if TYPE_CHECKING:
    from sim.campaign.replications import Progress

LINE_EVERY_S: Final = 5.0


@contextmanager
def progress(name: str, replications: int, duration_ns: int, quiet: bool) -> "Iterator[Progress]":
    """Give a function to be told (replication, simulated instant in ns)."""
    if quiet:
        yield lambda _replication, _now_ns: None
    elif sys.stderr.isatty():
        with _bar(name, replications, duration_ns) as report:
            yield report
    else:
        yield _lines(name, replications, duration_ns)


@contextmanager
def _bar(name: str, replications: int, duration_ns: int) -> "Iterator[Progress]":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"))
    console = Console(stderr=True)
    # Transient: what stays on the screen is the result.
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(name, total=replications * duration_ns, at="")

        def report(replication: int, now_ns: int) -> None:
            at = f"{format_duration(now_ns)} of replication {replication + 1}/{replications}"
            bar.update(task, completed=replication * duration_ns + now_ns, at=at)

        yield report


def _lines(name: str, replications: int, duration_ns: int) -> "Progress":
    last = time.monotonic()

    def report(replication: int, now_ns: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            share = (replication + now_ns / duration_ns) / replications
            note(f"{name}: {share:.0%}, replication {replication + 1} of {replications}")

    return report
