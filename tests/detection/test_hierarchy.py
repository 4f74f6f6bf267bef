"""The exact merge of baselines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.detection.contract import Baseline
from sim.detection.engine import hierarchical_baseline_update, update_baseline


@st.composite
def sites(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.lists(st.integers(1, 20), min_size=1, max_size=5))
    return [rng.normal(size=(size, 2)) + rng.normal() for size in sizes]


@given(sites())
def test_the_global_baseline_is_that_of_all_values(data):
    merged = hierarchical_baseline_update(map(update_baseline, data)).baseline
    everything = np.vstack(data)
    assert merged.count.tolist() == [len(everything)]
    # Each source is rounded to half a quantum of 2**-20.
    assert merged.mean[0] == pytest.approx(everything.mean(axis=0), abs=2**-20)
    if len(everything) > 1:
        assert merged.sd[0] == pytest.approx(everything.std(axis=0, ddof=1), abs=1e-4)


@given(sites(), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_bits(data, random):
    baselines = [update_baseline(values) for values in data]
    first = hierarchical_baseline_update(baselines)
    random.shuffle(baselines)
    again = hierarchical_baseline_update(baselines)
    assert first.digest == again.digest
    assert first.baseline.sd.tobytes() == again.baseline.sd.tobytes()


def test_rows_of_one_baseline_are_sources_like_baselines_of_one_row():
    data = np.random.default_rng(2).normal(size=(9, 4, 3))
    rows = hierarchical_baseline_update([update_baseline(data)])
    single = hierarchical_baseline_update(update_baseline(data[:, k]) for k in range(4))
    assert rows.digest == single.digest
    assert rows.sources == single.sources == 4


def test_a_value_that_is_elsewhere_too_changes_the_digest():
    baseline = update_baseline(np.arange(6.0).reshape(3, 2))
    one, two = ([baseline] * count for count in (1, 2))
    assert hierarchical_baseline_update(one).digest != hierarchical_baseline_update(two).digest


def test_the_interval_counts_sources_and_not_values():
    means = np.array([1.0, 4.0, 9.0])
    for copies in (2, 200):
        data = np.repeat(means[None, :, None], copies, axis=0)
        merged = hierarchical_baseline_update([update_baseline(data)])
        assert merged.between_sd == pytest.approx(means.std(ddof=1), rel=1e-9)
        assert merged.half_width == pytest.approx(1.96 * means.std(ddof=1) / 3**0.5, rel=1e-4)


def test_rounding_gives_constant_values_no_deviation_of_a_quantum():
    data = np.full((7, 3, 1), 0.1)
    assert hierarchical_baseline_update([update_baseline(data)]).baseline.sd < 2**-20


def test_who_has_seen_nothing_counts_for_nothing():
    nothing = Baseline(np.zeros(1, int), np.full((1, 1), np.nan), np.full((1, 1), np.nan))
    merged = hierarchical_baseline_update([nothing, update_baseline([[1.0], [3.0]])])
    assert (merged.sources, merged.baseline.mean[0, 0]) == (1, 2)
    with pytest.raises(ValueError, match="no baseline with a value"):
        hierarchical_baseline_update([nothing])


def test_baselines_of_other_features_are_refused():
    with pytest.raises(ValueError, match="different numbers of features"):
        hierarchical_baseline_update(update_baseline(np.ones((2, f))) for f in (1, 2))


def test_a_sum_that_the_wire_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="feature 0 is too large"):
        hierarchical_baseline_update([update_baseline(np.full((2, 1), 1e13))])


def test_a_mean_that_is_no_number_is_refused():
    broken = Baseline(np.ones(1, int), np.full((1, 1), np.nan), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="no number"):
        hierarchical_baseline_update([broken])
