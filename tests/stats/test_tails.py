"""Tails of random draws, against whole numbers and against scipy."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from sim.stats.tails import all_marked, at_least_once, binomial_sf, hypergeometric_sf
from tests.reference import sketches as reference

DRAWS = st.integers(0, 40).flatmap(
    lambda population: st.tuples(
        st.integers(-1, 41),
        st.just(population),
        st.integers(0, population),
        st.integers(0, population),
    )
)


@given(DRAWS)
def test_a_draw_without_replacement_is_counted_exactly(draw):
    exact = float(reference.hypergeometric_sf(*draw))
    assert hypergeometric_sf(*draw) == pytest.approx(exact, rel=1e-12, abs=0)


@given(st.integers(-1, 31), st.integers(0, 30), st.integers(0, 16))
def test_a_draw_from_an_endless_population_is_counted_exactly(above, drawn, sixteenths):
    share = Fraction(sixteenths, 16)
    exact = float(reference.binomial_sf(above, drawn, share))
    assert binomial_sf(above, drawn, float(share)) == pytest.approx(exact, rel=1e-12, abs=0)


def test_a_million_agents_lose_no_digits():
    # Whole numbers of thousands of digits, and the answer of scipy, which has nine of them right.
    draw = (133, 10**6, 200_000, 400)
    exact = float(reference.hypergeometric_sf(*draw))
    assert hypergeometric_sf(*draw) == pytest.approx(exact, rel=1e-12, abs=0)
    assert hypergeometric_sf(*draw) == pytest.approx(
        hypergeom.sf(133, 10**6, 200_000, 400), rel=1e-8
    )


@pytest.mark.parametrize("above", [0, 200, 333, 400, 999])
def test_far_tails_agree_with_scipy(above):
    assert binomial_sf(above, 1000, 0.3) == pytest.approx(binom.sf(above, 1000, 0.3), rel=1e-9)


def test_a_large_population_looks_endless():
    assert hypergeometric_sf(16, 10**9, 2 * 10**8, 50) == pytest.approx(
        binomial_sf(16, 50, 0.2), rel=1e-6
    )


@given(DRAWS)
def test_all_marked_is_the_end_of_the_tail(draw):
    _, population, marked, drawn = draw
    exact = float(reference.hypergeometric_sf(drawn - 1, population, marked, drawn))
    assert all_marked(population, marked, drawn) == pytest.approx(exact, rel=1e-12, abs=0)


def test_tiny_chances_add_up():
    assert at_least_once(1e-20, 1000) == pytest.approx(1e-17, rel=1e-12)


def test_what_is_certain_happens():
    assert (at_least_once(1.0, 3), at_least_once(0.0, 3), at_least_once(0.5, 0)) == (1, 0, 0)


@pytest.mark.parametrize("draw", [(10, 11, 5), (10, 5, 11), (10, -1, 5), (10, 5, -1)])
def test_more_than_there_are_cannot_be_drawn(draw):
    with pytest.raises(ValueError, match="cannot draw"):
        hypergeometric_sf(0, *draw)
    with pytest.raises(ValueError, match="cannot draw"):
        all_marked(*draw)


@pytest.mark.parametrize(("drawn", "share"), [(-1, 0.5), (5, 1.1), (5, -0.1)])
def test_a_share_is_a_share(drawn, share):
    with pytest.raises(ValueError, match="cannot draw"):
        binomial_sf(0, drawn, share)
