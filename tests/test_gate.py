"""The gate on our own scenarios: green as they are (`make gate`), red with a planted regression."""

from pathlib import Path

import pytest

from sim.cli.exits import Exit
from tests.planted import planted

SCENARIO = "scenarios/07-injected-anomalies.yaml"
ONE_METRIC = ("gate={detection.recall: {worse_by: 2%}}", "replications=8")
"""What the mistake makes worse, and how many replications are just enough to say so of one metric:
as shipped six metrics share the false alarms of a look, which takes eleven."""


@pytest.mark.slow
def test_a_planted_regression_turns_the_gate_red_and_is_explained(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[1])
    changes = [word for change in ONE_METRIC for word in ("--set", change)]
    call = ["check", SCENARIO, *changes, "--out", str(tmp_path), "--quiet"]
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
