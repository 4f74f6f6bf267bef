"""The detection engine on plain arrays."""

import doctest

import numpy as np
import pytest

import sim.detection.engine as engine
from sim.detection.contract import Baseline
from sim.detection.detectors import DETECTORS
from sim.detection.engine import analyze_behavior, update_baseline
from tests.data import ROOT
from tests.detection.test_detectors import OPTIONS, build, tell

NORMAL = np.random.default_rng(21).normal(size=(300, 3)) @ np.diag([1, 2, 5])
BASELINE = update_baseline(NORMAL)
ODD = np.vstack((NORMAL[:5], [[9, 0, 0]]))


def test_the_example_of_the_engine_runs():
    assert doctest.testmod(engine).failed == 0


@pytest.mark.parametrize("kind", DETECTORS)
def test_it_is_the_code_that_runs_inside_the_simulator(kind):
    values = np.random.default_rng(3).normal(size=(5, 6, 3))
    options = OPTIONS.get(kind, {})
    found = analyze_behavior(values, BASELINE, kind, **options)
    detector = build(kind, agents=6, features=3)
    for value, scores in zip(values, found.score, strict=True):
        assert tell(detector, value, baseline=BASELINE).tobytes() == scores.tobytes()
    assert found.contributions.shape == (6, 3)


def test_one_agent_is_scored_vector_by_vector():
    found = analyze_behavior(ODD, BASELINE)
    assert found.score.shape == (6,)
    assert found.score.argmax() == 5
    assert found.contributions.argmax() == 0


def test_a_span_counts_vectors_unless_a_period_is_given():
    counted = analyze_behavior(ODD, BASELINE, "ewma_z", half_life_ns=4)
    timed = analyze_behavior(ODD, BASELINE, "ewma_z", half_life_ns=4000, period_ns=1000)
    assert counted.score.tolist() == timed.score.tolist()


def test_every_agent_may_have_a_baseline_of_its_own():
    two = np.stack((NORMAL, NORMAL + 100), axis=1)
    own = update_baseline(two)
    scores = analyze_behavior(two[:4], own).score
    assert scores[:, 0] == pytest.approx(scores[:, 1], rel=1e-9)


def test_agents_may_share_the_baseline_of_their_group():
    three = np.stack((NORMAL, NORMAL + 100, NORMAL + 100), axis=1)
    by_group = update_baseline(three[:, :2])
    scores = analyze_behavior(three[:4], by_group, groups=[0, 1, 1]).score
    assert scores[:, 1].tolist() == scores[:, 2].tolist()
    assert scores.max() < 5


def test_without_a_baseline_behaviour_is_held_against_itself():
    alone = analyze_behavior(ODD).score
    assert alone.tolist() == analyze_behavior(ODD, update_baseline(ODD)).score.tolist()


def test_a_calibration_gives_conformal_p_values():
    found = analyze_behavior(ODD, BASELINE, calibration=analyze_behavior(NORMAL, BASELINE).score)
    assert found.p_value[5] == pytest.approx(1 / 301)
    assert (found.p_value[:5] > 1 / 301).all()


def test_without_a_calibration_there_is_no_p_value():
    assert analyze_behavior(ODD, BASELINE).p_value is None


def test_evidence_comes_as_a_logarithm_and_as_an_e_value():
    found = analyze_behavior(np.full((300, 3), 50.0), BASELINE, "lr_e_process")
    assert found.log_e is found.score
    assert found.e_value[0] == pytest.approx(np.exp(found.log_e[0]))
    assert found.e_value[-1] == np.inf
    assert np.isfinite(found.log_e).all()


def test_a_plain_score_is_no_evidence():
    found = analyze_behavior(ODD, BASELINE)
    assert found.log_e is None
    assert found.e_value is None


# Baselines


def test_a_baseline_is_that_of_numpy():
    assert BASELINE.count.tolist() == [300]
    assert BASELINE.mean[0] == pytest.approx(NORMAL.mean(axis=0), rel=1e-12)
    assert BASELINE.sd[0] == pytest.approx(NORMAL.std(axis=0, ddof=1), rel=1e-12)
    assert BASELINE.covariance[0] == pytest.approx(np.cov(NORMAL.T), rel=1e-12)


def test_updating_in_parts_gives_the_baseline_of_all():
    parts = update_baseline(NORMAL[250:], update_baseline(NORMAL[:250]))
    assert parts.count.tolist() == [300]
    assert parts.mean == pytest.approx(BASELINE.mean, rel=1e-12)
    assert parts.covariance == pytest.approx(BASELINE.covariance, rel=1e-12)


def test_one_more_vector_is_enough_for_an_update():
    parts = update_baseline(NORMAL[299:], update_baseline(NORMAL[:299]))
    assert parts.sd == pytest.approx(BASELINE.sd, rel=1e-12)


def test_covariances_that_were_not_known_before_are_not_made_up():
    plain = Baseline(BASELINE.count, BASELINE.mean, BASELINE.sd)
    assert update_baseline(NORMAL, plain).covariance is None


# What is refused


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (np.zeros(3), r"agent_data must have shape \(T, F\)"),
        (np.zeros((0, 3)), "agent_data is empty"),
        ([[1.0, np.nan, 0.0]], "agent_data has values that are no number"),
        ([[1.0, np.inf, 0.0]], "agent_data has values that are no number"),
        (np.zeros((2, 2)), "the baseline has 3 features, the data 2"),
    ],
)
def test_data_of_another_shape_are_refused(data, problem):
    with pytest.raises(ValueError, match=problem):
        analyze_behavior(data, BASELINE)


def test_a_baseline_must_fit_agents_or_groups():
    with pytest.raises(ValueError, match="2 rows fits neither"):
        analyze_behavior(np.zeros((1, 5, 3)), update_baseline(np.zeros((4, 2, 3))))


def test_there_is_one_group_for_each_agent():
    with pytest.raises(ValueError, match=r"groups must have shape \(5,\)"):
        analyze_behavior(np.zeros((1, 5, 3)), BASELINE, groups=[0, 1])


def test_a_baseline_is_only_updated_with_patterns_of_its_shape():
    with pytest.raises(ValueError, match="another shape"):
        update_baseline(np.zeros((4, 2)), BASELINE)
    with pytest.raises(ValueError, match="patterns is empty"):
        update_baseline(np.zeros((4, 0)))


def test_the_example_of_the_page_prints_what_the_page_says(capsys):
    blocks = (ROOT / "docs" / "detection.md").read_text(encoding="utf-8").split("```")
    exec(blocks[1].removeprefix("python\n"), {})
    assert capsys.readouterr().out.strip() == blocks[3].strip()
