"""The max-bias and efficiency tables of robust statistics, by running the rules.

A share of the items is at infinity, the others are the quantiles (i - 1/2) / n of the standard
normal law, so the figures have no sampling noise. Run with -s to see them.
"""

import math

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from sim.stats.robust.max_bias import efficiency, max_bias
from sim.stats.robust.registry import make_rule

SHARES = {"0.79 %": 0.0079, "1 %": 0.01, "2 %": 0.02, "5 %": 0.05, "10 %": 0.1, "33.3 %": 1 / 3}
MEDIAN = dict(zip(SHARES, [0.0100, 0.0127, 0.0256, 0.0660, 0.1397, 0.6745], strict=True))
TRIMMED = dict(zip(SHARES, [None, 0.0272, 0.0503, 0.1134, 0.2131, 0.7979], strict=True))
ITEMS = 30_000


def bias(kind, share, lie=math.inf, n=ITEMS, **options):
    """The centre of n items of which the share is at `lie`; the correct ones have centre 0."""
    f = round(share * n)
    correct = ndtri((np.arange(n - f) + 0.5) / (n - f))
    items = np.concatenate([np.full(f, lie), correct])[None, :, None]
    return float(make_rule(kind, options).centre(items, np.ones((1, n)), f)[0, 0])


@pytest.mark.parametrize("share", SHARES)
def test_the_median_has_the_bias_of_the_table(figure, share):
    found = bias("median", SHARES[share])
    print(f"median, {share}: {found:.4f}, theory {MEDIAN[share]:.4f}")
    assert found == pytest.approx(MEDIAN[share], abs=2e-4)
    figure("4", f"median, {share} at infinity: bias, sd", MEDIAN[share], found, allowed=2e-4)


@pytest.mark.parametrize("share", list(SHARES)[1:])
def test_the_trimmed_mean_has_the_bias_of_the_table(figure, share):
    found = bias("trimmed_mean", SHARES[share])
    print(f"trimmed mean, {share}: {found:.4f}, theory {TRIMMED[share]:.4f}")
    assert found == pytest.approx(TRIMMED[share], abs=2e-4)
    figure("4", f"trimmed mean, {share} at infinity: bias, sd", TRIMMED[share], found, allowed=2e-4)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("kind", ["median", "trimmed_mean"])
def test_the_closed_form_is_what_the_rule_does(kind, share):
    assert bias(kind, SHARES[share]) == pytest.approx(max_bias(kind, SHARES[share]), abs=2e-4)


@pytest.mark.parametrize("share", SHARES)
def test_in_one_dimension_the_geometric_median_is_the_median(share):
    assert bias("geometric_median", SHARES[share]) == pytest.approx(MEDIAN[share], abs=1e-3)


@pytest.mark.parametrize("kind", ["median", "trimmed_mean", "geometric_median"])
@pytest.mark.parametrize("lie", [1e6, 1e300, 1.7e308, math.inf])
def test_how_far_away_the_lie_is_makes_no_difference(kind, lie):
    assert bias(kind, 0.1, lie) == pytest.approx(bias(kind, 0.1, 50.0), abs=1e-6)


@pytest.mark.parametrize("kind", ["median", "trimmed_mean", "geometric_median"])
def test_lies_on_the_other_side_have_the_opposite_bias(kind):
    assert bias(kind, 0.1, -math.inf) == pytest.approx(-bias(kind, 0.1), abs=1e-9)


@pytest.mark.parametrize("share", ["1 %", "10 %", "33.3 %"])
def test_no_rule_does_better_than_the_median_against_its_worst_lie(share):
    """Huber (1964): the median is minimax. The worst lie of each is found by trying."""
    lies = [0.3, 0.7, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, math.inf]
    for kind in ("trimmed_mean", "centred_clipping", "spectral_filter"):
        worst = max(bias(kind, SHARES[share], lie, n=3000) for lie in lies)
        print(f"{kind}, {share}: {worst:.4f} at worst")
        assert worst > MEDIAN[share]


def order_statistic(i, n):
    """Expectation of the i-th smallest of n standard normal items; trapezoids are exact here."""
    x = np.linspace(-12, 12, 4001)
    density = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    ways = math.factorial(n) / (math.factorial(i - 1) * math.factorial(n - i))
    return float(np.trapezoid(x * ways * ndtr(x) ** (i - 1) * ndtr(-x) ** (n - i) * density, x))


@pytest.mark.parametrize(("kind", "expected"), [("trimmed_mean", 0.6156), ("median", 0.5550)])
def test_three_liars_among_ten_have_the_exact_bias(figure, kind, expected):
    """Both rules are linear in the sorted items, so expectations go in and the expectation out."""
    correct = [order_statistic(i, 7) for i in range(1, 8)]
    items = np.array([*correct, math.inf, math.inf, math.inf])[None, :, None]
    found = make_rule(kind).centre(items, np.ones((1, 10)), 3)[0, 0]
    print(f"{kind}, 3 of 10 at infinity: {found:+.4f}, theory {expected:+.4f}")
    assert found == pytest.approx(expected, abs=5e-5)
    figure("4", f"{kind}, 3 of 10 at infinity: bias, sd", expected, found, allowed=5e-5)


EFFICIENCIES = {
    "trim 10 %": ("trimmed_mean", 0.1, 0.943),
    "trim 20 %": ("trimmed_mean", 0.2, 0.874),
    "trim 33 %": ("trimmed_mean", 1 / 3, 0.773),
    "median": ("median", 0.0, 0.637),
}
GROUPS, SIZE = 6000, 300
NOISE = np.random.default_rng(15).normal(size=(GROUPS, SIZE, 1))


@pytest.mark.parametrize("name", EFFICIENCIES)
def test_what_a_rule_costs_where_nobody_lies(figure, name):
    """Efficiency = variance of the mean over that of the rule, within 4 standard errors.

    Both are of the same items, with correlation sqrt(efficiency), so the error of the logarithm
    of the ratio is 2 sqrt((1 - efficiency) / groups). At 300 items a median is 0.3 % off the limit.
    """
    kind, share, expected = EFFICIENCIES[name]
    centres = make_rule(kind).centre(NOISE, np.ones((GROUPS, SIZE)), round(share * SIZE))
    found = NOISE.mean(axis=1).var() / centres.var()
    error = expected * 2 * math.sqrt((1 - expected) / GROUPS)
    print(f"{name}: {found:.3f} +- {error:.3f}, theory {expected}")
    assert found == pytest.approx(expected, abs=4 * error + 0.003)
    assert efficiency(kind, share) == pytest.approx(expected, abs=5e-4)
    figure("4", f"{name}: efficiency without liars", expected, found, error)
