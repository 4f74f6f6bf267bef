"""What no rule can keep is answered with the floor and the exit code of a failure."""

import pytest

from sim.cli.exits import Exit
from tests.small import SMALL, only_what_counts

LIARS = """\
adversaries: [{where: agents, share: 20%, kind: push}]
thresholds: {bias.max: {max: 0.1}}
"""
FLOOR = "at 20 % liars no rule is better than 0.3186 sd"


@pytest.fixture(autouse=True)
def small(folder, monkeypatch):
    only_what_counts(monkeypatch)
    (folder / "small.yaml").write_text(SMALL.replace("replications: 2", "replications: 1") + LIARS)


def test_a_run_says_so_with_the_floor(sim):
    result = sim("run", "small.yaml", "--no-plot")
    assert result.code == Exit.FAILED
    assert f"infeasible: bias.max ≤ 0.1 sd: {FLOOR}" in result.out
    assert "\nverdict:  infeasible\n" in result.out


def test_a_check_says_so_with_the_floor(sim):
    result = sim("check", "small.yaml")
    assert result.code == Exit.FAILED
    assert "INFEASIBLE 1 of " in result.out
    assert FLOOR in result.out


def test_only_the_cells_that_are_infeasible_fail(sim, folder):
    file = folder / "small.yaml"
    file.write_text(file.read_text() + 'sweep:\n  "adversaries[0].share": [0%, 20%]\n')
    call = ("sweep", "small.yaml", "--quiet")
    assert sim(*call, "--only", "adversaries[0].share=0%").code == Exit.GOOD
    assert sim(*call, "--only", "adversaries[0].share=20%").code == Exit.FAILED
