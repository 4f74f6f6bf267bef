"""Liars who say nothing false: they withhold, delay, hurry, repeat, jump and come and go."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.adversary import STRATEGIES, Strategy
from sim.telemetry.leaves import TICKS_MAX
from tests.adversary.drive import MANY, MEASURED, PERIOD_NS, PHASES_NS, make, make_liars, make_view
from tests.adversary.examples import WINDOW

EVERYBODY = np.arange(MANY)
SENT_NS = PHASES_NS + np.arange(10, 13)[:, None] * float(PERIOD_NS)
ARRIVALS_NS = SENT_NS + 20_000_000
ARRIVALS_NS[1, 2] = np.inf
SECOND = 1_000_000_000


def arrive(strategy):
    return strategy.arrive(SENT_NS, EVERYBODY, ARRIVALS_NS.copy())


# Silence


def test_who_is_silent_is_never_heard():
    assert (arrive(make("silence")) == np.inf).all()


def looked(side, **knows):
    """Selective silence that has seen a mean of (0, 0, 0)."""
    strategy = make("selective_silence", side=side)
    strategy.look(make_view(**{"others": np.zeros((4, 3))} | knows))
    return strategy


def withheld(strategy, vectors, tick=10):
    """Which of these vectors, one a liar, are held back."""
    vectors = np.asarray(vectors, float)
    who = EVERYBODY[: len(vectors)]
    born_ns = np.full(len(vectors), float(WINDOW["begin_ns"]))
    said = strategy.claim(tick, born_ns, who, vectors)
    np.testing.assert_array_equal(said, vectors)
    sent_ns = tick * PERIOD_NS + PHASES_NS[None, : len(vectors)].astype(float)
    return np.isinf(strategy.arrive(sent_ns, who, sent_ns + 5))[0].tolist()


@pytest.mark.parametrize(("side", "expected"), [("low", [True, False]), ("high", [False, True])])
def test_selective_silence_withholds_one_side_of_the_mean(side, expected):
    assert withheld(looked(side), [[-1, -1, -1], [1, 1, 1]]) == expected


def test_sides_are_told_in_deviations():
    # 1 sd up in the second feature (sd 0.5) outweighs 0.8 sd down in the first (sd 1).
    assert withheld(looked("low"), [[-0.8, 0.5, 0], [-0.8, 0.3, 0]]) == [False, True]


def test_features_that_do_not_vary_have_no_side():
    liars = make_liars(scale_sd=np.array([1.0, 0.0, 0.0]))
    strategy = STRATEGIES["selective_silence"](liars, WINDOW | {"side": "low"})
    strategy.look(make_view(np.zeros((4, 3))))
    assert withheld(strategy, [[1, -50, -50], [-1, 50, 50]]) == [False, True]


def test_who_sees_nobody_holds_values_against_its_own_mean():
    strategy = looked("low", others=np.empty((0, 3)), own=np.repeat([[0.0], [9.0]] * 3, 3, axis=1))
    assert withheld(strategy, [[5, 5, 5], [5, 5, 5]]) == [False, True]


def test_nothing_is_withheld_before_the_first_look():
    assert withheld(make("selective_silence"), [[-9, -9, -9]]) == [False]


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, TICKS_MAX), st.integers(0, 2**32))
def test_silences_of_a_whole_step_are_those_of_its_reports(first, ticks, seed):
    vectors = np.random.default_rng(seed).normal(size=(ticks, MANY, 3))
    strategy = looked("high")
    first += WINDOW["begin_ns"] // PERIOD_NS + 1
    sent_ns = PHASES_NS + (first + np.arange(ticks))[:, None] * float(PERIOD_NS)
    for tick, (born_ns, vector) in enumerate(zip(sent_ns, vectors, strict=True), first):
        strategy.claim(tick, born_ns, EVERYBODY, vector)
    expected = [[float(np.dot(v, [1, 2, 0.5])) > 0 for v in row] for row in vectors]
    held = np.isinf(strategy.arrive(sent_ns, EVERYBODY, sent_ns + 5))
    assert held.tolist() == expected


# Late and early


@given(st.integers(0, 10 * SECOND), st.integers(0, 6 * SECOND))
def test_a_delay_to_the_bound_ends_the_margin_before_it(delay_ns, margin_ns):
    strategy = make("delay_to_bound", margin_ns=margin_ns)
    (arrival_ns,) = strategy.arrive(np.array([[7.0]]), EVERYBODY[:1], np.array([[7.0 + delay_ns]]))
    assert arrival_ns == 7 + max(delay_ns, strategy.liars.bound_ns - margin_ns)


def test_a_report_that_was_lost_does_not_arrive_at_the_bound():
    held = arrive(make("delay_to_bound"))
    assert held[1, 2] == np.inf
    assert np.isfinite(held).sum() == held.size - 1


def test_a_fast_liar_is_a_push_that_reports_first():
    fast, push = make("fast_liar"), make("push")
    assert (fast.first_in_period, push.first_in_period) == (True, False)
    claims = [s.claim(10, SENT_NS[0], EVERYBODY, MEASURED[10]) for s in (fast, push)]
    np.testing.assert_array_equal(*claims)


# Versions, copies, presence


def test_only_a_version_jump_jumps():
    assert [kind for kind, made in STRATEGIES.items() if made.version_jumps] == ["version_jump"]


def test_a_flood_keeps_receivers_busy_with_the_report_and_its_copies():
    assert make("importance_flood", times=10).copies() == 11
    assert make("push").copies() == 1


def test_a_churn_storm_leaves_and_joins_in_turns():
    storm = make("churn_storm", every_ns=SECOND)
    begin_ns = WINDOW["begin_ns"]
    instants = [begin_ns + turn * SECOND for turn in range(4)]
    assert [storm.present(at_ns) for at_ns in instants] == [False, True, False, True]
    assert [storm.present(at_ns - 1) for at_ns in instants] == [True, False, True, False]


def test_a_churn_storm_changes_its_mind_at_its_turns_only():
    storm = make("churn_storm", every_ns=300_000_000)
    assert storm.turns_ns == 300_000_000
    for turn in range(5):
        first_ns = WINDOW["begin_ns"] + turn * storm.turns_ns
        within = [storm.present(first_ns + part) for part in (0, 1, 299_999_999)]
        assert len(set(within)) == 1


@pytest.mark.parametrize("kind", ["churn_storm", "importance_flood", "version_jump"])
def test_who_only_disturbs_says_nothing_false(kind):
    assert all(
        getattr(STRATEGIES[kind], hook) is getattr(Strategy, hook)
        for hook in ("claim", "tell", "arrive", "ages", "digest", "commit", "scores", "down")
    )
