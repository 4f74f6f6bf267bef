"""Alerts under partition (theory 8.4): who commits, who cannot, and what remains after the heal.

Quorums of 2f + 1 out of 3f + 1 intersect in f + 1 members, so of two sides at most one commits.
With two members (f = 0) a clean split leaves no quorum at all.
"""

from itertools import combinations

import pytest

from sim.protocol.alerts.contract import State
from sim.protocol.alerts.domains import spread
from tests.protocol.alerts.net import SECOND, AlertNet, keeper_names, split

HEAL_NS = 5 * SECOND


def cut_in_two(n, f, minority):
    """Alerts on either side of a split; the keepers of `minority` are cut off till a heal."""
    rest = [member for member in range(n) if member not in minority]
    groups = (["regional-0", *keeper_names(*rest)], ["regional-1", *keeper_names(*minority)])
    net = AlertNet(n, f, judge=split(*groups, until_ns=HEAL_NS))
    net.alert("regional-0", "among the rest", at_ns=SECOND)
    net.alert("regional-1", "in the minority", at_ns=SECOND)
    return net


def committed(net, members):
    return {
        event.alert.subject
        for member in members
        for _, event in net.states(member)
        if event.state is State.COMMITTED
    }


def assert_all_committed(net, n):
    both = {("regional-0", 0): "committed", ("regional-1", 0): "committed"}
    assert [net.last(member) for member in range(n)] == [both] * n


def test_two_regionals_commit_nothing_in_a_clean_split():
    net = cut_in_two(2, 0, minority=(1,))
    net.run(HEAL_NS - 1)
    assert committed(net, range(2)) == set()
    net.run(HEAL_NS + 3 * SECOND)
    assert_all_committed(net, 2)


@pytest.mark.parametrize(
    ("n", "f", "minority"),
    [(4, 1, cut) for size in (1, 2) for cut in combinations(range(4), size)]
    + [(7, 2, cut) for cut in ((0,), (0, 6), (1, 3, 5))],
)
def test_a_side_commits_if_and_only_if_it_has_a_quorum_and_after_the_heal_nothing_is_lost(
    n, f, minority
):
    net = cut_in_two(n, f, minority)
    net.run(HEAL_NS - 1)
    rest_has_quorum = n - len(minority) >= net.committee.quorum
    assert committed(net, range(n)) == ({"among the rest"} if rest_has_quorum else set())
    net.run(HEAL_NS + 3 * SECOND)
    assert_all_committed(net, n)


def test_four_domains_lose_any_one_and_still_commit_and_two_domains_do_not():
    sites = ["London", "Paris", "Rome", "Vienna"]
    for lost in range(4):
        net = cut_in_two(4, 1, minority=(lost,))
        net.run(HEAL_NS - 1)
        assert "among the rest" in committed(net, range(4))
    assert spread(net.committee, sites).survives_any
    assert not spread(net.committee, ["London", "London", "Paris", "Paris"]).survives_any
