"""What random placement is worth: draws of `seats` and `committees` against the computed tails."""

import math
from functools import cache

import numpy as np
import pytest

from sim.protocol.placement import (
    captured_group,
    clustered_seats,
    committees,
    no_honest_watcher,
    seats,
    worst_seats,
)
from sim.stats.tails import hypergeometric_sf

AGENTS, GROUP, EPOCHS = 1000, 50, 400
MEMBERS = np.arange(AGENTS)


def epoch(number):
    return number.to_bytes(32, "big")


@cache
def seated():
    """Who has which seat in each epoch; (epochs, agents). Groups of 50 are adjacent seats."""
    return np.array([seats(MEMBERS, epoch(number)) for number in range(EPOCHS)])


def liars_by_group(liars):
    """(epochs, groups)"""
    return (liars > seated()).reshape(EPOCHS, -1, GROUP).sum(axis=2)


def assert_chance(hits, chance):
    """`hits` (epochs, ...) against a chance; the epochs are independent, groups within are not."""
    by_epoch = hits.reshape(len(hits), -1).mean(axis=1)
    error = by_epoch.std(ddof=1) / math.sqrt(len(by_epoch))
    assert by_epoch.mean() == pytest.approx(chance, abs=4 * error)


@pytest.mark.parametrize("liars", [200, 250, 333])
def test_groups_are_captured_as_often_as_computed(figure, liars):
    assert_chance(liars_by_group(liars) > (GROUP - 1) // 3, captured_group(AGENTS, liars, GROUP))
    by_epoch = (liars_by_group(liars) > (GROUP - 1) // 3).mean(axis=1)
    error = by_epoch.std(ddof=1) / math.sqrt(EPOCHS)
    chance = captured_group(AGENTS, liars, GROUP)
    figure(
        "4",
        f"{liars} liars of 1,000, random seats: a group of 50 has over 16",
        chance,
        by_epoch.mean(),
        error,
    )


def test_the_number_of_liars_in_a_group_has_the_whole_computed_distribution():
    inside = liars_by_group(200)
    for above in range(4, 17, 3):
        assert_chance(inside > above, hypergeometric_sf(above, AGENTS, 200, GROUP))


def test_committees_lie_as_often_as_computed(figure):
    # 30 % liars in committees of 3: all three lie with 2.7 %.
    drawn = np.array([committees(epoch(number), MEMBERS, 3, 23) for number in range(EPOCHS)])
    assert_chance((drawn < 300).all(axis=2), no_honest_watcher(AGENTS, 300, 3))
    assert_chance((drawn < 300).all(axis=2).any(axis=1), no_honest_watcher(AGENTS, 300, 3, 23))
    lying = (drawn < 300).all(axis=2).mean(axis=1)
    error = lying.std(ddof=1) / math.sqrt(EPOCHS)
    chance = no_honest_watcher(AGENTS, 300, 3)
    figure("7", "300 liars of 1,000: all of a committee of 3 lie", chance, lying.mean(), error)


def test_the_liars_who_own_a_chosen_tree_own_no_group_of_a_drawn_one():
    """68 of 1000 suffice where they choose; drawn, no group of 50 has as many as 17 of them."""
    parents = [np.arange(1000) // 50, np.arange(20) // 10, np.zeros(2, np.int64)]
    chosen = np.bincount(parents[0][worst_seats(parents)], minlength=20)
    assert sorted(chosen.tolist())[-4:] == [17] * 4
    assert captured_group(AGENTS, 68, GROUP) < 1e-8
    assert liars_by_group(68).max() <= 16


def test_clustered_liars_fill_groups_and_drawing_anew_scatters_them():
    liars = clustered_seats(AGENTS, 0.2)
    assert (np.bincount(liars // GROUP, minlength=20) == [50] * 4 + [0] * 16).all()
    # By epoch the same liars take up 10 of 50 seats in a group, give or take 2.76.
    inside = liars_by_group(len(liars))
    assert inside.mean() == 10
    spread = math.sqrt(50 * 0.2 * 0.8 * (AGENTS - GROUP) / (AGENTS - 1))
    assert inside.std() == pytest.approx(spread, rel=4 / math.sqrt(2 * inside.size))
