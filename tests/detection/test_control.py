import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.detection.controls import CONTROLS, make_control
from sim.detection.controls.calibration import Calibration
from sim.scenario import catalogue
from sim.scenario.procedures import PROCEDURES
from sim.stats import multiplicity
from sim.stats.multiplicity import benjamini_hochberg, conformal_p_values

ALL = np.array([0, 1])
"""One agent at one deciding node; `one_node` is for more."""

OPTIONS = {kind: {"alpha": 0.1} for kind in CONTROLS} | {"threshold": {"quantile": 0.99}}
SCORES = st.lists(st.one_of(st.integers(-5, 5).map(float), st.just(math.nan)), max_size=30).map(
    np.array
)


def one_node(scores):
    return np.array([0, len(scores)])


def evidence_for(kind):
    """What the scores of a test are taken for: as far as logarithms of e-values are of use."""
    return "log_e" if PROCEDURES[kind].on_e_values else "score"


def calibrated(kind, options, *normal, agents=30):
    control = make_control(kind, options, np.zeros(agents, np.int64))
    for scores in normal:
        control.calibrate(np.asarray(scores, dtype=float))
    return control


def test_the_registry_has_the_names_of_the_catalogue():
    assert tuple(CONTROLS) == catalogue.CONTROLS


def test_what_is_said_of_a_control_is_so():
    """Online ones change from decision to decision; they and those on e-values take such as are."""
    for kind, facts in PROCEDURES.items():
        control = calibrated(kind, OPTIONS[kind], np.linspace(-3, 3, 199_999), agents=4000)
        scores, nothing = np.array([9.0, 0.0, 0.0, 0.0]), np.full(4000, math.nan)
        before = control.decide(scores, "score", one_node(scores))
        control.decide(nothing, "score", one_node(nothing))
        after = control.decide(scores, "score", one_node(scores))
        assert (before != after).any() == (facts.online and kind != "addis"), kind
        fresh = make_control(kind, OPTIONS[kind], np.zeros(4, np.int64))
        evidence = np.array([50.0, 0.0, 0.0, 0.0])
        alarms = fresh.decide(evidence, "log_e", one_node(evidence))
        assert alarms.any() == (facts.on_e_values or facts.online), kind


@pytest.mark.parametrize("kind", CONTROLS)
def test_every_control_alarms_on_what_stands_out_and_never_on_what_is_unknown(kind):
    control = calibrated(kind, OPTIONS[kind], np.linspace(-3, 3, 99_999))
    scores = np.array([9.0, math.nan, *[0.1] * 5, 1e9])
    alarms = control.decide(scores, evidence_for(kind), one_node(scores))
    assert alarms.tolist() == [True, False, *[False] * 5, True]


@pytest.mark.parametrize("kind", CONTROLS)
def test_every_control_without_any_calibration_is_silent(kind):
    for control in (calibrated(kind, OPTIONS[kind]), calibrated(kind, OPTIONS[kind], [math.nan])):
        assert not control.decide(np.array([1e9]), "score", ALL).any()


@pytest.mark.parametrize("kind", CONTROLS)
def test_every_control_decides_for_nobody_where_nobody_is(kind):
    control = calibrated(kind, OPTIONS[kind], [1.0], agents=0)
    assert control.decide(np.empty(0), "score", np.array([0, 0])).shape == (0,)


ON_P = {
    "bh": benjamini_hochberg,
    "by": multiplicity.benjamini_yekutieli,
    "bonferroni": multiplicity.bonferroni,
    "proportion_matching": multiplicity.proportion_matching,
    "lord": lambda p, alpha: multiplicity.LordPlusPlus(alpha).test(p),
    "saffron": lambda p, alpha: multiplicity.Saffron(alpha).test(p),
    "addis": lambda p, alpha: multiplicity.Addis(alpha).test(p),
}


@pytest.mark.parametrize("kind", ON_P)
@settings(max_examples=50)
@given(normal=SCORES, scores=SCORES, alpha=st.sampled_from([0.05, 0.2, 0.5]))
def test_a_control_is_its_procedure_on_conformal_p_values(kind, normal, scores, alpha):
    control = calibrated(kind, {"alpha": alpha}, normal, agents=len(scores))
    p = conformal_p_values(scores, normal[~np.isnan(normal)])
    found = control.decide(scores, "score", one_node(scores))
    assert found.tolist() == ON_P[kind](p, alpha).tolist()


@given(SCORES, SCORES, st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_a_quantile_alarms_exactly_where_the_conformal_p_value_is_small_enough(normal, scores, q):
    control = calibrated("threshold", {"quantile": q}, normal)
    p = conformal_p_values(scores, normal[~np.isnan(normal)])
    found = control.decide(scores, "score", one_node(scores))
    assert found.tolist() == (p <= (1 - q) * (1 + 1e-9)).tolist()


def test_each_node_tests_only_its_own_agents():
    """p = 1/20 twice, 1 six times: at 0.1 the pair is rejected alone, but not among all eight."""
    control = calibrated("bh", {"alpha": 0.1}, np.arange(19))
    scores = np.array([99.0, 99.0, *[0.0] * 6])
    alone = control.decide(scores, "score", np.array([0, 2, 8]))
    assert alone.tolist() == [True, True, *[False] * 6]
    assert not control.decide(scores, "score", one_node(scores)).any()


def test_an_agent_that_is_not_heard_still_counts_among_those_tested():
    control = calibrated("bh", {"alpha": 0.1}, np.arange(19))
    scores = np.array([99.0, *[math.nan] * 3])
    assert control.decide(scores[:1], "score", ALL).tolist() == [True]
    assert not control.decide(scores, "score", one_node(scores)).any()


def test_e_values_need_no_calibration():
    control = make_control("e_bh", {"alpha": 0.05})
    log_e = np.log([50.0, 30.0])
    assert control.decide(log_e, "log_e", one_node(log_e)).tolist() == [True, True]
    assert control.decide(log_e[1:], "log_e", ALL).tolist() == [True]
    assert not control.decide(np.log([19.0]), "log_e", ALL).any()


def test_e_bh_on_plain_scores_needs_far_more_calibration_than_bh():
    """One agent at 0.1: p <= 0.1 is enough for BH, 1 / (2 sqrt p) >= 10 needs p <= 1/400."""
    for count, bh, e_bh in ((9, True, False), (398, True, False), (399, True, True)):
        normal = np.zeros(count)
        for kind, expected in (("bh", bh), ("e_bh", e_bh)):
            control = calibrated(kind, {"alpha": 0.1}, normal)
            assert control.decide(np.array([1.0]), "score", ALL).tolist() == [expected]


def test_a_fixed_score_alarms_above_it_and_not_at_it():
    control = make_control("threshold", {"score": 4.0})
    scores = np.array([4.0, 4.1, math.nan])
    assert control.decide(scores, "score", one_node(scores)).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("kind", "options", "complaint"),
    [
        ("storey", {}, "there is no control 'storey'; there are addis, bh, bonferroni, by"),
        ("bh", {"apha": 0.1}, "bh has no option 'apha'; it has alpha, quota"),
        ("lord", {"alpha": 2.0}, "alpha must be between 0 and 1"),
        ("bh", {"quota": 3}, "a quota needs groups"),
        ("proportion_matching", {}, "proportion_matching needs groups"),
        ("bh", {"alpha": 1.0}, "alpha must be between 0 and 1"),
        ("e_bh", {"alpha": 0.0}, "alpha must be between 0 and 1"),
        ("threshold", {}, "either a quantile or a score"),
        ("threshold", {"quantile": 0.9, "score": 4.0}, "either a quantile or a score"),
        ("threshold", {"quantile": 1.0}, "quantile must be between 0 and 1"),
        ("threshold", {"score": math.inf}, "score must be a number"),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(kind, options, complaint):
    with pytest.raises(ValueError, match=complaint):
        make_control(kind, options)


def test_a_calibration_keeps_all_scores_while_there_is_room():
    kept = Calibration(kept_max=100)
    kept.add(np.arange(60.0))
    kept.add(np.arange(60.0, 100.0))
    assert len(kept) == 100
    assert [kept.above(share) for share in (0.01, 0.5, 0.98)] == [1.0, 50.0, 98.0]


def test_a_calibration_stays_bounded_and_between_half_full_and_full():
    kept = Calibration(kept_max=1000)
    for _ in range(50):
        kept.add(np.zeros(777))
        assert 450 <= len(kept) <= 1000  # halving an even spread leaves half, but for a few


def test_what_is_kept_does_not_depend_on_how_scores_were_cut_into_calls():
    scores = np.random.default_rng(1).normal(size=5000)
    at_once, in_parts = Calibration(kept_max=300), Calibration(kept_max=300)
    at_once.add(scores)
    for part in np.array_split(scores, 37):
        in_parts.add(part)
    assert len(at_once) == len(in_parts)
    shares = np.linspace(0.01, 0.99, 99)
    assert [at_once.above(q) for q in shares] == [in_parts.above(q) for q in shares]


@pytest.mark.parametrize("agents", [64, 1000, 1024])
def test_thinning_keeps_the_spread_over_agents_and_over_instants(agents):
    """Every second score of an even number of agents would be of the same half each time."""
    instants, of_agents, of_instants = 64, Calibration(kept_max=2048), Calibration(kept_max=2048)
    for instant in range(instants):
        of_agents.add(np.arange(agents) / agents)
        of_instants.add(np.full(agents, instant / instants))
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert of_agents.above(share) == pytest.approx(share, abs=1 / instants)
        assert of_instants.above(share) == pytest.approx(share, abs=1 / instants)


@pytest.mark.slow
def test_a_quantile_keeps_its_rate_of_false_alarms_for_few_normal_scores_too():
    """Chance that a new normal score is above: at most 1 - q for 30 scores; exactly 3 / 31 here."""
    draw, count = np.random.default_rng(3), 4000
    alarms = 0
    for _ in range(count):
        control = calibrated("threshold", {"quantile": 0.9}, draw.normal(size=30))
        alarms += int(control.decide(draw.normal(size=1), "score", ALL)[0])
    rate = 3 / 31
    assert alarms / count == pytest.approx(rate, abs=4 * math.sqrt(rate * (1 - rate) / count))
