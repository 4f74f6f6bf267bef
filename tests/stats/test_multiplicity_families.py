"""BY, Bonferroni, Holm, sides of a partition, quotas and proportion matching."""

import math
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from sim.stats.multiplicity import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    e_benjamini_hochberg,
    holm,
    proportion_matching,
    union_of_sides,
    within_quota,
)
from sim.stats.multiplicity.proportion_matching import matched_levels, matched_ratio, null_shares
from tests.reference import multiplicity as obvious
from tests.stats.test_multiplicity import ALPHA, STARTS, P

PROCEDURES = {"fdr_by": benjamini_yekutieli, "bonferroni": bonferroni, "holm": holm}
OBVIOUS = {
    "fdr_by": obvious.benjamini_yekutieli,
    "bonferroni": obvious.bonferroni,
    "holm": obvious.holm,
}
EVERY = [benjamini_hochberg, *PROCEDURES.values()]


@pytest.mark.parametrize("method", PROCEDURES)
@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0.01, 0.99))
def test_a_procedure_rejects_what_statsmodels_rejects(method, p, alpha):
    with patch("gc.collect"):  # statsmodels collects garbage after Holm, which takes 0.1 s
        rejected, adjusted, *_ = multipletests(p, alpha, method=method)
    # At the level rounding decides, and it may round differently.
    assume(not np.isclose(adjusted, alpha, rtol=1e-9, atol=0).any())
    assert PROCEDURES[method](p, alpha).tolist() == rejected.tolist()


@pytest.mark.parametrize("method", PROCEDURES)
@settings(max_examples=50)
@given(st.lists(P, max_size=15), ALPHA, st.integers(0, 30))
def test_a_procedure_is_what_its_definition_says(method, p, alpha, unheard):
    total = len(p) + unheard
    found = PROCEDURES[method](p, alpha, total=total).tolist()
    assert found == OBVIOUS[method](p, alpha, total)


@pytest.mark.parametrize("method", PROCEDURES)
@settings(max_examples=50)
@given(STARTS, ALPHA, st.data())
def test_a_procedure_tests_each_block_by_itself(method, starts, alpha, data):
    p = data.draw(st.lists(P, min_size=starts[-1], max_size=starts[-1]))
    found = PROCEDURES[method](p, alpha, starts=starts).tolist()
    assert found == obvious.by_block(OBVIOUS[method], p, alpha, starts)


@given(st.lists(P, max_size=15), ALPHA)
def test_the_stricter_a_procedure_the_fewer_it_rejects(p, alpha):
    strict, stepwise, lenient = (rule(p, alpha) for rule in (bonferroni, holm, benjamini_hochberg))
    assert (strict <= stepwise).all()
    assert (stepwise <= lenient).all()
    assert (benjamini_yekutieli(p, alpha) <= lenient).all()


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_every_procedure_refuses_what_makes_no_sense(procedure):
    with pytest.raises(ValueError, match="alpha must be between 0 and 1"):
        procedure([0.5], 1.0)
    with pytest.raises(ValueError, match="from 0 to 1"):
        procedure([1.5], 0.1)
    with pytest.raises(ValueError, match="a total is below"):
        procedure([0.5, 0.5], 0.1, total=1)


@pytest.mark.parametrize("procedure", EVERY)
def test_no_hypotheses_in_a_block_are_none_rejected(procedure):
    assert procedure([0.001], 0.1, starts=np.array([0, 0, 1, 1])).tolist() == [True]


# Sides


SIDES = st.lists(st.tuples(P, st.integers(0, 3)), min_size=1, max_size=15)


@given(SIDES, ALPHA)
def test_sides_together_reject_what_each_does_at_its_part_of_the_level(found, alpha):
    p, side = zip(*found, strict=True)
    rejected = union_of_sides(p, alpha, np.array(side)).tolist()
    assert rejected == obvious.union_of_sides(p, alpha, side)


@given(SIDES, ALPHA)
def test_a_side_finds_what_it_would_find_if_all_others_were_missing(found, alpha):
    p, side = (np.array(column, float) for column in zip(*found, strict=True))
    together = union_of_sides(p, alpha, side)
    for one in np.unique(side):
        alone = benjamini_hochberg(np.where(side == one, p, math.nan), alpha)
        assert (together & (side == one)).tolist() == alone.tolist()


def test_sides_may_test_e_values():
    """Of four, each side of two tests at half the level: e >= 4 / 0.1, or 20 if both."""
    log_e = np.log([40.0, 1.0, 20.0, 20.0])
    found = union_of_sides(log_e, 0.1, np.array([0, 0, 1, 1]), e_benjamini_hochberg)
    assert found.tolist() == [True, False, True, True]


# Quotas


@given(
    st.lists(
        st.tuples(st.one_of(st.integers(0, 4).map(float), st.just(math.nan)), st.integers(0, 2)),
        max_size=15,
    ),
    st.integers(1, 4),
)
def test_a_quota_leaves_the_most_extreme_of_each_group(found, quota):
    evidence, groups = [pair[0] for pair in found], [pair[1] for pair in found]
    expected = obvious.within_quota(evidence, quota, groups)
    assert within_quota(evidence, quota, np.array(groups, int)).tolist() == expected


@given(STARTS, ALPHA, st.integers(1, 3), st.data())
def test_what_is_rejected_under_a_quota_still_passes_the_level_of_its_number(
    starts, alpha, quota, data
):
    """What the proof needs: all p <= alpha k / m for the k that is left."""
    p = np.array(data.draw(st.lists(P, min_size=starts[-1], max_size=starts[-1])), float)
    groups = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    counts = within_quota(-p, quota, groups)
    rejected = benjamini_hochberg(np.where(counts, p, math.nan), alpha)
    assert (p[rejected] <= alpha * rejected.sum() / max(len(p), 1) * (1 + 1e-9)).all()
    assert np.bincount(groups[rejected], minlength=1).max() <= quota


@given(
    st.lists(st.tuples(st.floats(0, 0.3), st.integers(0, 2)), min_size=1, max_size=12),
    st.integers(1, 3),
    st.floats(0, 1),
    ALPHA,
)
def test_under_a_quota_a_worse_p_value_never_leads_to_more_rejections(found, quota, worse, alpha):
    """The other half of what the proof needs."""
    p, groups = np.array([pair[0] for pair in found]), np.array([pair[1] for pair in found])
    counts = []
    for first in (p[0], max(p[0], worse)):
        p[0] = first
        claimed = np.where(within_quota(-p, quota, groups), p, math.nan)
        counts.append(benjamini_hochberg(claimed, alpha).sum())
    assert counts[1] <= counts[0]


def test_a_quota_of_nothing_is_refused():
    with pytest.raises(ValueError, match="1 or more, not 0"):
        within_quota([1.0], 0, np.array([0]))


# Proportion matching


@given(STARTS.filter(lambda starts: starts[-1] > 0), ALPHA, st.data())
def test_matching_is_two_numbers_up_and_one_down(starts, alpha, data):
    starts = sorted(set(starts))  # the obvious version knows no empty nodes
    p = data.draw(st.lists(P, min_size=starts[-1], max_size=starts[-1]))
    found = proportion_matching(p, alpha, starts=starts).tolist()
    assert found == obvious.proportion_matching(p, alpha, starts, 0.5)


def test_nodes_that_are_alike_all_get_the_level_that_was_asked_for():
    shares, totals = np.full(3, 0.8), np.array([10, 20, 30])
    assert matched_levels(matched_ratio(0.1, shares, totals), shares) == pytest.approx([0.1] * 3)


def test_a_node_with_fewer_signals_gets_the_higher_level():
    """F(t) / t = (1/0.1 - 0.8) / 0.2 = 46: levels 1 / (0.3 46 + 0.7) and 1 / (0.1 46 + 0.9)."""
    shares, totals = np.array([0.7, 0.9]), np.array([50, 50])
    ratio = matched_ratio(0.1, shares, totals)
    assert ratio == pytest.approx(46)
    assert matched_levels(ratio, shares) == pytest.approx([1 / 14.5, 1 / 5.5])


def test_who_sees_no_signals_rejects_nothing():
    assert matched_levels(46.0, np.array([1.0])).tolist() == [0.0]
    assert not proportion_matching([0.0, 0.9, 0.9, 0.9], 0.1).any()


def test_a_share_of_nulls_counts_what_is_missing_as_null():
    p = [0.01, 0.02, 0.03, 0.04, 0.05, 0.6, 0.06, math.nan]
    assert null_shares(p).tolist() == [0.75]
    assert null_shares(p, starts=np.array([0, 5, 5, 8])) == pytest.approx([0.4, 1.0, 1.0])


def test_what_does_not_count_is_estimated_from_and_not_rejected():
    p = [0.001, 0.002, 0.003, 0.004, 0.6, 0.005]
    counts = np.array([True, False, True, True, True, False])
    everything = proportion_matching(p, 0.3)
    assert everything.tolist() == [True, True, True, True, False, True]
    assert proportion_matching(p, 0.3, counts=counts).tolist() == (everything & counts).tolist()


@pytest.mark.parametrize("tail", [0.0, 1.0])
def test_a_tail_that_is_none_is_refused(tail):
    with pytest.raises(ValueError, match="tail must be between 0 and 1"):
        null_shares([0.5], tail=tail)
