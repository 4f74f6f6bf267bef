"""LORD++, SAFFRON, ADDIS and e-LOND, decided in chunks, against their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.multiplicity import Addis, ELond, LordPlusPlus, Saffron, investing
from sim.stats.multiplicity.investing import fast_gamma, slow_gamma
from tests.reference import multiplicity as obvious

SMALL_OFTEN = st.one_of(st.floats(0, 1), st.floats(0, 1e-3), st.sampled_from([0.0, 0.3, 0.7]))
STREAM = st.lists(SMALL_OFTEN, max_size=40)
CUTS = st.lists(st.integers(0, 40), max_size=3).map(sorted)


def slow(number):
    return float(slow_gamma(np.array([float(number)]))[0])


def fast(number):
    return float(fast_gamma(np.array([float(number)]))[0])


RULES = {
    "lord": (LordPlusPlus, {"gamma": slow}),
    "saffron": (Saffron, {"gamma": fast, "candidates": 0.5}),
    "addis": (Addis, {"gamma": fast, "candidates": 0.25, "discard": 0.5}),
}


@pytest.mark.parametrize("kind", RULES)
@settings(max_examples=50)
@given(STREAM, st.sampled_from([0.05, 0.2, 0.8]), CUTS)
def test_levels_are_summed_up_from_the_past_however_the_stream_is_cut(kind, p, alpha, cuts):
    rule, options = RULES[kind]
    rejected, _ = obvious.invest(p, alpha, alpha / 2, **options)
    stream = rule(alpha)
    found = [stream.test(part) for part in np.split(np.array(p, float), cuts)]
    assert np.concatenate(found).tolist() == rejected
    _, levels = obvious.invest([*p, 1.0], alpha, alpha / 2, **options)
    assert stream.level() == pytest.approx(levels[-1], rel=1e-9)


@given(STREAM, st.sampled_from([0.05, 0.5]), CUTS)
def test_e_lond_is_its_definition_however_the_stream_is_cut(p, alpha, cuts):
    e = 1 / np.maximum(np.array(p, float), 1e-300)
    stream = ELond(alpha)
    found = [stream.test(np.log(part)) for part in np.split(e, cuts)]
    assert np.concatenate(found).tolist() == obvious.e_lond(e.tolist(), alpha, slow)


@pytest.mark.parametrize("gamma", [slow_gamma, fast_gamma])
def test_what_is_spent_falls_and_is_no_more_than_there_is(gamma):
    """The sum to a million, and the integral of what bounds the rest from above."""
    spent = gamma(np.arange(1.0, 1e6 + 1))
    assert (np.diff(spent) < 0).all()
    root = math.sqrt(math.log(1e6))  # of log x / (x e^sqrt(log x)), by parts
    slow_rest = 0.07720838 * 2 * math.exp(-root) * (root**3 + 3 * root**2 + 6 * root + 6)
    rest = slow_rest if gamma is slow_gamma else 0.4374901658 / 0.6 * 1e6**-0.6
    assert 0.97 < spent.sum() + rest < 1 + 1e-6


@pytest.mark.parametrize("kind", RULES)
def test_a_discovery_pays_for_more_of_them(kind):
    stream = RULES[kind][0](0.1)
    before = stream.level()
    assert stream.test([0.0]).tolist() == [True]
    assert stream.level() > before


@pytest.mark.parametrize("kind", RULES)
def test_patience_is_how_long_nulls_leave_a_level_above_a_p_value(kind):
    """Of nulls evenly spread every test costs LORD++, each second SAFFRON, each fourth ADDIS."""
    tests = RULES[kind][0](0.1).patience(1e-4)
    for count, reaches in ((int(tests) - 8, True), (int(tests) + 8, False)):
        stream = RULES[kind][0](0.1)
        stream.test(np.resize([0.9, 0.4, 0.6, 0.2], count))
        assert (stream.level() >= 1e-4) is reaches
    assert RULES[kind][0](0.1).patience(0.09) == 0


def test_what_is_missing_counts_as_one_and_addis_lets_it_pass_for_nothing():
    for rule, pays in ((LordPlusPlus, True), (Saffron, True), (Addis, False)):
        stream = rule(0.1)
        before = stream.level()
        assert not stream.test([math.nan] * 5).any()
        assert (stream.level() < before) is pays
    stream = ELond(0.1)
    assert not stream.test([math.nan] * 5).any()
    assert stream.level() == pytest.approx(0.1 * slow(6))


@pytest.mark.parametrize("kind", RULES)
def test_rejections_that_are_forgotten_only_lower_the_level(kind, monkeypatch):
    p = np.random.default_rng(2).uniform(size=300) ** 4
    full = RULES[kind][0](0.1)
    monkeypatch.setattr(investing, "REMEMBERED", 5)
    short = RULES[kind][0](0.1)
    assert (short.test(p) <= full.test(p)).all()
    assert short.level() < full.level()


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: LordPlusPlus(1.0), "alpha must be between 0 and 1"),
        (lambda: ELond(0.0), "alpha must be between 0 and 1"),
        (lambda: LordPlusPlus(0.1, 0.1), "initial wealth must be between 0 and alpha, not 0.1"),
        (lambda: Saffron(0.1, candidates=1.0), "candidates must be between 0 and 1"),
        (lambda: Addis(0.1, candidates=0.5), "0 < candidates < discard < 1"),
        (lambda: Saffron(0.1).test([2.0]), "from 0 to 1"),
    ],
)
def test_a_procedure_that_makes_no_sense_is_refused(make, complaint):
    with pytest.raises(ValueError, match=complaint):
        make()
