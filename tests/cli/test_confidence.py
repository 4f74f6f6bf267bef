"""What is told of intervals: before a run, after it, and by a threshold that is not met."""

import json

import pytest

from sim.cli.exits import Exit
from tests.small import only_what_counts

SHORT = """\
schema: 1
name: apart
seed: 7
duration: 3s
agents: {count: 60, features: 200, rate: 10Hz,
  behaviour: {kind: synthetic, spread: 0.3, drift: none, groups: {regions: 0.5}}}
topology: {kind: point, jitter: 2ms}
tree: {local: 5, regional: 3, forward: 10Hz}
baseline: {publish: 3s, pane: 2500ms}
measure: {every: 3s}
confidence: {widen: coverage, range: [-3, 3]}
thresholds: {confidence.coverage.root: {min: 94%}}
"""


@pytest.fixture
def apart(folder, monkeypatch):
    """Regions that differ, and intervals that take agents for alike."""
    only_what_counts(monkeypatch)
    (folder / "apart.yaml").write_text(SHORT)
    return "apart.yaml"


def test_explain_says_what_is_stated_and_what_it_rests_on(sim, apart):
    told = sim("explain", apart)
    words = " ".join(told.out.split())
    assert "95 % intervals (clustered) of the mean of the law that made the agents below" in words
    assert "by each local, regional and root at 1 publication" in words
    assert "from -3 to 3 scales" in words
    assert "it assumes: children_alike" in words


def test_a_run_and_its_check_name_the_assumption_that_broke(sim, apart, folder):
    ran = sim("run", apart, "--out", str(folder / "runs"), "--no-plot")
    assert ran.code == Exit.FAILED
    told = " ".join(ran.out.split())
    assert (
        "root: covers too seldom; broken is children_alike: children (regionals) differ by more"
        in told
    )
    checked = sim("check", apart, "--out", str(folder / "runs"), "--json")
    findings = json.loads(checked.out)
    assert "broken is children_alike" in json.dumps(findings)
