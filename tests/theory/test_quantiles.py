"""Quantiles through a tree (theory 2.2): the error of a rank, by k and after merging."""

import numpy as np
import pytest

from sim.stats.sketches.kll import merge, rank_error, sketch

Q = np.array([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
RUNS = 150


@pytest.mark.parametrize(
    ("k", "error"), [(200, 0.0133), (400, 0.0068), (800, 0.0035), (1600, 0.0018)]
)
def test_the_rank_error_of_k_is_that_of_the_table_and_is_kept(figure, k, error):
    assert round(rank_error(k), 4) == error
    rng = np.random.default_rng(k)
    values = np.arange(20_000.0)
    at = values[::400]
    exact = (at + 1) / len(values)
    found = (sketch(rng.permutation(values), k, rng) for _ in range(40))
    errors = np.array([np.abs(each.ranks(at) - exact).max() for each in found])
    # The table is for values one by one. Fed at once, a list gives way once and not many times:
    # the worst of 50 ranks in 40 sketches stays below a third of the table.
    assert 0 < errors.max() < error / 3
    figure("2.2", f"KLL, k = {k}: rank error at 99 %", error, rank_error(k), allowed=5e-5)


def through_a_tree(rng, k=200):
    """The largest error of seven ranks, and the size of the root's sketch."""
    values = rng.normal(size=100_000)
    locals_ = [sketch(part, k, rng) for part in np.split(values, 20)]
    root = merge([merge(locals_[:10], rng), merge(locals_[10:], rng)], rng)
    ranks = np.searchsorted(np.sort(values), root.quantiles(Q), side="right") / len(values)
    return np.abs(ranks - Q).max(), sum(len(part) for part in root.lists)


@pytest.mark.slow
def test_a_hundred_thousand_values_through_20_locals_and_2_regionals(figure):
    # The theory has a mean of 0.27 % and a 99th percentile of 0.49 %, of another library. Ours has
    # 0.21 % and 0.34 %: the same size (400 values: 1.6 kB in single precision), below both.
    rng = np.random.default_rng(1)
    errors, sizes = np.array([through_a_tree(rng) for _ in range(RUNS)]).T
    standard_error = errors.std() / np.sqrt(RUNS)
    assert errors.mean() == pytest.approx(0.0021, abs=4 * standard_error)
    assert errors.mean() + 4 * standard_error < 0.0027
    assert np.quantile(errors, 0.99) < 0.0049
    assert 4 * sizes.mean() == pytest.approx(1600, rel=0.05)
    reason = "Theory's is of another library; this one, of the same size, errs less."
    what = "KLL, k = 200, through a tree: largest of seven rank errors"
    figure("2.2", what, 0.0027, errors.mean(), standard_error, reason=reason)
    figure("2.2", "KLL, k = 200: bytes of a sketch", 1600, 4 * sizes.mean(), allowed=80)
