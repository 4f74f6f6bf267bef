"""What a control assumes, and whether the scenario gives it."""

import pytest

from sim.detection.detectors import DETECTORS
from sim.scenario.advice import advice
from sim.scenario.detection_advice import REMEMBERING
from sim.scenario.document import read_document
from sim.scenario.procedures import PROCEDURES
from tests.scenario.advised import scenario, told
from tests.scenario.texts import GOOD, mistakes_in, plan_of

SWINGING = "season: {amplitude: 0.5, phase: common}"


@pytest.mark.parametrize("kind", ["bh", "by", "e_bh", "bonferroni"])
def test_independent_agents_need_no_advice(kind):
    detector = "lr_e_process" if kind == "e_bh" else "z"
    assert told(f"detector: {detector}, control: {kind}, calibrate: 20s") == []


def test_correlation_within_an_agent_is_harmless():
    assert told("detector: z, control: bh", "correlation: 0.9") == []


# Agents that depend on each other


def test_a_swing_of_all_together_is_told_to_who_needs_independence():
    (found,) = told("detector: z, control: bh", SWINGING)
    assert found.startswith("scenario.yaml:6:26: detection.control: all swing together (season")
    assert "bh assumes that agents are independent, or positively dependent" in found
    assert "by and bonferroni hold under any dependence" in found


@pytest.mark.parametrize("kind", ["by", "e_bh", "{kind: threshold, quantile: 99%}"])
def test_a_swing_of_all_together_is_nothing_to_who_assumes_nothing(kind):
    told_of = "".join(told(f"detector: z, control: {kind}, calibrate: 20s", SWINGING))
    assert "swing" not in told_of


def test_positive_dependence_of_shocks_is_told_not_to_be_that_of_scores():
    """A shock is positive dependence of values: of two-sided scores it is not."""
    (found,) = told("detector: z, control: bh", "common: {sd: 0.5}")
    assert "shocks hit all at once (common: 0.5), so false alarms come together" in found
    assert "or positively dependent as scores that count both directions are not" in found


@pytest.mark.parametrize("kind", ["lord", "saffron", "addis"])
def test_shocks_are_told_to_who_takes_each_test_for_independent(kind):
    found = "".join(told(f"detector: z, scope: own, control: {kind}", "common: {sd: 0.5}"))
    assert f"{kind} takes each test for independent of all before it: shocks hit all" in found
    assert "by and bonferroni hold under any dependence" in found


@pytest.mark.parametrize(
    ("detector", "season"),
    [
        ("peers", SWINGING),
        ("z", "season: {phase: own}"),
        ("z", "season: {amplitude: 0, phase: common}"),
    ],
)
def test_a_swing_that_no_score_shares_is_nothing_to_bh(detector, season):
    assert told(f"detector: {detector}, control: bh", season) == []


def test_a_trace_that_all_play_in_step_is_told(tmp_path):
    (tmp_path / "some.csv").write_text("load\n1\n2\n", encoding="utf-8")
    path = (tmp_path / "some.csv").as_posix()
    trace = f"agents: {{count: 1000, behaviour: {{kind: trace, path: {path}, shift: SHIFT}}}}\n"
    text = GOOD.replace(GOOD.splitlines(keepends=True)[3], trace) + "detection: {detector: z}\n"
    for shift, remarks in (("none", 1), ("random", 0)):
        shifted = text.replace("SHIFT", shift)
        found = advice(plan_of(shifted), read_document(shifted, "scenario.yaml"))
        assert ["in step" in one.problem for one in found] == [True] * remarks


# Agents that depend on their own past


def test_an_online_rule_is_told_all_that_lasts():
    text = "detector: {kind: cusum}, scope: population, control: lord, learn: 1s, calibrate: 2s"
    found = "".join(told(text, "season: {phase: own}"))
    assert "cusum remembers earlier values; a season lasts 1min" in found
    assert "e_lond on lr_e_process holds whatever comes again" in found
    default = GOOD + "detection: {detector: z, control: addis}\n"
    (first, _) = advice(plan_of(default), read_document(default, "scenario.yaml"))
    assert "who is unlike others stays so" in first.problem
    assert "drift lasts 1min" in first.problem


def test_plain_noise_against_its_own_history_has_no_past():
    (found,) = told("detector: z, scope: own, control: saffron")
    assert "without an alarm" in found
    assert "independent" not in found


def test_e_lond_is_told_nothing_of_the_past():
    assert told("detector: lr_e_process, control: e_lond", "season: {phase: own}") == []


def test_detectors_that_remember_are_detectors():
    assert set(REMEMBERING) < set(DETECTORS)


# Levels that are none


@pytest.mark.parametrize("kind", [kind for kind in PROCEDURES if kind != "threshold"])
def test_a_level_and_a_quota_that_are_none_are_refused_at_once(kind):
    for alpha, problem in (("0", "must be more than 0, not 0"), ("100%", "must be less than 1")):
        control = f"{{kind: {kind}, alpha: {alpha}, quota: 0}}"
        found = "\n".join(mistakes_in(scenario(f"detector: z, control: {control}")))
        assert f"detection.control.alpha: {problem}" in found
        assert "detection.control.quota: must be at least 1, not 0" in found


@pytest.mark.parametrize("quota", ["0", "-1", "2.5", "many"])
def test_a_quota_that_is_none_is_refused(quota):
    (found,) = mistakes_in(scenario(f"detector: z, control: {{kind: bh, quota: {quota}}}"))
    assert "detection.control.quota: " in found
