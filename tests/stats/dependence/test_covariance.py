"""Full covariances, against fractions and numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.dependence.covariance import Covariance, error_cov
from sim.stats.fixed_point import LIMIT, QUANTUM
from tests.reference import dependence as reference

METHOD = Covariance()
NUMBERS = st.integers(-LIMIT, LIMIT) | st.sampled_from([LIMIT, -LIMIT, 0, 1])
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=2, max_size=12)


def lift(rows):
    return METHOD.lift(np.array(rows, float).reshape(-1, 3) * QUANTUM)


def parts(state):
    return [part.tolist() for part in (state.count, state.sums, state.high, state.low)]


@settings(max_examples=40)
@given(ROWS)
def test_a_covariance_is_that_of_fractions_to_the_last_bit(rows):
    matrix = METHOD.read(lift(rows)).matrix
    exact = [[float(entry) * QUANTUM**2 for entry in row] for row in reference.covariance(rows)]
    assert matrix.tolist() == exact


@settings(max_examples=40)
@given(ROWS, st.integers(0, 12), st.integers(0, 12))
def test_any_order_and_tree_gives_the_same_bits(rows, first, second):
    low, high = sorted((first, second))
    a, b, c = (lift(part) for part in (rows[:low], rows[low:high], rows[high:]))
    left = METHOD.merge([METHOD.merge([a, b]), c])
    right = METHOD.merge([c, METHOD.merge([b, a])])
    assert parts(left) == parts(right) == parts(METHOD.merge([lift(rows)]))


def test_a_block_of_values_at_the_limit_is_exact():
    # 10,000 squares of 2**48 need 62 bits: 512 times what float64 adds without rounding.
    values = np.full((10_000, 2), 16.0)
    values[::2, 1] = -16 + QUANTUM
    state = METHOD.lift(values)
    assert (int(state.high[0]) << 32) + int(state.low[0]) == 10_000 * LIMIT**2
    assert (int(state.high[1]) << 32) + int(state.low[1]) == 5_000 * LIMIT


def test_ten_features_take_66_numbers_of_which_the_products_have_two_limbs():
    state = METHOD.lift(np.ones((3, 10)))
    assert len(state.count) + len(state.sums) + len(state.high) == 66
    assert state.size_bytes == 8 * (66 + 55)


def test_a_sample_with_a_gap_is_left_out_whole():
    values = np.random.default_rng(1).normal(size=(50, 3))
    gaps = values.copy()
    gaps[::5, 1] = np.nan
    gaps[1, 0] = np.inf
    kept = [row for row in range(50) if row % 5 and row != 1]
    assert parts(METHOD.lift(gaps)) == parts(METHOD.lift(values[kept]))


def test_the_work_is_products_of_all_features_for_every_sample():
    assert METHOD.lift(np.zeros((7, 4))).operations == 7 * (4 + 10)


def test_values_are_rounded_to_a_quantum_and_no_more():
    # Rounding adds an error of variance q^2 / 12 to each value: relative to a variance of 1 it
    # moves E_cov by about q / sqrt(12 n), here 6e-9.
    values = np.random.default_rng(2).normal(size=(2000, 4))
    read = METHOD.read(METHOD.lift(values))
    assert error_cov(read.matrix, np.cov(values.T)) < 1e-7
    assert read.mean == pytest.approx(values.mean(axis=0), abs=QUANTUM)


def test_the_error_is_the_relative_error_of_the_variance_in_the_worst_direction():
    assert error_cov(np.diag([1.0, 4.0, 9.09]), np.diag([1.0, 4.0, 9.0])) == pytest.approx(0.01)
    turn, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    turned = [turn @ np.diag(each) @ turn.T for each in ([1.0, 4.0, 9.09], [1.0, 4.0, 9.0])]
    assert error_cov(*turned) == pytest.approx(0.01)


def test_a_direction_without_variance_has_no_relative_error():
    truth = np.diag([1.0, 0.0])
    assert error_cov(np.diag([1.5, 3.0]), truth) == pytest.approx(0.5)
    assert np.isnan(error_cov(truth, np.zeros((2, 2))))


def test_correlations_are_numpys():
    values = np.rint(np.random.default_rng(4).normal(size=(100, 3)) / QUANTUM) * QUANTUM
    assert METHOD.read(METHOD.lift(values)).correlation == pytest.approx(np.corrcoef(values.T))


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_samples_have_no_covariance(rows):
    read = METHOD.read(METHOD.lift(np.ones((rows, 2))))
    assert np.isnan(read.matrix).all()
    assert read.count == rows
    assert np.isnan(METHOD.error(read, read))
