"""Rungs are climbed in order; what stands above one that does not pass is not tried."""

import pytest

from sim.campaign import replications
from sim.campaign.ladder import climb
from sim.campaign.sweep import How
from sim.errors import InvariantViolated, ScenarioError
from tests.small import SMALL, only_what_counts


@pytest.fixture
def rung(tmp_path, monkeypatch):
    only_what_counts(monkeypatch)

    def write(name, coverage):
        """A rung that asks for so much coverage."""
        file = tmp_path / f"{name}.yaml"
        text = SMALL.replace("name: small", f"name: {name}").replace(
            "replications: 2", "replications: 1"
        )
        file.write_text(f"{text}thresholds: {{coverage.mean: {{min: {coverage}}}}}\n")
        return file

    return write


def test_a_rung_that_does_not_pass_is_the_last_one(rung, tmp_path):
    files = [rung("low", "10%"), rung("high", "100%"), rung("higher", "10%")]
    found = list(climb(files, How(tmp_path)))
    assert [(one.scenario.plan.name, one.passed) for one in found] == [
        ("low", True),
        ("high", False),
    ]
    assert [one.outcome for one in found[1].verdicts] == ["fail"]


def test_a_rung_that_is_stored_is_not_run_again(rung, tmp_path):
    files = [rung("low", "10%")]
    first, again = (next(climb(files, How(tmp_path))) for _ in range(2))
    assert (first.fresh, again.fresh) == (True, False)
    assert again.result.fingerprints == first.result.fingerprints


def test_every_rung_is_read_before_any_is_run(rung, tmp_path):
    broken = rung("broken", "lots")
    with pytest.raises(ScenarioError):
        next(climb([rung("low", "10%"), broken], How(tmp_path / "runs")))
    assert not (tmp_path / "runs").exists()


def test_a_bug_of_ours_is_no_wrong_call(rung, tmp_path, monkeypatch):
    """What contradicts itself ends the climb; the command line has exit codes for it."""

    def contradict(*_arguments, **_options):
        raise InvariantViolated("planted")

    monkeypatch.setattr(replications, "simulate", contradict)
    with pytest.raises(InvariantViolated, match="planted"):
        next(climb([rung("low", "10%")], How(tmp_path)))
