"""``sim sweep`` over a plain number says how costs grow with it."""

import json
import math

import pytest

from tests.small import SMALL, only_what_counts

GATHERING = SMALL.replace("publish: 500ms", "publish: 1s, dependence: all_pairs").replace(
    "replications: 2", "replications: 1"
)
SWEEP = "sweep: {agents.count: [10, 20, 40]}\n"


@pytest.fixture
def told(sim, folder, monkeypatch):
    only_what_counts(monkeypatch)
    (folder / "growing.yaml").write_text(GATHERING + SWEEP)
    return lambda *words: sim("sweep", "growing.yaml", *words).out


def test_costs_come_with_their_exponents_in_text_markdown_and_json(told):
    lines = told().splitlines()
    heading = "growth with agents.count: fitted exponents, and their standard errors:"
    names, exponents = lines[lines.index(heading) + 1 : lines.index(heading) + 3]
    assert names.split() == ["dependence.messages", "dependence.bytes", "dependence.operations"]
    assert "| dependence.messages | dependence.bytes |" in told("--markdown", "-")
    (growth,) = json.loads(told("--json"))["growth"]
    assert growth["path"] == "agents.count"
    fits = [growth["fits"][name]["exponent"] for name in names.split()]
    assert exponents.replace(" ± ", "±").split() == [
        f"{fit:.3f}±{growth['fits'][name]['standard_error']:.3f}"
        for name, fit in zip(names.split(), fits, strict=True)
    ]
    # n (n - 1) / 2 pairs from 10 agents to 40, and standardising, which is linear.
    assert 1.0 < fits[2] <= math.log(40 * 39 / (10 * 9), 4)


def test_errors_that_mean_something_else_in_each_row_are_told_apart(sim, folder, monkeypatch):
    only_what_counts(monkeypatch)
    kinds = "sweep: {baseline.dependence: [mean_correlation, blocks]}\n"
    (folder / "kinds.yaml").write_text(GATHERING + kinds)
    words = "dependence.error is measured by kind: mean_correlation - difference of the mean"
    assert words in sim("sweep", "kinds.yaml", "--metric", "dependence.error").out
    assert "is measured by kind" not in sim("sweep", "kinds.yaml", "--metric", "coverage.mean").out
