"""Progress goes to stderr: a bar on a terminal, a line now and then elsewhere."""

import io
import sys

import pytest

from sim.campaign.pace import Pace
from sim.cli import progress as module
from sim.cli.progress import progress, sweep_progress

S = 1_000_000_000


class Terminal(io.StringIO):
    """Stands for a terminal that remembers what was written."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture
def clock(monkeypatch):
    """The clock of the wall, set by hand."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_a_line_comes_only_now_and_then(clock, capsys):
    with progress("small", 2, 10 * S, quiet=False) as report:
        report(0, 1 * S)
        clock[0] += module.LINE_EVERY_S
        report(0, 5 * S)
        report(0, 6 * S)
        clock[0] += module.LINE_EVERY_S
        report(1, 10 * S)
    lines = ["small: 25%, replication 1 of 2", "small: 100%, replication 2 of 2"]
    assert capsys.readouterr() == ("", "\n".join(lines) + "\n")


def test_quiet_says_nothing_even_on_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress("small", 2, 10 * S, quiet=True) as report:
        report(1, 10 * S)
    assert sys.stderr.getvalue() == ""


def test_a_terminal_gets_a_bar_that_goes_away(monkeypatch, capsys):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress("small", 2, 10 * S, quiet=False) as report:
        report(1, 5 * S)
    shown = sys.stderr.getvalue()
    assert "5 s of replication 2/2" in shown
    assert shown.endswith("\x1b[2K")  # the line is erased
    assert capsys.readouterr().out == ""


def test_a_sweep_off_a_terminal_tells_runs_and_the_time_left(capsys, monkeypatch):
    monkeypatch.setattr(module, "LINE_EVERY_S", 0.0)
    pace = Pace(weight=100.0, units=10)
    with sweep_progress("small", quiet=False) as watch:
        watch(pace)
        pace.finish(10.0, wall_s=20.0)
        watch(pace)
    assert capsys.readouterr().err.splitlines() == [
        "small: 0%, 0 of 10 runs",
        "small: 10%, 1 of 10 runs, about 3 min left",
    ]


def test_a_quiet_sweep_tells_nothing(capsys):
    with sweep_progress("small", quiet=True) as watch:
        watch(Pace(weight=1.0, units=1))
    assert capsys.readouterr().err == ""


def test_a_sweep_on_a_terminal_is_one_bar_that_goes_away(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    pace = Pace(weight=2.0, units=2)
    with sweep_progress("small", quiet=False) as watch:
        pace.finish(1.0, wall_s=30.0)
        watch(pace)
    assert "1 of 2 runs, about 30 s left" in terminal.getvalue()
