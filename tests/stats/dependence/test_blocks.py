"""Blocks: exact within a group, and their means across."""

import numpy as np
import pytest

from sim.stats.dependence.all_pairs import AllPairs
from sim.stats.dependence.blocks import Blocks
from sim.stats.dependence.mean_correlation import MeanCorrelation

METHOD = Blocks()


def of_groups(sizes, seed=1, instants=40):
    """Series with something in common within a group, and a little across."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    courses = rng.normal(size=(instants, len(sizes))) + 0.5 * rng.normal(size=(instants, 1))
    return courses[:, group] + rng.normal(size=(instants, len(group)))


def read(series, sizes):
    ends = np.cumsum(sizes)
    parts = [
        METHOD.lift(series[:, end - size : end], np.arange(end - size, end))
        for end, size in zip(ends, sizes, strict=True)
    ]
    return METHOD.read(METHOD.merge([METHOD.merge(parts[:2]), *parts[2:]]))


def test_a_thousand_agents_in_twenty_groups_have_24_690_numbers():
    sizes = [50] * 20
    blocks = read(of_groups(sizes, instants=10), sizes)
    assert blocks.numbers == 24_690
    assert 499_500 / blocks.numbers == pytest.approx(20.2, abs=0.05)


def test_pairs_within_a_group_are_exact():
    sizes = [5, 3, 4]
    series = of_groups(sizes)
    for block, part in zip(read(series, sizes).within, np.split(series, [5, 8], 1), strict=True):
        assert block == pytest.approx(np.corrcoef(part.T))


def test_across_groups_the_mean_of_pairs_is_exact():
    sizes = [5, 3, 4]
    series = of_groups(sizes)
    exact = np.corrcoef(series.T)
    across = read(series, sizes).across
    assert across[0, 1] == pytest.approx(exact[:5, 5:8].mean())
    assert across[1, 2] == pytest.approx(exact[5:8, 8:].mean())


def test_between_groups_are_the_correlations_of_their_means():
    sizes = [5, 3, 4]
    series = of_groups(sizes)
    standard = (series - series.mean(axis=0)) / series.std(axis=0)
    means = np.column_stack([part.mean(axis=1) for part in np.split(standard, [5, 8], 1)])
    assert read(series, sizes).between == pytest.approx(np.corrcoef(means.T))


def test_a_pair_across_groups_is_lost_but_their_mean_is_kept():
    sizes = [5, 3, 4]
    series = of_groups(sizes)
    series[:, 11] = -series[:, 0]
    blocks = read(series, sizes)
    pairs = blocks.pairs()
    assert np.corrcoef(series.T)[0, 11] == pytest.approx(-1)
    assert abs(pairs.matrix[0, 11]) < 0.5
    assert pairs.matrix[0, 11] == blocks.across[0, 2]
    mean = MeanCorrelation().read(MeanCorrelation().lift(series)).mean
    assert pairs.mean == pytest.approx(mean, abs=1e-8)


def test_the_error_is_over_all_pairs_and_only_pairs_across_have_one():
    sizes = [5, 3, 4]
    series = of_groups(sizes)
    truth = AllPairs().read(AllPairs().lift(series))
    off = read(series, sizes).pairs().matrix - np.corrcoef(series.T)
    expected = np.sqrt(np.mean(np.square(off[np.triu_indices(12, 1)])))
    assert METHOD.error(read(series, sizes), truth) == pytest.approx(expected)
    alone = METHOD.read(METHOD.lift(series))
    assert METHOD.error(alone, truth) == pytest.approx(0, abs=1e-12)


def test_a_group_that_nobody_saw_is_unknown_between_groups():
    sizes = [5, 3, 4]
    series = of_groups(sizes)
    series[:, 5:8] = np.nan
    blocks = read(series, sizes)
    assert np.isnan(blocks.between[1]).all()
    assert blocks.sizes.tolist() == [5, 0, 4]
