"""Placement: the same seats for everybody, exact tails, and the cheapest capture."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.placement import (
    audit_catches,
    capture_cost,
    captured_group,
    checks_needed,
    clustered_seats,
    committees,
    fewest_watchers,
    no_honest_watcher,
    seats,
    smallest_committee,
    worst_seats,
)
from sim.stats.sketches.bottom_k import priorities
from tests.reference import sketches as reference

SEED = bytes(range(32))
MEMBERS = np.arange(100, 400)


def adjacent(counts):
    """Parents of each level of a regular tree, from counts of nodes from the agents to the root."""
    return [np.sort(np.arange(below) % above) for below, above in pairwise(counts)]


# Seats


def test_everybody_has_one_seat():
    assert np.sort(seats(MEMBERS, SEED)).tolist() == list(range(300))


@given(st.permutations(range(20)))
def test_seats_do_not_depend_on_the_order_of_the_members(order):
    shuffled = np.array(order)
    expected = np.arange(20)[seats(np.arange(20), SEED)]
    assert shuffled[seats(shuffled, SEED)].tolist() == expected.tolist()


def test_another_epoch_seats_everybody_anew():
    # A permutation leaves one member in place on average, and ten hardly ever.
    assert (seats(MEMBERS, SEED) == seats(MEMBERS, SEED[::-1])).sum() < 10


def test_the_sampled_do_not_sit_together():
    # By one and the same order, the 50 agents of smallest priority would fill the first group.
    sampled = np.argsort(priorities(SEED, MEMBERS))[:50]
    first_group = seats(MEMBERS, SEED)[:50]
    assert len(np.intersect1d(sampled, first_group)) < 25


# Committees


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 30))
def test_nobody_is_twice_in_a_committee_and_service_is_shared(members, size, count):
    if size > members:
        return
    drawn = committees(SEED, np.arange(members), size, count)
    assert drawn.shape == (count, size)
    assert all(len(set(row)) == size for row in drawn.tolist())
    served = np.bincount(drawn.ravel(), minlength=members)
    assert served.max() <= math.ceil(count / (members // size))


def test_a_second_round_of_committees_is_not_the_first_again():
    drawn = committees(SEED, np.arange(60), 6, 20)
    assert (drawn[:10] == drawn[10:]).mean() < 0.1


def test_committees_of_more_than_there_are_cannot_be_drawn():
    with pytest.raises(ValueError, match="cannot be drawn"):
        committees(SEED, np.arange(5), 6, 1)


# Tails


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.1, "1.7e-06"), (0.15, "4.6e-04"), (0.2, "1.2e-02"), (0.25, "9.3e-02"), (1 / 3, "5.1e-01")],
)
def test_groups_of_fifty_are_captured_as_often_as_the_theory_says(share, expected):
    assert f"{captured_group(1000, round(1000 * share), 50):.1e}" == expected


@pytest.mark.parametrize(("size", "f"), [(9, 2), (10, 3), (11, 3)])
def test_a_group_tolerates_less_than_a_third(size, f):
    assert captured_group(100, 30, size) == captured_group(100, 30, size, f)


def test_groups_of_ten_are_far_worse():
    assert captured_group(1000, 200, 10) > 9 * captured_group(1000, 200, 50)


COMMITTEES = {
    50: (10, 28, 40),
    100: (22, 52, 79),
    200: (85, 181, 259),
    250: (211, 382, 490),
    300: (637, 796, 853),
}
WATCHERS = {50: (5, 7), 100: (6, 9), 200: (9, 13), 250: (10, 15), 300: (12, 17)}


@pytest.mark.parametrize("liars", COMMITTEES)
def test_committees_with_an_honest_majority_of_two_thirds_are_large(liars):
    sizes = [smallest_committee(1000, liars, chance) for chance in (1e-3, 1e-6, 1e-9)]
    assert tuple(sizes) == COMMITTEES[liars]


@pytest.mark.parametrize("liars", WATCHERS)
def test_committees_with_one_honest_watcher_are_small(liars):
    assert tuple(fewest_watchers(1000, liars, chance) for chance in (1e-6, 1e-9)) == WATCHERS[liars]


@pytest.mark.parametrize(
    ("liars", "expected"),
    [(100_000, (22, 55, 88)), (200_000, (97, 229, 367)), (250_000, (271, 646, 1030))],
)
def test_committees_drawn_from_a_million_are_larger_still(liars, expected):
    sizes = [smallest_committee(10**6, liars, chance) for chance in (1e-3, 1e-6, 1e-9)]
    assert tuple(sizes) == expected


@given(st.integers(1, 40), st.integers(0, 40), st.sampled_from([0.5, 0.3, 0.1, 1e-3, 1e-6]))
def test_the_smallest_committee_is_the_first_that_does(population, liars, chance):
    liars = min(liars, population)
    enough = [
        3 * f + 1
        for f in range((population - 1) // 3 + 1)
        if reference.hypergeometric_sf(f, population, liars, 3 * f + 1) <= chance
    ]
    assert smallest_committee(population, liars, chance) == (enough[0] if enough else None)


def test_more_than_a_third_of_liars_has_no_committee():
    assert smallest_committee(1000, 334, 1e-3) is None


def test_committees_of_four_are_worse_than_hoped():
    one = captured_group(1000, 100, 4, 1)
    assert one == pytest.approx(0.052, abs=5e-4)
    assert 1 - (1 - one) ** 23 == pytest.approx(0.71, abs=5e-3)


@pytest.mark.parametrize(("watchers", "expected"), [(6, 2.0e-5), (9, 1.6e-8)])
def test_few_watchers_are_enough_for_all_aggregators(watchers, expected):
    assert float(f"{no_honest_watcher(1000, 100, watchers, 23):.1e}") == expected


@pytest.mark.parametrize(("wrong", "checks", "expected"), [(1, 10, 0.200), (5, 10, 0.689)])
def test_an_audit_by_sampling_catches_what_the_theory_says(wrong, checks, expected):
    assert audit_catches(50, wrong, checks) == pytest.approx(expected, abs=5e-4)


def test_an_audit_of_everything_misses_nothing():
    assert (audit_catches(50, 1, 50), audit_catches(50, 0, 50)) == (1, 0)


@pytest.mark.parametrize(("share", "expected"), [(0.1, 44), (0.01, 459), (1, 1)])
def test_so_many_checks_make_99_percent(share, expected):
    assert checks_needed(share, 0.99) == expected


@pytest.mark.parametrize("wrong", [(0, 0.9), (1.1, 0.9), (0.1, 0), (0.1, 1)])
def test_certainty_takes_no_number_of_checks(wrong):
    with pytest.raises(ValueError, match="no number of checks"):
        checks_needed(*wrong)


# Chosen places


@pytest.mark.parametrize(
    ("groups", "cost"), [((50, 10, 2), 68), ((50, 10, 10), 272), ((50, 10, 10, 10, 10, 2), 4352)]
)
def test_the_tree_theorem_gives_the_price_of_a_root(groups, cost):
    assert capture_cost(groups) == cost


@pytest.mark.parametrize("counts", [(1000, 20, 2, 1), (5000, 100, 10, 1)])
def test_the_worst_seats_cost_the_price_and_own_the_root(counts):
    parents = adjacent(counts)
    liars = worst_seats(parents)
    groups = [below // above for below, above in pairwise(counts)]
    assert len(liars) == capture_cost(groups)
    assert reference.capture(parents, None, liars.tolist())


def test_one_liar_less_owns_nothing():
    parents = adjacent((1000, 20, 2, 1))
    liars = worst_seats(parents).tolist()
    assert not any(
        reference.capture(parents, None, liars[:at] + liars[at + 1 :]) for at in range(len(liars))
    )


@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=9),
    st.lists(st.integers(0, 1), min_size=4, max_size=4),
    st.sampled_from([None, (0, 0, 0)]),
)
def test_no_placement_is_cheaper_in_an_uneven_tree(agents, locals_, f):
    locals_of = np.unique(agents, return_inverse=True)[1]
    regions = np.unique(locals_[: locals_of.max() + 1], return_inverse=True)[1]
    parents = [locals_of, regions, np.zeros(regions.max() + 1, np.int64)]
    liars = worst_seats(parents, f)
    assert reference.capture(parents, f, liars.tolist())
    assert len(liars) == reference.fewest_liars(parents, f)


def test_a_rule_that_tolerates_more_costs_more():
    assert len(worst_seats(adjacent((100, 10, 1)), f=(4, 2))) == 5 * 3


def test_a_group_too_small_to_capture_is_refused():
    with pytest.raises(ValueError, match="a group of 2 cannot hold 2"):
        worst_seats(adjacent((8, 4, 1)), f=(2, 1))


def test_clustered_liars_sit_side_by_side_and_wrap_around():
    assert clustered_seats(10, 0.3).tolist() == [0, 1, 2]
    assert clustered_seats(10, 0.3, first=8).tolist() == [0, 8, 9]


def test_no_more_than_all_are_clustered():
    assert clustered_seats(10, 1.0).tolist() == list(range(10))
    with pytest.raises(ValueError, match="a share"):
        clustered_seats(10, 1.1)
