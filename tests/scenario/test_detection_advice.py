"""What a control assumes, and whether the scenario gives it."""

import pytest

from sim.detection.detectors import DETECTORS
from sim.scenario.advice import advice
from sim.scenario.detection_advice import REMEMBERING
from sim.scenario.document import read_document
from sim.scenario.procedures import PROCEDURES
from tests.scenario.texts import GOOD, mistakes_in, plan_of

PLAIN = "agents: {count: 1000, features: 8, behaviour: {kind: synthetic, spread: 0, drift: none}}\n"
SWINGING = "season: {amplitude: 0.5, phase: common}"


def scenario(detection: str, *behaviour: str) -> str:
    text = GOOD.replace(GOOD.splitlines(keepends=True)[3], PLAIN)
    text = text.replace("drift: none", ", ".join(["drift: none", *behaviour]))
    return text + f"detection: {{{detection}}}\n"


def told(detection: str, *behaviour: str) -> list[str]:
    """All advice on a scenario with this detection, in line 6, as the user sees it."""
    text = scenario(detection, *behaviour)
    return [str(one) for one in advice(plan_of(text), read_document(text, "scenario.yaml"))]


@pytest.mark.parametrize("kind", ["bh", "by", "e_bh", "bonferroni"])
def test_independent_agents_need_no_advice(kind):
    detector = "lr_e_process" if kind == "e_bh" else "z"
    assert told(f"detector: {detector}, control: {kind}, calibrate: 20s") == []


def test_correlation_within_an_agent_is_harmless():
    assert told("detector: z, control: bh", "correlation: 0.9") == []


# Agents that depend on each other


def test_a_swing_of_all_together_is_told_to_who_needs_independence():
    (found,) = told("detector: z, control: bh", SWINGING)
    assert found.startswith("scenario.yaml:6:26: detection.control: bh promises its level for")
    assert "positively dependent, and all swing together (season with phase: common)" in found
    assert "by and bonferroni hold under any dependence" in found


@pytest.mark.parametrize("kind", ["by", "e_bh", "{kind: threshold, quantile: 99%}"])
def test_a_swing_of_all_together_is_nothing_to_who_assumes_nothing(kind):
    assert told(f"detector: z, control: {kind}", SWINGING) == []


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


def test_e_lond_is_told_nothing_of_the_past():
    assert told("detector: lr_e_process, control: e_lond", "season: {phase: own}") == []


def test_detectors_that_remember_are_detectors():
    assert set(REMEMBERING) < set(DETECTORS)


# Calibration that is too coarse


def test_an_online_rule_is_told_when_its_level_is_out_of_reach():
    (found,) = told("detector: z, scope: own, control: {kind: lord, alpha: 10%}, every: 500ms")
    assert "after some 20 tests without an alarm lord asks for less than there is" in found
    assert "no p-value is below 1/10,001, with 10,000 scores of calibration" in found
    assert "lr_e_process gives e-values" in found


@pytest.mark.parametrize(("calibrate", "remarks"), [("9500ms", 1), ("10s", 0)])
def test_bonferroni_is_told_when_no_alarm_is_possible(calibrate, remarks):
    """1000 agents at 5 %: p <= 5e-5, so 19,999 scores; each instant gives 1000."""
    found = told(f"detector: z, control: bonferroni, calibrate: {calibrate}")
    assert ["1,000 agents need p <= 5e-05" in one for one in found] == [True] * remarks
    assert told(f"detector: z, control: bonferroni, calibrate: {calibrate}, decide: local") == []


# Locals


def test_levels_are_not_matched_on_few_agents():
    (found,) = told("detector: z, control: proportion_matching")
    assert "the largest has 20: many will take themselves for without anomalies" in found


def test_matching_where_there_is_nothing_to_match_is_refused():
    (found,) = mistakes_in(scenario("detector: z, control: proportion_matching, decide: local"))
    assert (
        "detection.decide: proportion_matching matches locals to each other, and a local" in found
    )


def test_a_quota_that_never_binds_is_told_at_its_place():
    control = "control: {kind: bh, quota: QUOTA}"
    assert told("detector: z, " + control.replace("QUOTA", "19")) == []
    (found,) = told("detector: z, " + control.replace("QUOTA", "20"))
    assert "6:46: detection.control.quota: no local has more than 20 agents" in found


def test_a_quota_under_an_online_rule_is_told_what_it_costs():
    (found,) = told("detector: lr_e_process, scope: own, control: {kind: e_lond, quota: 3}")
    assert "what e_lond promises is not known to hold under a quota" in found


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
