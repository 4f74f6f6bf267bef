"""The gate on our own scenarios: green as they are (`make gate`), red with a planted regression."""

from pathlib import Path

import pytest

from sim.cli.exits import Exit
from tests.planted import planted

SCENARIO = "scenarios/07-injected-anomalies.yaml"


@pytest.mark.slow
def test_a_planted_regression_turns_the_gate_red_and_is_explained(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[1])
    call = ["check", SCENARIO, "--set", "replications=11", "--out", str(tmp_path), "--quiet"]
    assert planted(call) == Exit.FAILED
    told = capsys.readouterr().out
    (recall,) = [
        line for line in told.splitlines() if line.startswith("  baseline   detection.rec")
    ]
    assert "FAIL" in recall
    assert "points worse" in recall
    first = told[told.index("  first:") :]
    assert "detection." in first.splitlines()[0]
    assert f"scenario: injected-anomalies ({SCENARIO})" in first
    assert f"replay:   sim replay {tmp_path}" in first
