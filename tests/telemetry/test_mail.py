"""Baselines on their way down two tiers: the newest is kept, and every newer one goes on.

Two regionals have two and one locals. The ways are made by hand: arrivals are looked up by version.
"""

import numpy as np

from sim.telemetry.emission import NEVER
from sim.telemetry.mail import Mail, Post
from sim.telemetry.tree import Groups
from sim.telemetry.way import Way

GROUPS = Groups(3, 2)


class Lookup:
    """A channel that takes as long as it is told to, for each version and node."""

    def __init__(self, nodes, delay_ns=10.0, **delays_ns):
        self.nodes, self.delay_ns = nodes, delay_ns
        self.delays_ns = {int(key[1:]): value for key, value in delays_ns.items()}
        self.asked = []

    def open_step(self):
        pass

    def judge(self, first_tick, sent_ns, sent, first_child):
        delay_ns = np.broadcast_to(self.delays_ns.get(first_tick, self.delay_ns), self.nodes)
        self.asked.append((first_tick, sent_ns[0].tolist(), sent))
        arrivals_ns = sent_ns + delay_ns
        return arrivals_ns if sent is None else np.where(sent, arrivals_ns, NEVER)


def downlink(regional=None, local=None):
    """Both tiers, with the channels given."""
    channels = regional or Lookup(2), local or Lookup(3)
    posts = [
        Post(
            Way("test", channel, np.zeros(channel.nodes)),
            GROUPS if channel.nodes == 2 else None,
            np.full(channel.nodes, np.nan),
        )
        for channel in channels
    ]
    return Mail(posts)


def held(down):
    """Version and birth of what each regional and each local holds."""
    return [(post.version_held.tolist(), post.born_ns.tolist()) for post in down.posts]


def published(down, *at_ns):
    for version, now_ns in enumerate(at_ns, start=1):
        down.advance(now_ns)
        down.publish(version, now_ns)
    return down


def test_a_baseline_arrives_a_hop_after_the_other():
    down = published(downlink(), 100)
    down.advance(111)
    assert down.posts[0].version_held.tolist() == [1, 1]
    assert down.posts[1].version_held.tolist() == [-1, -1, -1]
    down.advance(121)
    assert held(down) == [([1, 1], [100, 100]), ([1, 1, 1], [100, 100, 100])]


def test_what_arrives_at_an_instant_is_not_held_at_it():
    down = published(downlink(), 100)
    down.advance(110)
    assert down.posts[0].version_held.tolist() == [-1, -1]


def test_several_hops_in_one_step_are_followed_through():
    down = published(downlink(), 100)
    down.advance(1000)
    assert held(down)[1] == ([1, 1, 1], [100, 100, 100])


def test_an_older_baseline_that_comes_late_is_neither_kept_nor_passed_on():
    local = Lookup(3)
    down = published(downlink(Lookup(2, v1=500.0), local), 100, 200)
    down.advance(1000)
    assert held(down) == [([2, 2], [200, 200]), ([2, 2, 2], [200, 200, 200])]
    assert [version for version, *_ in local.asked] == [2]


def test_every_newer_baseline_is_passed_on_at_the_instant_of_its_arrival():
    local = Lookup(3)
    down = published(downlink(Lookup(2, v1=[10.0, 40.0]), local), 100, 200)
    down.advance(1000)
    # Version 1 reaches the regionals at 110 and 140; locals 0 and 1 belong to regional 0.
    assert local.asked[0][:2] == (1, [110, 110, 140])
    assert down.posts[1].delivered == 6


def test_overtaking_within_one_step_is_sorted_out_by_arrival():
    down = downlink(Lookup(2, v1=[300.0, 10.0], v2=10.0))
    down.publish(1, 100)
    down.publish(2, 200)
    down.advance(1000)
    assert down.posts[0].version_held.tolist() == [2, 2]
    assert down.posts[0].passed.tolist() == [1, 2]


def test_a_lost_baseline_is_made_up_for_by_the_next():
    down = published(downlink(Lookup(2, v1=[NEVER, 10.0])), 100, 200)
    down.advance(150)
    assert down.posts[0].version_held.tolist() == [-1, 1]
    assert down.posts[1].version_held.tolist() == [-1, -1, 1]
    down.advance(1000)
    assert down.posts[1].version_held.tolist() == [2, 2, 2]


def test_who_goes_down_loses_what_is_on_its_way():
    down = published(downlink(), 100)
    down.posts[0].refuse(np.array([True, False]), 200)
    down.advance(1000)
    assert down.posts[0].version_held.tolist() == [-1, 1]
    assert (down.posts[0].refused, down.posts[0].delivered, down.posts[0].in_flight()) == (1, 1, 0)


def test_who_stands_still_takes_it_in_at_the_end():
    down = published(downlink(), 100)
    down.posts[0].postpone(np.array([True, False]), 300)
    down.advance(300)
    assert down.posts[0].version_held.tolist() == [-1, 1]
    down.advance(301)
    assert down.posts[0].version_held.tolist() == [1, 1]


def test_a_version_is_held_from_the_instant_of_its_arrival():
    down = published(downlink(), 100)
    down.advance(121)  # it is at the locals at 120
    node, known_ns = np.array([0, 0, 1, 2]), np.array([119.0, 120.0, 120.5, 101.0])
    assert down.held_at(node, known_ns).tolist() == [-1, 1, 1, -1]


def test_of_several_versions_in_one_step_that_of_the_instant_was_held():
    down = published(downlink(), 100, 105, 112)
    down.advance(1000)  # at the locals at 120, 125 and 132
    known_ns = np.array([119.0, 120.0, 124.0, 125.0, 131.0, 132.0, 999.0])
    assert down.held_at(np.zeros(7, np.int64), known_ns).tolist() == [-1, 1, 1, 2, 2, 3, 3]


def test_what_was_held_before_a_step_still_was_at_its_begin():
    down = published(downlink(), 100, 300)
    down.advance(400)
    assert down.held_at(np.array([0, 0]), np.array([300.0, 320.0])).tolist() == [1, 2]


def test_without_aggregators_nothing_goes_down():
    down = published(Mail([]), 100)
    down.advance(1000)
    assert (down.sent, down.now_ns) == (0, 1000)
