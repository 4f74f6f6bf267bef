"""What baselines of dependence cost (`benchmarks/baseline_cost.py`): runs, formulas, exponents."""

import pytest

from benchmarks.baseline_cost import OPTIONS, by_formula, measure, of_the_spectrum, through_the_tree
from benchmarks.correlated_agents import World
from sim.stats.dependence.registry import make_dependence
from sim.stats.growth import fitted_exponent

SIZES = (500, 1000, 2000)
INSTANTS = 12


def numbers(cost):
    return (
        cost.messages,
        cost.bytes,
        cost.operations,
        cost.busiest_bytes,
        cost.busiest_operations,
    )


@pytest.mark.parametrize("kind", ["all_pairs", "projection", "blocks"])
@pytest.mark.parametrize("n", [730, 1000])
def test_the_formulas_for_what_does_not_fit_are_the_costs_of_what_does(kind, n):
    world = World(n, INSTANTS)
    reckoned = by_formula(world, make_dependence(kind, OPTIONS.get(kind)))
    assert numbers(measure(world, kind)) == numbers(reckoned)


def test_a_round_takes_1_022_messages_through_the_tree_and_a_thousand_without():
    world = World(1000, INSTANTS)
    assert measure(world, "covariance").messages == 1_022
    assert measure(world, "all_pairs").messages == 1_000


@pytest.mark.parametrize(
    ("kind", "exponent"), [("covariance", 1.0), ("mean_correlation", 1.0), ("all_pairs", 2.0)]
)
def test_operations_grow_with_the_agents_or_with_their_square(kind, exponent):
    work = [measure(World(n, INSTANTS), kind).operations for n in SIZES]
    # Sums up the tree add to n T, and the standardising of n series to n (n - 1) / 2 products.
    assert fitted_exponent(SIZES, work).exponent == pytest.approx(exponent, abs=0.02)


@pytest.mark.parametrize("kind", ["covariance", "mean_correlation", "frequent_directions"])
def test_what_merges_loads_no_node_more_when_there_are_more_agents(kind):
    small, large = (measure(World(n, INSTANTS), kind) for n in (1000, 2000))
    assert small.busiest_operations == large.busiest_operations
    assert small.busiest_bytes == large.busiest_bytes


def test_the_error_of_a_spectrum_is_the_same_from_instants_as_from_agents():
    world = World(200, INSTANTS)
    method = make_dependence("frequent_directions", {"rows": 4})
    reading, _ = through_the_tree(world, method)
    truth = make_dependence("all_pairs")
    pairs = truth.read(truth.merge([world.lift(truth, local) for local in range(4)]))
    of_agents = method.error(reading, pairs)
    assert of_agents > 0.01
    assert of_the_spectrum(world, method, reading) == pytest.approx(of_agents)
