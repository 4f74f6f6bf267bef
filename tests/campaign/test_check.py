"""Runs are judged: invariants, faults, thresholds and what got worse than the baseline."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from sim.campaign import subjects as subjects_module
from sim.campaign.baselines import baseline_of, write_baseline
from sim.campaign.check import check, judge_run
from sim.campaign.gated import Gate, gates, samples_of
from sim.campaign.replications import run_scenario
from sim.campaign.results import open_results
from sim.campaign.subjects import Running, near, subjects
from sim.errors import InvariantViolated, ResultsError, SimError, WorkerError
from sim.scenario import load_scenario
from sim.scenario.plan import Threshold
from tests.gated import GATED, METRIC, shifted
from tests.small import only_what_counts

NOBODY_WATCHES = Running(lambda _: nullcontext(lambda *_: None), Path("results"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the scenario and a stored run of it."""
    folder = tmp_path_factory.mktemp("gated")
    (folder / "gated.yaml").write_text(GATED)
    with pytest.MonkeyPatch.context() as patched:
        only_what_counts(patched)
        run_scenario(load_scenario(folder / "gated.yaml"), folder / "results")
    return folder


@pytest.fixture(scope="module")
def subject(home):
    """The stored run."""
    return subjects([home / "results" / "gated"])[0]


@pytest.fixture(scope="module")
def baseline(subject):
    """What the stored run itself would be held against."""
    return baseline_of(subject.plan, samples_of(subject.stored, subject.plan))


def findings(subject, baseline=None, **asked):
    """By kind and name, of the stored run with other things asked of it."""
    changed = replace(subject, plan=replace(subject.plan, **asked))
    gate = None if baseline is None else Gate(Path("b.json"), baseline)
    judged = judge_run(changed, subject.stored, gate)
    return {(one.kind, one.name): one for one in judged.findings}


def outcomes(judgement):
    return [(finding.kind, finding.outcome) for finding in judgement.findings]


def refuse(error, monkeypatch):
    """Let every run end with an error."""

    def run(*_):
        raise error

    monkeypatch.setattr(subjects_module, "run_scenario", run)


def test_everything_that_was_asked_is_answered_in_order(subject, baseline):
    judged = judge_run(subject, subject.stored, Gate(Path("b.json"), baseline))
    assert outcomes(judged) == [
        ("invariant", "pass"),
        ("fault", "pass"),
        ("threshold", "pass"),
        ("baseline", "pass"),
    ]
    assert (judged.outcome, judged.replications, judged.baseline) == ("pass", 8, "b.json")


def test_the_error_rates_of_the_gate_are_stated_where_it_was_asked(subject, baseline):
    asked = judge_run(subject, subject.stored, Gate(Path("b.json"), baseline))
    assert "at most 1" in asked.error_rates[0]
    assert "90" in asked.error_rates[1]
    assert judge_run(subject, subject.stored, None).error_rates == ()


def test_a_run_that_is_worse_than_its_baseline_fails_with_the_size_of_it(subject, baseline):
    found = findings(subject, shifted(baseline, -0.003))["baseline", METRIC]
    assert (found.outcome, found.line) == ("fail", 16)
    assert found.worsening == pytest.approx(0.003)
    assert found.value - found.base == pytest.approx(0.003)


def test_a_run_that_is_better_than_its_baseline_passes(subject, baseline):
    found = findings(subject, shifted(baseline, 0.003))["baseline", METRIC]
    assert found.outcome == "pass"
    assert found.worsening == pytest.approx(-0.003)


def test_a_gate_without_a_baseline_is_inconclusive_and_says_how_to_get_one(subject):
    (gate,) = gates([subject])
    judged = judge_run(subject, subject.stored, gate)
    assert judged.outcome == "inconclusive"
    assert "gated.yaml` makes it" in judged.findings[-1].reason


def test_a_gate_that_is_left_out_is_said_to_be(subject):
    judged = judge_run(subject, subject.stored, None)
    assert judged.outcome == "pass"
    assert judged.notes == ("the gate of the scenario was left out",)


@pytest.mark.parametrize(("maximum", "outcome"), [(10.0, "pass"), (1e-3, "fail")])
def test_a_threshold_is_judged_with_its_line(subject, maximum, outcome):
    asked = (Threshold(METRIC, None, maximum, 14),)
    found = findings(subject, thresholds=asked)["threshold", METRIC]
    assert (found.outcome, found.line, found.replications_needed) == (outcome, 14, None)


def test_an_open_threshold_says_how_many_replications_it_takes(subject):
    value = {row.name: row for row in subject.stored.metrics()}[METRIC]
    bound = value.value + 0.5 * (value.high - value.value)
    found = findings(subject, thresholds=(Threshold(METRIC, None, bound, 0),))["threshold", METRIC]
    assert found.outcome == "inconclusive"
    assert found.replications_needed == pytest.approx(4 * 8, abs=1)


def test_a_fault_that_was_not_there_in_every_replication_was_not_tested(subject):
    fault = replace(subject.plan.faults[0], path="faults[1]")
    found = findings(subject, faults=(*subject.plan.faults, fault))
    assert found["fault", "faults[0] hold"].held == 8
    assert found["fault", "faults[1] hold"].outcome == "inconclusive"
    assert found["fault", "faults[1] hold"].held == 0


def test_a_threshold_on_what_the_run_does_not_hold_says_to_run_it_again(subject):
    with pytest.raises(ResultsError, match=r"has no detection\.x; it was stored by .*run it again"):
        findings(subject, thresholds=(Threshold("detection.x", 0.5, None, 3),))


def test_lines_of_a_stored_run_are_those_of_its_scenario_file(subject):
    assert [one.line for one in (*subject.plan.thresholds, *subject.plan.gate)] == [14, 16]


def test_lines_are_left_out_where_the_file_was_complete_only_with_changes(home, monkeypatch):
    monkeypatch.chdir(home)
    only_what_counts(monkeypatch)
    (home / "open.yaml").write_text(GATED.replace("duration: 2s\n", ""))
    changes = ("duration=2s", "replications=1")
    folder = run_scenario(load_scenario("open.yaml", changes), home / "elsewhere").folder
    (subject,) = subjects([folder])
    assert [one.line for one in subject.plan.thresholds] == [0]


def test_a_contradiction_is_a_failure_that_leaves_the_rest_open(home, monkeypatch):
    monkeypatch.chdir(home)
    refuse(InvariantViolated("counts: 3 expected, 2 found"), monkeypatch)
    (subject,) = subjects([Path("gated.yaml")], ["topology.loss=1%"], 9)
    judged = check(subject, Gate(Path("b.json"), None), NOBODY_WATCHES)
    assert outcomes(judged) == [
        ("invariant", "fail"),
        ("fault", "inconclusive"),
        ("threshold", "inconclusive"),
        ("baseline", "inconclusive"),
    ]
    assert judged.findings[0].reason == "counts: 3 expected, 2 found"
    assert judged.replay == "sim run gated.yaml --set topology.loss=1% --seed 9"
    assert (judged.folder, judged.trouble) == ("", "")


def test_a_run_that_cannot_be_finished_is_no_verdict_on_the_scenario(home, monkeypatch):
    monkeypatch.chdir(home)
    refuse(WorkerError("a worker process ended"), monkeypatch)
    (subject,) = subjects([Path("gated.yaml")])
    judged = check(subject, None, NOBODY_WATCHES)
    assert (judged.outcome, judged.trouble) == ("inconclusive", "a worker process ended")


def test_an_interrupted_run_is_not_judged_as_a_whole_one(subject):
    manifest = {**subject.stored.manifest, "verdict": "interrupted"}
    stored = type(subject.stored)(subject.stored.path, manifest)
    judged = judge_run(replace(subject, stored=stored), stored)
    assert judged.outcome == "inconclusive"
    assert "was interrupted" in judged.findings[0].reason


def test_every_subject_is_read_before_anything_runs(home, monkeypatch):
    monkeypatch.chdir(home)
    (home / "bad.yaml").write_text(GATED + "sede: 1\n")
    with pytest.raises(SimError) as found:
        subjects([Path("bad.yaml"), Path("gated.yaml"), Path("absent")])
    assert [line.split(":")[0] for line in str(found.value).splitlines()] == ["bad.yaml", "absent"]


def test_what_has_run_cannot_be_changed(home):
    with pytest.raises(SimError, match="has run already; --set and --seed are for scenario files"):
        subjects([home / "results" / "gated"], ["topology.loss=1%"])


def test_a_place_that_cannot_be_written_is_found_out_before_anything_runs(home):
    with pytest.raises(SimError, match="cannot write the results"):
        subjects([home / "gated.yaml"], out=home / "gated.yaml")


def test_a_baseline_is_read_from_a_file_or_from_a_folder_of_them(subject, baseline, tmp_path):
    path = write_baseline(baseline, tmp_path)
    for place in (path, tmp_path):
        (gate,) = gates([subject], place)
        assert (gate.path, gate.baseline.digest) == (path, baseline.digest)


def test_everything_wrong_with_baselines_is_told_at_once(subject, baseline, tmp_path):
    write_baseline(replace(baseline, version="0.0.1"), tmp_path)
    other = replace(subject, plan=replace(subject.plan, name="other"))
    with pytest.raises(SimError) as found:
        gates([subject, other], tmp_path)
    first, second = str(found.value).splitlines()
    assert "made by version 0.0.1" in first
    assert "other.json is missing" in second


def test_a_baseline_that_lacks_a_gated_metric_is_refused_before_anything_runs(
    subject, baseline, tmp_path
):
    less = {name: sample for name, sample in baseline.samples.items() if name != METRIC}
    write_baseline(replace(baseline, samples=less), tmp_path)
    with pytest.raises(SimError, match=METRIC):
        gates([subject], tmp_path)


def test_a_scenario_without_a_gate_needs_no_baseline(subject, tmp_path):
    (gate,) = gates([replace(subject, plan=replace(subject.plan, gate=()))], tmp_path)
    assert gate.baseline is None


def test_a_baseline_that_nothing_is_held_against_is_not_silently_left_out(
    subject, baseline, tmp_path
):
    write_baseline(baseline, tmp_path)
    aimless = replace(subject, plan=replace(subject.plan, gate=()))
    (gate,) = gates([aimless], tmp_path)
    (note,) = judge_run(aimless, aimless.stored, gate).notes
    assert note == f"the scenario has no gate, so nothing was held against {gate.path}"


def test_a_path_is_said_from_here(home, monkeypatch):
    monkeypatch.chdir(home)
    assert near(open_results("results/gated").path).startswith("results/gated/")
    assert near(Path("/elsewhere")) == "/elsewhere"
