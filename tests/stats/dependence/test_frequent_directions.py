"""Frequent directions, against matrices written out and Liberty's own loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.dependence.all_pairs import AllPairs
from sim.stats.dependence.frequent_directions import FrequentDirections, bound, shrink
from tests.reference import dependence as reference

ROUNDING = 1e-9
MATRICES = st.tuples(st.integers(1, 30), st.integers(1, 8), st.integers(0, 10**6))


def matrix(rows, columns, seed):
    """Of any rank and of rows of differing lengths."""
    rng = np.random.default_rng(seed)
    rank = rng.integers(1, 1 + min(rows, columns))
    return rng.normal(size=(rows, rank)) @ rng.normal(size=(rank, columns))


@settings(max_examples=60)
@given(MATRICES, st.integers(2, 6))
def test_no_direction_is_off_by_more_than_was_taken_off(shape, most):
    rows = matrix(*shape)
    sketch, lost = shrink(rows, most)
    size = np.square(rows).sum()
    assert len(sketch) <= most
    assert reference.spectral_error(rows, sketch) <= lost + ROUNDING * size
    # B^T B is never above A^T A: the sketch says too little, never too much.
    assert np.linalg.eigvalsh(rows.T @ rows - sketch.T @ sketch)[0] >= -ROUNDING * size


@settings(max_examples=60)
@given(MATRICES, st.integers(2, 6), st.integers(1, 5))
def test_merged_sketches_keep_the_bound_of_one_as_the_loop_over_rows_does(shape, most, parts):
    rows = matrix(*shape)
    pieces = [shrink(part, most)[0] for part in np.array_split(rows, parts)]
    merged, _ = shrink(np.concatenate(pieces), most)
    looped = reference.frequent_directions(rows, most)
    allowed = min(reference.directions_bound(rows, most, r) for r in range(most))
    slack = ROUNDING * np.square(rows).sum()
    assert reference.spectral_error(rows, merged) <= allowed + slack
    assert reference.spectral_error(rows, looped) <= allowed + slack
    assert bound(rows, most) == pytest.approx(allowed, abs=slack)


def test_rows_of_low_rank_are_kept_whole():
    rows = np.random.default_rng(1).normal(size=(100, 3)) @ np.eye(3, 20)
    sketch, lost = shrink(rows, 4)
    assert lost == pytest.approx(0, abs=1e-10)
    assert sketch.T @ sketch == pytest.approx(rows.T @ rows)


def in_two_groups(agents=60, instants=50):
    rng = np.random.default_rng(2)
    courses = rng.normal(size=(instants, 2))
    return courses[:, np.arange(agents) % 2] + 0.5 * rng.normal(size=(instants, agents))


def test_eigenvalues_of_the_agents_correlations_are_within_what_was_lost():
    series, method = in_two_groups(), FrequentDirections(10)
    parts = [method.lift(part) for part in np.split(series, 6, axis=1)]
    read = method.read(method.merge(parts))
    exact = np.linalg.eigvalsh(np.corrcoef(series.T))[::-1][: len(read.eigenvalues)]
    assert read.agents == 60
    assert (read.eigenvalues <= exact + ROUNDING).all()
    assert (exact <= read.eigenvalues + read.lost + ROUNDING).all()
    # Two groups of 30 with correlation 0.8 within: two eigenvalues near 24, the rest small.
    assert read.lost < 3


def test_the_error_is_the_largest_error_of_an_eigenvalue_over_their_sum():
    series, method = in_two_groups(), FrequentDirections(10)
    read = method.read(method.lift(series))
    truth = AllPairs().read(AllPairs().lift(series))
    exact = np.linalg.eigvalsh(np.corrcoef(series.T))[::-1]
    said = np.concatenate((read.eigenvalues, np.zeros(60 - len(read.eigenvalues))))
    assert method.error(read, truth) == pytest.approx(np.abs(said - exact).max() / 60)
    assert 0 < method.error(read, truth) <= read.lost / 60 + ROUNDING


def test_a_sketch_has_l_series_whatever_the_number_of_agents():
    sizes = [FrequentDirections(10).lift(in_two_groups(n)).size_bytes for n in (60, 600)]
    assert max(sizes) <= 8 * (10 * 50 + 2)
