"""What the end of a command means."""

import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import app as app_module
from sim.cli.exits import Exit
from sim.errors import InvariantViolated, ResultsError
from tests.scenario.texts import GOOD

ROOT = Path(__file__).parents[2]


def in_a_fresh_process(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, *options, "-c", code]
    return subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)


def fail_with(monkeypatch, error: BaseException) -> None:
    """Let every command fail."""

    def command(_: object) -> object:
        raise error

    monkeypatch.setattr(app_module, "get_command", command)


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["validate", "--help"], ["list", "-h"]])
def test_help_is_good_and_goes_to_standard_output(sim, words):
    result = sim(*words)
    assert (result.code, result.err) == (Exit.GOOD, "")
    assert "Usage: sim" in result.out


@pytest.mark.parametrize(
    "words",
    [["valdate"], ["validate"], ["validate", "good.yaml", "--frmat", "json"], ["list", "x"]],
)
def test_a_call_that_does_not_exist_is_a_wrong_call(sim, words):
    result = sim(*words)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert "Usage: sim" in result.err


def test_a_mistake_of_the_user_is_one_line(sim, monkeypatch):
    fail_with(monkeypatch, ResultsError("the disk is full"))
    assert sim("list") == (Exit.WRONG_CALL, "", "the disk is full\n")


def test_an_interrupted_command_says_so(sim, monkeypatch):
    fail_with(monkeypatch, KeyboardInterrupt())
    assert sim("list") == (Exit.INTERRUPTED, "", "interrupted\n")


def test_a_broken_invariant_is_a_failed_run_and_worth_a_report(sim, monkeypatch):
    fail_with(monkeypatch, InvariantViolated("younger than its birth"))
    result = sim("run", "good.yaml")
    assert (result.code, result.out) == (Exit.FAILED, "")
    assert "an invariant does not hold: younger than its birth" in result.err


def test_a_bug_of_ours_is_a_report_to_paste(sim, monkeypatch):
    fail_with(monkeypatch, ZeroDivisionError("oops"))
    result = sim("explain", "my file.yaml")
    assert (result.code, result.out) == (Exit.OUR_BUG, "")
    assert "sim explain 'my file.yaml'" in result.err
    assert "ZeroDivisionError: oops" in result.err
    assert "Python 3." in result.err


def test_the_exit_codes_are_those_of_the_design():
    assert [int(code) for code in Exit] == [0, 1, 2, 3, 70, 130]


LIARS = """\
baseline: {rule: {kind: guarded_mean, estimator: krum}}
attest: {}
evidence: {}
adversaries: [{where: agents, share: 20%, kind: push}]
thresholds: {bias.max: {max: 0.5}}
"""


@pytest.mark.slow
def test_validate_loads_nothing_heavy(folder):
    (folder / "good.yaml").write_text(GOOD + LIARS)
    code = (
        "import sys; from sim.cli.app import main; "
        f"assert main(['validate', {str(folder / 'good.yaml')!r}]) == 0; "
        "print(sorted({'numpy', 'networkx', 'simpy', 'pyarrow', 'scipy'} & set(sys.modules)))"
    )
    done = in_a_fresh_process(code)
    assert done.stdout.endswith("good\n[]\n"), done.stderr


@pytest.mark.slow
def test_help_loads_neither_the_schema_nor_anything_heavy():
    code = (
        "import sys; from sim.cli.app import main; main(['--help']); "
        "print(sorted({'numpy', 'pydantic', 'ruamel.yaml', 'simpy'} & set(sys.modules)))"
    )
    done = in_a_fresh_process(code)
    assert done.stdout.endswith("[]\n"), done.stderr


@pytest.mark.slow
def test_a_reader_that_stops_listening_is_no_mistake(folder):
    sim = f"{sys.executable} -m sim"
    call = f"{sim} schema | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", call], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("{\n0\n", "")
