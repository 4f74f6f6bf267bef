import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.confidence.components import components
from sim.stats.confidence.contract import Group
from sim.stats.confidence.design import effective_count
from tests.reference import confidence as plain
from tests.stats.confidence.drawn import unequal_group

VALUE = st.floats(-10, 10).map(lambda value: round(value, 3))
SOURCES = st.lists(st.lists(VALUE, min_size=2, max_size=6), min_size=2, max_size=6)


def both(sources):
    split = components(unequal_group(sources))
    return float(split.between), float(split.within)


@settings(max_examples=40)
@given(SOURCES)
def test_components_are_those_of_the_plain_equations(sources):
    assert both(sources) == pytest.approx(plain.components(sources), rel=1e-6, abs=1e-9)


@settings(max_examples=40)
@given(
    st.integers(2, 5).flatmap(
        lambda m: st.lists(st.lists(VALUE, min_size=m, max_size=m), min_size=2, max_size=6)
    )
)
def test_with_sources_of_one_size_they_are_the_analysis_of_variance(sources):
    assert both(sources) == pytest.approx(plain.anova(sources), rel=1e-6, abs=1e-9)


def test_with_sources_of_many_sizes_they_are_right_on_average():
    """Standard errors are measured; a level sd of 1 keeps the estimate away from 0."""
    draw, sizes = np.random.default_rng(1), [2, 5, 10, 20, 40, 3, 7, 12]
    found = []
    for _ in range(600):
        levels = draw.normal(0.0, 1.0, len(sizes))
        found.append(
            both([draw.normal(level, 1.0, m) for level, m in zip(levels, sizes, strict=True)])
        )
    error = np.std(found, axis=0, ddof=1) / math.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - 1.0) < 4 * error).all()


def test_one_source_has_all_its_spread_within():
    split = components(Group.of(10, 1, 0.0, 2.0, math.nan))
    assert split.within == pytest.approx(4.0)
    assert np.isnan(split.between)


def test_one_value_a_source_cannot_be_split():
    split = components(Group.of(10, 10, 0.0, 2.0, 2.0))
    assert np.isnan(split.between)
    assert np.isnan(split.within)


def test_the_intraclass_correlation_is_the_share_between_sources():
    split = components(Group.of(1000, 20, 0.0, 1.05, 0.35))
    assert split.icc == pytest.approx(split.between / (split.between + split.within))


def test_a_mean_is_worth_its_values_by_the_design_effect():
    group = Group.of(500, 20, 0.0, 1.0, 0.4)
    effect = 1 + 24 * components(group).icc
    assert effective_count(group) == pytest.approx(500 / effect)
