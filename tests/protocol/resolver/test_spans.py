"""Means over moving windows: the closed forms against plain sums."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.resolver.drift import OrnsteinUhlenbeck, RandomWalk
from sim.protocol.resolver.spans import Span, noise_factor
from sim.protocol.resolver.widening import half_width
from tests.protocol.resolver.small import SECOND, held

spans = st.builds(
    lambda begin, length: Span(begin, begin + length), st.integers(0, 40), st.integers(1, 40)
)


def weights(span, size=100):
    """One value a unit of time, of which a span takes the mean."""
    row = np.zeros(size)
    row[span.begin_ns : span.end_ns] = 1 / span.length_ns
    return row


@given(spans, spans)
def test_noise_differs_as_the_weights_of_single_values_do(one, other):
    apart = weights(one) - weights(other)
    expected = np.sum(apart**2) * one.length_ns
    assert noise_factor(one, other) == pytest.approx(expected, abs=1e-12)


@given(spans, spans, st.integers(1, 4))
def test_noise_of_those_that_are_not_heard_is_in_what_is_wanted_all_the_same(one, other, heard):
    """Of 4 sources so many are in what is held; all four are wanted."""
    mine = np.vstack([weights(one) / heard * (source < heard) for source in range(4)])
    apart = mine - weights(other) / 4
    expected = np.sum(apart**2) * one.length_ns * heard
    assert noise_factor(one, other, heard / 4) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Span(0, 50), Span(30, 80)),
        (Span(0, 50), Span(0, 90)),
        (Span(0, 20), Span(60, 100)),
        (Span(10, 60), Span(20, 40)),
    ],
)
@pytest.mark.parametrize("tau_ns", [10, 10**9])
def test_a_wandering_level_averages_out_within_windows(one, other, tau_ns):
    """Against the covariance matrix of a path in steps of 1/20 ns."""
    at = (np.arange(2000) + 0.5) / 20
    fine = lambda span: weights(Span(span.begin_ns * 20, span.end_ns * 20), 2000)  # noqa: E731
    apart = fine(one) - fine(other)
    moved = -np.expm1(-np.abs(at[:, None] - at) / tau_ns)  # sd 1: half the structure function
    expected = -apart @ moved @ apart / 10
    found = OrnsteinUhlenbeck(np.ones(1), tau_ns).between(one, other, agents=10)[0]
    assert found == pytest.approx(expected, rel=0.001)


def test_instants_are_spans_of_no_length():
    law = OrnsteinUhlenbeck(np.ones(1), 60 * SECOND)
    instants = Span(0, 1), Span(5 * SECOND, 5 * SECOND + 1)
    assert law.between(*instants, 100) == pytest.approx(law.variance(5 * SECOND, 100), rel=1e-3)


def test_a_walk_that_was_estimated_is_that_of_the_means_themselves():
    walk = RandomWalk(np.array([0.5]))
    assert walk.between(Span(0, 5 * SECOND), Span(2 * SECOND, 7 * SECOND), 9) == pytest.approx([1])


@given(spans, spans)
def test_nothing_has_moved_between_a_span_and_itself_and_never_less(one, other):
    law = OrnsteinUhlenbeck(np.ones(1), 30)
    assert law.between(one, one, 1)[0] == pytest.approx(0, abs=1e-12)
    assert law.between(one, other, 1)[0] >= 0


def test_the_mean_of_all_sources_over_the_very_window_held_has_no_error():
    window = Span(0, 5 * SECOND)
    exact = held(standard_error=np.zeros(2), span=window, noise=np.ones(2))
    law = OrnsteinUhlenbeck(np.ones(2), 60 * SECOND)
    assert half_width(exact, SECOND, law, wanted=window) == pytest.approx([0, 0], abs=1e-6)


def test_a_window_that_has_moved_on_by_a_fifth_is_off_by_the_noise_of_two_fifths():
    law = OrnsteinUhlenbeck(np.zeros(2), 60 * SECOND)
    noisy = held(standard_error=np.zeros(2), span=Span(0, 5 * SECOND), noise=np.ones(2))
    found = half_width(noisy, SECOND, law, wanted=Span(SECOND, 6 * SECOND))
    assert found == pytest.approx(1.959964 * math.sqrt(0.4) * np.ones(2))
