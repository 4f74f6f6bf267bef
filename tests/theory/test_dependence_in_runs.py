"""What dependence costs and how exact it is, measured by driving the simulator (theory 2.2, 2.3).

Ten agents below a local, ten locals below a regional: 100, 300 and 1000 agents have 11, 33 and 110
aggregators that send. Windows are settled and nothing is lost, so what is exact must be equal.
"""

import json
import math
from functools import cache

import pytest

from sim.engine.simulation import Simulation
from sim.stats.growth import fitted_exponent
from sim.stats.sketches.kll import rank_error
from tests.engine.scenarios import plan_of

SIZES = (100, 300, 1000)
COMMON_SD, NOISE_SD, SPREAD_SD, BETWEEN = 0.5, 1.0, 1.0, 0.3
WHEN = {"window": "1s", "lead": "400ms", "settle": "200ms"}
BEHAVIOUR = {
    "kind": "synthetic",
    "drift": "none",
    "correlation": BETWEEN,
    "common": COMMON_SD,
}


def last_row(of, agents=300, features=2, duration="3s", **options):
    """The last row of a run; each runs once, however many ask."""
    return _last_row(json.dumps([of, agents, features, duration, options]))


@cache
def _last_row(text):
    of, agents, features, duration, options = json.loads(text)
    plan = plan_of(
        agents={"count": agents, "features": features, "behaviour": BEHAVIOUR},
        tree={"local": 10, "regional": 10},
        duration=duration,
        measure={"every": "1s"},
        baseline={"publish": "1s", of: {**WHEN, **options}},
    )
    table = Simulation(plan, seed=5).run().tables[of]
    return {name: column[-1].item() for name, column in table.items()}


def grows(kind, column, **options):
    costs = [last_row("dependence", agents, kind=kind, **options)[column] for agents in SIZES]
    return fitted_exponent(SIZES, costs)


@pytest.mark.parametrize("kind", ["covariance", "mean_correlation", "all_pairs"])
def test_messages_of_a_round_grow_with_the_agents_whatever_is_in_them(kind):
    growth = grows(kind, "messages")
    assert last_row("dependence", 1000, kind=kind)["messages"] == 110
    assert abs(growth.exponent - 1) <= 1e-12


@pytest.mark.parametrize(
    ("kind", "expected"), [("covariance", 1.0), ("mean_correlation", 1.0), ("all_pairs", 2.0)]
)
def test_operations_grow_as_the_theory_says(figure, kind, expected):
    """Linear where a tree merges; square where the root looks at all pairs.

    Standardising is linear in all of them, so of these sizes the square is not quite pure.
    """
    assert abs(grows(kind, "operations").exponent - expected) <= 0.05
    slope = grows(kind, "operations").exponent
    figure("2.3", f"in runs, {kind}: exponent of operations", expected, slope, allowed=0.05)


def test_a_thousand_agents_cost_the_flat_way_many_times_the_operations_of_the_tree():
    """n (n - 1) / 2 pairs at T instants against about 5 T n: 100 times, and growing with n."""
    flat, tree = (
        last_row("dependence", 1000, kind=kind)["operations"]
        for kind in ("all_pairs", "mean_correlation")
    )
    assert flat == 10 * (1000 * 999 // 2) + 3 * 10 * 1000
    assert flat / tree > 100


@pytest.mark.parametrize("kind", ["covariance", "mean_correlation", "all_pairs"])
def test_what_a_tree_merges_exactly_is_what_a_central_observer_says(kind):
    row = last_row("dependence", 1000, kind=kind)
    assert row["coverage"] == 1.0
    assert row["error"] <= 1e-12


def test_a_covariance_of_ten_features_is_66_numbers():
    # The theory's 528 bytes are of doubles; exact sums of products take a second limb each.
    row = last_row("dependence", 100, features=10, kind="covariance")
    assert row["bytes"] / row["messages"] - 64 == 8 * (1 + 10 + 2 * 55)


def test_a_sample_of_directions_errs_by_its_standard_deviation():
    row = last_row("dependence", 300, kind="projection", k=400)
    rho = COMMON_SD**2 / (COMMON_SD**2 + NOISE_SD**2)
    # Theory gives sd = sqrt((1 + rho^2) / k) for each pair. Ten instants scatter sample
    # correlations widely: their mean square is rho^2 + about (1 - rho^2)^2 / 9.
    square = rho**2 + (1 - rho**2) ** 2 / 9
    expected = math.sqrt((1 + square) / 400)
    # All pairs share 400 directions in 10 dimensions, so a tenth or two of chance is left.
    assert abs(row["error"] / expected - 1) <= 0.25


@pytest.mark.parametrize("k", [100, 200])
def test_ranks_of_kll_are_within_its_bound(k):
    """12,000 values of 300 agents, in 30 sketches, merged twice."""
    row = last_row("quantiles", 300, duration="7s", window="4s", kind="kll", k=k)
    assert row["coverage"] == 1.0
    assert 0 < row["error_rank"] <= rank_error(k)


def test_values_of_ddsketch_are_within_its_share_in_any_tree():
    row = last_row("quantiles", 300, kind="ddsketch", accuracy="1%")
    assert 0 < row["error_value"] <= 0.01


@pytest.mark.parametrize("kind", ["all_pairs", "mean_correlation"])
def test_agents_correlate_as_their_common_factor_says(kind):
    """What the root reads is the process's correlation, to within chance over 60 instants."""
    row = last_row("dependence", 100, duration="8s", kind=kind, window="6s")
    assert row["instants"] == 60
    rho = COMMON_SD**2 / (COMMON_SD**2 + NOISE_SD**2)
    # The variance of 60 shocks is off by sqrt(2 / 60), and rho moves by rho (1 - rho) times that.
    assert abs(row["mean"] - rho) <= 4 * rho * (1 - rho) * math.sqrt(2 / 60)


def test_features_correlate_as_their_noise_says():
    """Levels of 300 agents are independent between features and count, too."""
    features, pairs, instants = 6, 15, 10
    row = last_row("dependence", 300, features=features, kind="covariance")
    total = NOISE_SD**2 + SPREAD_SD**2 + COMMON_SD**2
    # Chance covariances of 300 levels, of 10 shocks, and of 3000 values of the noise; pairs of
    # features have each their own.
    chance = SPREAD_SD**4 / 300 + COMMON_SD**4 / instants + (1 + BETWEEN**2) / (300 * instants)
    error = math.sqrt(chance / pairs) / total
    assert abs(row["mean"] - BETWEEN * NOISE_SD**2 / total) <= 4 * error
