"""What each liar claims to have measured, one claim a test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.adversary.little_is_enough import largest_z
from sim.stats.moments import Layout
from tests.adversary.drive import (
    FEATURES,
    MEASURED,
    claim,
    make,
    make_liars,
    make_view,
)
from tests.adversary.examples import WINDOW
from tests.reference import adversaries as reference

BEGIN_NS = WINDOW["begin_ns"]
OTHERS = np.random.default_rng(4).normal(2.0, 1.0, size=(12, FEATURES))
SD = make_liars().scale_sd


def after(kind, view=None, **options):
    """What three liars claim after one look."""
    strategy = make(kind, **options)
    strategy.look(make_view(OTHERS) if view is None else view)
    claimed = claim(strategy, MEASURED[10, :3])
    assert (claimed == claimed[0]).all(), "liars who act together say the same"
    return claimed[0]


def test_a_sign_flip_claims_minus_the_mean_of_the_others():
    np.testing.assert_allclose(after("sign_flip", scale=2.0), -2 * OTHERS.mean(axis=0))


def test_who_knows_only_itself_flips_what_it_measured():
    strategy = type(make("sign_flip"))(make_liars(knows="own"), WINDOW | {"scale": 1.5})
    strategy.look(make_view(np.empty((0, FEATURES))))
    np.testing.assert_array_equal(claim(strategy, MEASURED[10]), -1.5 * MEASURED[10])


def test_inner_product_claims_a_small_step_against_the_mean():
    np.testing.assert_allclose(
        after("inner_product", tau=0.1), reference.inner_product(OTHERS.tolist(), 0.1)
    )


def test_little_is_enough_claims_the_mean_plus_z_deviations():
    np.testing.assert_allclose(
        after("little_is_enough", z=1.5), OTHERS.mean(axis=0) + 1.5 * OTHERS.std(axis=0, ddof=1)
    )


def test_little_is_enough_finds_its_own_z():
    # 6 liars of 20: supporters 5, z = Phi^-1(9 / 14).
    expected = reference.little_is_enough(OTHERS.tolist(), 20, 6)
    np.testing.assert_allclose(after("little_is_enough", z="auto"), expected)


def test_little_is_enough_stays_correct_until_it_has_seen_two():
    strategy = make("little_is_enough")
    strategy.look(make_view(OTHERS[:1]))
    np.testing.assert_array_equal(claim(strategy, MEASURED[10]), MEASURED[10])


def test_one_block_may_hold_reports_from_before_and_after_a_look():
    strategy = make("inner_product", tau=1.0)
    strategy.look(make_view([[1, 1, 1]]))
    strategy.look(make_view([[2, 2, 2]], BEGIN_NS + 10))
    born_ns = BEGIN_NS + np.array([9.0, 10.0])
    claimed = strategy.claim(10, born_ns, np.arange(2), MEASURED[10, :2])
    assert claimed.tolist() == [[-1, -1, -1], [-2, -2, -2]]


@pytest.mark.parametrize(("n", "f", "z"), [(50, 16, 0.541), (10, 3, 0.180), (50, 24, 1.426)])
def test_the_largest_z_is_that_of_the_theory(n, f, z):
    assert largest_z(n, f) == pytest.approx(z, abs=5e-4)


@pytest.mark.parametrize(("n", "f"), [(2, 1), (4, 1), (10, 1), (1, 1)])
def test_too_few_liars_to_win_half_of_the_correct_have_no_room(n, f):
    assert largest_z(n, f) == 0


def test_a_majority_of_liars_goes_as_far_as_the_outermost_correct_node():
    # 40 correct nodes: one of them in 40 is above Phi^-1(39 / 40).
    assert largest_z(100, 60) == pytest.approx(1.960, abs=5e-4)


def test_mimic_claims_the_mean_of_the_agent_farthest_from_all():
    np.testing.assert_array_equal(after("mimic"), reference.mimic(OTHERS.tolist()))


def test_mimic_stays_with_its_agent_when_others_come_and_go():
    strategy = make("mimic")
    strategy.look(make_view([[0, 0, 0], [9, 9, 9], [1, 1, 1]], nodes=np.array([2, 5, 7])))
    later = make_view(
        [[50, 50, 50], [8, 8, 8]], BEGIN_NS + 5, nodes=np.array([1, 5])
    )  # agent 1 is far off now, 2 and 7 are not to be seen
    strategy.look(later)
    assert (claim(strategy, MEASURED[10], BEGIN_NS + 5) == 8).all()


def test_mimic_repeats_the_last_it_saw_of_an_agent_that_is_gone():
    strategy = make("mimic")
    strategy.look(make_view([[0, 0, 0], [9, 9, 9], [1, 1, 1]], nodes=np.array([2, 5, 7])))
    strategy.look(make_view([[0, 0, 0]], BEGIN_NS + 5, nodes=np.array([2])))
    assert (claim(strategy, MEASURED[10], BEGIN_NS + 5) == 9).all()


def test_slow_poison_adds_its_rate_times_the_time_since_its_begin():
    claimed = claim(make("slow_poison", rate=0.03), MEASURED[10], BEGIN_NS + 2_500_000_000)
    np.testing.assert_allclose(claimed, MEASURED[10] + 0.03 * 2.5 * SD)


def test_slow_poison_begins_with_the_truth():
    np.testing.assert_array_equal(claim(make("slow_poison"), MEASURED[10]), MEASURED[10])


@given(st.integers(0, 5_000), st.integers(1, 900), st.integers(0, 900))
def test_a_sleeper_takes_turns_as_one_counts_them(later, on, off):
    strategy = make("sleeper", on_ns=on, off_ns=off, to=4.0)
    claimed = claim(strategy, MEASURED[10, :1], BEGIN_NS + later)
    expected = reference.sleeper(MEASURED[10, 0], 4 * SD, BEGIN_NS + later, BEGIN_NS, on, off)
    np.testing.assert_array_equal(claimed[0], expected)


@pytest.mark.parametrize("kind", ["push", "group_capture", "sybil"])
def test_who_pushes_claims_the_same_far_off_vector_whatever_it_measured(kind):
    assert (claim(make(kind, to=7.0), MEASURED[10]) == 7 * SD).all()


def test_group_capture_asks_for_the_worst_seats():
    assert make("group_capture").placement == "worst"


def test_sybils_join_at_the_begin_and_share_owners():
    sybil = make("sybil", identities=4)
    assert sybil.silent_from_begin
    assert sybil.owners().tolist() == [0, 0, 0, 0, 1, 1]


def test_an_honest_identity_owns_itself():
    assert make("push").owners().tolist() == [0, 1, 2, 3, 4, 5]


def test_there_may_be_any_number_of_features():
    liars = make_liars(layout=Layout(1), scale_sd=np.ones(1))
    strategy = type(make("inner_product"))(liars, WINDOW | {"tau": 1.0})
    strategy.look(make_view([[2.0], [4.0]]))
    assert claim(strategy, [[5.0]]).tolist() == [[-3.0]]
