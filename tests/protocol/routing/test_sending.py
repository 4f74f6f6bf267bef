"""When sources send, and that silence means what it is said to mean."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.routing.registry import POLICIES
from sim.protocol.routing.sending.functions import Linear, Monitored, SquaredDistance
from sim.protocol.routing.sending.geometric import BallTest, Geometric, LocalTest, SlackTest
from tests.reference.routing import sent_on_delta

OPTIONS = {
    "periodic": {"period_ns": 3},
    "on_delta": {"delta": 1.0},
    "adaptive": {"delta": 1.0, "share": 0.2},
    "geometric": {"threshold": 1.0, "weights": [1.0, 0.0]},
}


def walks(seed: int, steps: int, sources: int, features: int = 1) -> np.ndarray:
    """Random walks of unit steps; (steps, sources, features)."""
    moves = np.random.default_rng(seed).standard_normal((steps, sources, features))
    return moves.cumsum(axis=0)


def test_every_policy_is_tested():
    assert list(OPTIONS) == list(POLICIES)


@pytest.mark.parametrize("kind", POLICIES)
def test_the_first_measurement_is_always_sent(kind: str):
    policy = POLICIES[kind](3, 2, **OPTIONS[kind])
    assert policy.offer(np.zeros((3, 2)), 0).all()


@pytest.mark.parametrize("kind", POLICIES)
def test_silence_means_what_it_says_at_every_measurement(kind: str):
    policy = POLICIES[kind](20, 2, **OPTIONS[kind])
    sent, bound = np.full((20, 2), np.nan), np.zeros(20)
    for now_ns, values in enumerate(walks(1, 200, 20, 2)):
        due = policy.offer(values, now_ns)
        sent[due], bound[due] = values[due], policy.silence[due]
        assert np.all(np.abs(values - sent).max(axis=1) <= bound)


@pytest.mark.parametrize("kind", ["on_delta", "adaptive", "geometric"])
def test_what_is_no_number_is_never_news(kind: str):
    policy = POLICIES[kind](2, 2, **OPTIONS[kind])
    policy.offer(np.zeros((2, 2)), 0)
    for number in (math.nan, math.inf):
        assert not policy.offer(np.array([[0.0, 0.0], [0.0, number]]), 1).any()


@pytest.mark.parametrize("kind", POLICIES)
def test_who_is_forgotten_sends_what_it_measures_next_though_it_has_not_moved(kind: str):
    policy = POLICIES[kind](3, 2, **OPTIONS[kind])
    policy.offer(np.zeros((3, 2)), 0)
    assert not policy.offer(np.zeros((3, 2)), 1).any()
    policy.forget(np.array([False, True, False]))
    assert policy.offer(np.zeros((3, 2)), 2)[1]


# Periodic


def test_periods_are_counted_from_the_phase_of_each_source():
    policy = POLICIES["periodic"](2, 1, period_ns=10, phases_ns=np.array([0, 5]))
    sent = [policy.offer(np.zeros((2, 1)), now_ns).tolist() for now_ns in (0, 4, 5, 9, 10, 12, 15)]
    assert sent == [
        [True, True],
        [False, False],
        [False, True],
        [False, False],
        [True, False],
        [False, False],
        [False, True],
    ]


def test_without_a_period_every_measurement_is_sent():
    policy = POLICIES["periodic"](1, 1, period_ns=0)
    assert all(policy.offer(np.zeros((1, 1)), now_ns)[0] for now_ns in range(5))


# Send on delta


@given(st.lists(st.floats(-3, 3), max_size=40), st.floats(0, 2))
def test_on_delta_sends_as_a_loop_that_remembers_the_last_one(values: list[float], delta: float):
    policy = POLICIES["on_delta"](1, 1, delta=delta)
    sent = [i for i, value in enumerate(values) if policy.offer(np.array([[value]]), i)[0]]
    assert sent == sent_on_delta(values, delta)


@pytest.mark.parametrize("delta", [-1.0, math.nan])
def test_a_delta_below_0_is_refused(delta: float):
    with pytest.raises(ValueError, match="negative"):
        POLICIES["on_delta"](1, 1, delta=delta)


def test_a_period_below_0_is_refused():
    with pytest.raises(ValueError, match="negative"):
        POLICIES["periodic"](1, 1, period_ns=-1)


# Adaptive


@pytest.mark.parametrize("scale", [0.1, 100.0])
def test_an_adaptive_delta_comes_to_its_share_of_messages_on_any_scale(scale: float):
    policy = POLICIES["adaptive"](50, 1, delta=1.0, share=0.1, gain=0.3)
    sent = [policy.offer(scale * x, at).sum() for at, x in enumerate(walks(2, 2000, 50))]
    # What log delta has moved by is gain * (sent - share * steps): bounded, so the share is exact.
    assert sum(sent[1000:]) / (1000 * 50) == pytest.approx(0.1, abs=0.003)


@pytest.mark.parametrize(
    "wrong", [{"delta": 0.0}, {"share": 1.0}, {"share": 0.0}, {"gain": -1.0}, {"delta": math.inf}]
)
def test_a_budget_that_cannot_be_kept_is_refused(wrong: dict[str, float]):
    with pytest.raises(ValueError, match="above 0"):
        POLICIES["adaptive"](1, 1, **({"delta": 1.0, "share": 0.1} | wrong))


# Geometric monitoring

_number = st.floats(-2, 2, width=32)
_point = st.tuples(_number, _number, _number)
_pairs = st.lists(st.tuples(_point, _point), min_size=1, max_size=6).map(np.array)

DISTANCE = SquaredDistance(np.array([0.5, 0.0, 0.0]))
LINEAR = Linear(np.array([1.0, -2.0, 0.5]))
CASES: dict[str, tuple[type[LocalTest], Monitored]] = {
    "balls of a distance": (BallTest, DISTANCE),
    "balls of a product": (BallTest, LINEAR),
    "slack of a product": (SlackTest, LINEAR),
}


@pytest.mark.parametrize(("kind", "function"), CASES.values(), ids=CASES)
@settings(max_examples=60)
@given(pairs=_pairs, share=st.floats(0.05, 0.95))
def test_whenever_the_average_passes_a_threshold_somebody_fails(
    kind: type[LocalTest], function: Monitored, pairs: np.ndarray, share: float
):
    estimate, moves = pairs[:, 0].mean(axis=0), pairs[:, 1]
    old, new = function(np.stack([estimate, estimate + moves.mean(axis=0)]))
    if abs(new - old) > 1e-9:
        threshold = float(old + share * (new - old))
        assert kind(function, threshold)(estimate, moves).any()


def test_two_balls_just_cover_the_way_between_orthogonal_moves():
    estimate, moves = np.zeros(2), np.array([[2.0, 0.0], [0.0, 2.0]])
    nearest = SquaredDistance(np.array([1.0, 1.0]))  # where the average is: at distance 0
    assert BallTest(nearest, 1e-6)(estimate, moves).all()
    assert not BallTest(nearest, 1e-6)(estimate, 0.9 * moves).any()


def test_no_point_of_a_ball_is_outside_the_range_that_a_function_gives():
    rng = np.random.default_rng(3)
    centre, radius = np.array([[0.3, -0.4, 1.0]]), np.array([0.7])
    directions = rng.standard_normal((500, 3))
    edge = centre + radius * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    for function in (DISTANCE, LINEAR):
        low, high = function.range(centre, radius)
        found = function(edge)
        assert low[0] - 1e-12 <= found.min() <= found.max() <= high[0] + 1e-12
        # And the ends are taken on: 500 random directions come near to both.
        assert found.max() == pytest.approx(high[0], abs=0.1 * (high - low)[0])


def test_slack_is_the_ball_test_in_one_dimension():
    linear = Linear(np.array([2.0]))
    moves = np.linspace(-3, 3, 101)[:, None]
    ball, slack = (kind(linear, 1.0)(np.array([0.1]), moves) for kind in (BallTest, SlackTest))
    assert ball.tolist() == slack.tolist()
    assert 0 < slack.sum() < 101


def test_in_more_dimensions_slack_fails_less_often_than_balls():
    linear, moves = Linear(np.array([1.0, 1.0])), walks(4, 1, 500, 2)[0]
    ball, slack = (kind(linear, 1.0)(np.zeros(2), moves) for kind in (BallTest, SlackTest))
    assert np.all(ball | ~slack)
    assert slack.sum() < ball.sum()


def test_a_full_synchronisation_costs_two_messages_a_source():
    policy = Geometric(10, 1, test=SlackTest(Linear(np.array([1.0])), 5.0))
    policy.offer(np.zeros((10, 1)), 0)
    policy.offer(np.full((10, 1), 4.0), 1)
    assert (policy.synchronisations, policy.messages) == (1, 20)
    assert policy.offer(np.array([[6.0]] + [[0.0]] * 9), 2).all()
    assert (policy.synchronisations, policy.messages, policy.violations) == (2, 40, 11)
    assert policy.estimate.tolist() == [0.6]


def test_who_was_never_heard_is_absent_and_makes_nobody_else_speak():
    policy = Geometric(3, 1, test=SlackTest(Linear(np.array([1.0])), 5.0))
    looks = np.array([[1.0], [3.0], [math.nan]])
    assert policy.offer(looks, 0).tolist() == [True, True, False]
    assert policy.estimate.tolist() == [2.0]
    assert not policy.offer(looks, 1).any()
    assert policy.messages == 4
    looks[2] = 5.0
    assert policy.offer(looks, 2).all(), "its first is news, and changes the average"
    assert policy.estimate.tolist() == [3.0]


def test_where_nobody_measures_anything_nobody_speaks():
    policy = Geometric(2, 1, test=SlackTest(Linear(np.array([1.0])), 5.0))
    assert not policy.offer(np.full((2, 1), math.nan), 0).any()
    assert (policy.synchronisations, policy.messages) == (0, 0)
    assert np.isnan(policy.estimate).all()


@pytest.mark.parametrize("options", [{}, {"weights": [1.0], "origin": [0.0]}])
def test_monitoring_needs_one_function(options: dict[str, list[float]]):
    with pytest.raises(ValueError, match="either"):
        POLICIES["geometric"](1, 1, threshold=0.0, **options)
