"""The closed forms against the table of the theory, their own inverses, and scipy's integrals."""

import math
import subprocess
import sys

import pytest
from scipy.integrate import quad
from scipy.special import ndtri

from sim.stats.robust.max_bias import efficiency, feasible_share, max_bias

TABLE = {
    0.0079: (0.0100, None),
    0.01: (0.0127, 0.0272),
    0.02: (0.0256, 0.0503),
    0.05: (0.0660, 0.1134),
    0.1: (0.1397, 0.2131),
    1 / 3: (0.6745, 0.7979),
}


@pytest.mark.parametrize("share", TABLE)
def test_the_bias_of_a_median_is_that_of_the_table(share):
    assert max_bias("median", share) == pytest.approx(TABLE[share][0], abs=1e-4)


@pytest.mark.parametrize("share", [share for share in TABLE if TABLE[share][1]])
def test_the_bias_of_a_trimmed_mean_is_that_of_the_table(share):
    assert max_bias("trimmed_mean", share) == pytest.approx(TABLE[share][1], abs=1e-4)


def test_nobody_lying_there_is_no_bias_and_half_lying_no_bound():
    for kind in ("mean", "median", "trimmed_mean"):
        assert max_bias(kind, 0.0) == 0.0
        assert max_bias(kind, 0.5) == math.inf
    assert max_bias("mean", 1e-9) == math.inf


@pytest.mark.parametrize("kind", ["median", "trimmed_mean"])
@pytest.mark.parametrize("epsilon", [0.001, 0.01, 0.5, 2.0])
def test_the_feasible_share_is_where_the_bias_is_epsilon(kind, epsilon):
    share = feasible_share(epsilon, kind)
    assert max_bias(kind, share) == pytest.approx(epsilon, rel=1e-9)


def test_an_accuracy_of_a_hundredth_is_infeasible_above_one_liar_in_127():
    assert feasible_share(0.01) == pytest.approx(0.0079, abs=5e-5)
    assert feasible_share(0.6745) == pytest.approx(1 / 3, abs=1e-4)


def test_rules_without_a_closed_form_have_none():
    assert max_bias("krum", 0.1) is None
    assert feasible_share(0.1, "bulyan") is None
    assert efficiency("spectral_filter") is None


def test_impossible_questions_are_refused():
    with pytest.raises(ValueError, match="from 0 to 1"):
        max_bias("median", 1.2)
    with pytest.raises(ValueError, match="must be positive"):
        feasible_share(0.0)


@pytest.mark.parametrize(("share", "expected"), [(0.1, 0.943), (0.2, 0.874), (1 / 3, 0.773)])
def test_the_efficiency_of_trimming_is_the_variance_of_its_influence(share, expected):
    """The influence of x is x between the borders and the border outside, over 1 - 2 share."""
    border = ndtri(1 - share)
    density = lambda x: math.exp(-x * x / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    inside = quad(lambda x: x * x * density(x), -border, border)[0]
    variance = (inside + 2 * share * border**2) / (1 - 2 * share) ** 2
    assert efficiency("trimmed_mean", share) == pytest.approx(1 / variance)
    assert efficiency("trimmed_mean", share) == pytest.approx(expected, abs=5e-4)


def test_half_trimmed_is_the_median():
    assert efficiency("trimmed_mean", 0.4999) == pytest.approx(efficiency("median"), abs=1e-3)
    assert efficiency("mean") == efficiency("trimmed_mean", 0.0) == 1.0


def test_what_validation_asks_imports_no_numpy():
    code = (
        "import sys; import sim.stats.robust.max_bias, sim.stats.robust.needs;"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
