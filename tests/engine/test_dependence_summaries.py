"""Summaries by themselves: what is held against what, and how far off a quantile is."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.dependence import methods
from sim.engine.dependence.methods import MethodSummary, States
from sim.engine.dependence.sketched import BucketSummary, errors, rank_error
from sim.telemetry.tree import Groups

AGENTS, INSTANTS = 24, 30
LOCALS, TOP = Groups(AGENTS, 4), Groups(4, 1)
SAMPLE = np.arange(0, AGENTS, 2)


@pytest.fixture
def few(monkeypatch):
    """As if there were too many agents for all of their pairs."""
    monkeypatch.setattr(methods, "CHECKED_MAX", len(SAMPLE))


def vectors(seed=1):
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((INSTANTS, 1, 1))
    return shared + rng.standard_normal((INSTANTS, AGENTS, 1))


def summary(kind, **options):
    return MethodSummary(kind, options, np.random.default_rng, SAMPLE)


def judged(one, values):
    """What the root says of all agents' values, and how far it is off."""
    truth = one.truth(7, values)
    return one.judge(one.merge(one.lift(7, values, LOCALS), TOP), truth)


# Methods, where there are too many agents for all pairs to be worked out centrally


@pytest.mark.parametrize("kind", ["all_pairs", "mean_correlation"])
@pytest.mark.usefixtures("few")
def test_what_is_exact_is_exact_to_a_sample_too(kind):
    assert judged(summary(kind), vectors())["error"] <= 1e-12


@pytest.mark.usefixtures("few")
def test_pairs_are_held_against_those_of_the_sample():
    one = summary("blocks")
    reading = one._method.read(one.lift(7, vectors(), Groups(AGENTS, 1)).of[0])
    truth = one.truth(7, vectors()).reading
    assert truth.agents.tolist() == SAMPLE.tolist()
    # One block has all agents in it, so no pair is guessed.
    assert one._method.error(reading, truth) <= 1e-12


@pytest.mark.usefixtures("few")
def test_where_no_sample_will_do_the_error_is_not_known():
    found = judged(summary("frequent_directions"), vectors())
    assert math.isnan(found["error"])
    assert found["coverage"] == 1.0


@pytest.mark.usefixtures("few")
def test_samples_are_all_looked_at_however_many_there_are():
    one = summary("covariance")
    assert one.truth(7, vectors()).reading.count == AGENTS * INSTANTS


# Summaries


@pytest.mark.parametrize("kind", ["projection", "blocks", "frequent_directions"])
def test_a_local_that_has_heard_nothing_says_nothing(kind):
    values = vectors()
    values[:, :6] = np.nan
    state = summary(kind, **({"k": 9} if kind == "projection" else {})).lift(7, values, LOCALS)
    assert sorted(state.of) == [1, 2, 3]
    assert state.seen == 18 * INSTANTS


def test_a_round_in_which_nothing_came_has_no_error_and_covers_nothing():
    one = summary("covariance")
    nothing = np.full((INSTANTS, AGENTS, 1), np.nan)
    for state in (None, States({}, {})):
        found = one.judge(state, one.truth(7, vectors()))
        assert found["coverage"] == 0.0
        assert math.isnan(found["error"])
    assert one.judge(one.lift(7, vectors(), LOCALS), one.truth(7, nothing))["coverage"] == 0.0


def test_work_is_counted_at_every_node_and_that_of_the_twin_is_not():
    one = summary("mean_correlation")
    one.truth(7, vectors())
    assert one.spent == 0
    lifted = one.lift(7, vectors(), LOCALS)
    at_locals = one.spent
    assert at_locals == sum(state.operations for state in lifted.of.values())
    one.merge(lifted, TOP)
    assert one.spent == at_locals + 4 * INSTANTS


def test_empty_sketches_read_nothing():
    one = BucketSummary(0.01, (0.5,), 1)
    nothing = np.full((2, AGENTS, 1), np.nan)
    state = one.merge(one.lift(1, nothing, LOCALS), TOP)
    assert one.judge(state, one.truth(1, vectors()))["coverage"] == 0.0
    assert one.sizes(state, 4).tolist() == [0] * 4


# Errors of quantiles


def plain_rank_error(read, at, values):
    """The smallest distance of the rank asked for from any that the answer has."""
    ranks = [
        np.count_nonzero(values < read) / len(values),
        np.count_nonzero(values <= read) / len(values),
    ]
    return 0.0 if ranks[0] <= at <= ranks[1] else min(abs(at - rank) for rank in ranks)


WHOLE = st.integers(-5, 5).map(float)


@given(st.lists(WHOLE, min_size=1, max_size=12), WHOLE, st.floats(0, 1))
def test_the_error_of_a_rank_is_its_distance_from_the_nearest_that_the_answer_has(values, read, at):
    truth = np.sort(np.array(values))
    (found,) = rank_error(np.array([read]), np.array([at]), truth)
    assert found == pytest.approx(plain_rank_error(read, at, truth), abs=1e-12)


def test_the_worst_feature_counts():
    truth = np.stack((np.arange(1.0, 101), np.arange(101.0, 201)), axis=1)
    found = errors(np.array([[50.0, 120.0]]), np.array([0.5]), truth)
    # Rank 49 of 0 ... 99 is 50 here and 150 there, of which 120 has 19 below it and 20 at most.
    assert found["error_rank"] == pytest.approx(0.3)
    assert found["error_value"] == pytest.approx(30 / 150)


def test_a_true_value_of_nought_has_no_relative_error():
    found = errors(np.array([[1.0]]), np.array([0.5]), np.zeros((3, 1)))
    assert found["error_value"] == 0.0
    assert found["error_rank"] == 0.5
