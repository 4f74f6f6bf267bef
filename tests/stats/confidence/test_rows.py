import numpy as np

from sim.stats.confidence.rows import groups
from sim.stats.moments import Layout, moments

TWO = Layout(2)


def row(agents):
    """The exact sum over agents of what each reports; (each, 2) quanta of one agent."""
    total = np.zeros(TWO.wide, np.int64)
    for values in agents:
        own = np.rint(values.mean(axis=0)).astype(np.int64)
        sums = (values.sum(axis=0), (values**2).sum(axis=0), own, own**2)
        narrow = np.concatenate(([len(values), 1], *sums))
        total += TWO.widen(narrow)
    return total


def test_a_group_of_rows_knows_what_exact_moments_know():
    draw = np.random.default_rng(1)
    rows = np.stack([row(draw.integers(-(2**21), 2**21, (k, 7, 2))) for k in (2, 5, 40)])
    group = groups(rows, 2)
    for index, one in enumerate(moments(line, 2) for line in rows):
        assert (group.count[index] == one.count).all()
        assert (group.sources[index] == one.sources).all()
        for name in ("mean", "sd", "between_sd"):
            np.testing.assert_allclose(getattr(group, name)[index], getattr(one, name), rtol=1e-12)


def test_the_sources_mean_weighs_all_alike_and_the_mean_weighs_values():
    """One value of 2^20 quanta, that is 1, and three of 0."""
    line = row([np.full((1, 2), 2**20), np.zeros((3, 2), np.int64)])
    group = groups(line[None], 2)
    np.testing.assert_allclose(group.mean, 0.25)
    np.testing.assert_allclose(group.source_mean, 0.5)


def test_a_row_of_nothing_is_a_group_of_nothing():
    group = groups(np.zeros((1, TWO.wide), np.int64), 2)
    assert (group.count == 0).all()
    assert np.isnan(group.mean).all()
