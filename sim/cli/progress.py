"""Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sim.cli.output import note
from sim.units import format_duration

if TYPE_CHECKING:
    from sim.campaign.pace import Pace
    from sim.campaign.replications import Progress
    from sim.campaign.sweep import Watch

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


@contextmanager
def sweep_progress(name: str, quiet: bool) -> "Iterator[Watch]":
    """Give a function to be told how far a sweep is."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _source_bar() as watch:
            yield lambda pace: watch(name, pace)
    else:
        yield _sweep_lines(name)


@contextmanager
def source_progress(quiet: bool) -> "Iterator[Callable[[str, Pace], None]]":
    """Give a function to be told which source of a claim, or rung, is run, and how far it is."""
    if quiet:
        yield lambda _source, _pace: None
    elif sys.stderr.isatty():
        with _source_bar() as watch:
            yield watch
    else:
        lines: dict[str, Watch] = {}
        yield lambda source, pace: lines.setdefault(source, _sweep_lines(source))(pace)


@contextmanager
def _source_bar() -> "Iterator[Callable[[str, Pace], None]]":
    """One bar that starts again with each source."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, at="")
        yield lambda source, pace: bar.update(
            task, description=source, completed=pace.share, at=_standing(pace)
        )


def _sweep_lines(name: str) -> "Watch":
    last = time.monotonic()

    def watch(pace: "Pace") -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            note(f"{name}: {pace.share:.0%}, {_standing(pace)}")

    return watch


def _standing(pace: "Pace") -> str:
    left = "" if pace.left_s is None else f", about {roughly(pace.left_s)} left"
    return f"{pace.finished} of {pace.units} runs{left}"


def roughly(seconds: float) -> str:
    """A time of which nobody knows the last digits.

    >>> roughly(0.2), roughly(42.4), roughly(200), roughly(7300)
    ('1 s', '42 s', '3 min', '2.0 h')
    """
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
