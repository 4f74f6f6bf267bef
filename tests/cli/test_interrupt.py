"""Ctrl-C as a terminal sends it: to every process of a sweep at once."""

import os
import pty
import select
import sys

import pytest

from sim.cli.exits import Exit
from tests.small import SMALL

SWEEP = "sweep: {topology.loss: [0%, 1%, 2%, 3%, 4%, 5%, 6%, 7%, 8%, 9%]}\n"
CALL = ("-m", "sim", "sweep", "swept.yaml", "--jobs", "2")


def in_terminal(words):
    """Start Python in a terminal of its own; gives the process id and our end of the terminal."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.executable, [sys.executable, *words])
    return process, terminal


def interrupted(terminal, is_time):
    """Press Ctrl-C once, as soon as it is time; gives everything that is printed until the end."""
    told, pressed = b"", False
    while piece := heard(terminal):
        told += piece.strip(b"\0")
        if not pressed and is_time():
            os.write(terminal, b"\x03")
            pressed = True
    return told.decode(errors="replace")  # Ctrl-C drops what the terminal has not shown yet


def heard(terminal):
    """What is printed next, a zero for silence; nothing once the last process has let go."""
    if not select.select([terminal], [], [], 0.02)[0]:
        return b"\0"
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


@pytest.mark.slow
def test_ctrl_c_after_a_cell_keeps_it_and_ends_every_worker_without_a_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    long = SMALL.replace("duration: 3s", "duration: 20s")
    (tmp_path / "swept.yaml").write_text(long + SWEEP)
    process, terminal = in_terminal(CALL)
    told = interrupted(
        terminal, lambda: any(tmp_path.glob("results/runs/small/*-s7/manifest.json"))
    )
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(terminal)
    assert code == Exit.INTERRUPTED
    assert "interrupted: finished cells are kept, the same call goes on from there" in told
    assert "Traceback" not in told
    kept = len(list(tmp_path.glob("results/runs/small/*-s7")))
    assert 1 <= kept < 10
