"""Mail that several replicas publish: hops of their own, down to nodes that hear all of them."""

import numpy as np
import pytest

from sim.telemetry.mail import Mail, Post, Spur
from sim.telemetry.tree import Groups
from sim.telemetry.way import Way


class Constant:
    """A channel on which everything takes the same time."""

    def __init__(self, delay_ns: float) -> None:
        self.delay_ns = delay_ns

    def open_step(self) -> None:
        """Nothing."""

    def judge(self, first_tick, sent_ns, sent, first_child):
        arrival_ns = sent_ns + self.delay_ns
        return arrival_ns if sent is None else np.where(sent, arrival_ns, np.inf)


def post(nodes: int, delay_ns: float, groups: Groups | None = None) -> Post:
    """A hop to some nodes."""
    way = Way("baseline", Constant(delay_ns), np.zeros(nodes))
    return Post(way, groups, np.full(nodes, np.nan))


def mail_of(*delays_ns: float) -> Mail:
    """From replicas with these delays to two regionals, and in 5 ns on to three locals."""
    dealt = Groups(3, 2)
    mail = Mail([post(2, delays_ns[0], dealt), post(3, 5)])
    mail.join([Spur((post(2, delay_ns),)) for delay_ns in delays_ns[1:]], 0)
    return mail


def held(mail: Mail) -> list[list[int]]:
    """Versions held by regionals and locals."""
    return [one.version_held.tolist() for one in mail.posts]


def test_a_version_of_any_replica_is_passed_on():
    mail = mail_of(100, 20)
    mail.publish(1, 0, replica=1)
    mail.advance(26)
    assert held(mail) == [[1, 1], [1, 1, 1]]


def test_a_version_that_is_held_already_is_not_passed_on_again():
    mail = mail_of(100, 20, 30)
    for replica in range(3):
        mail.publish(1, 0, replica=replica)
    mail.advance(1000)
    assert mail.posts[0].passed.tolist() == [1, 1]
    assert mail.posts[1].delivered == 3
    assert [mail.posts[0].delivered, *(spur.posts[0].delivered for spur in mail.spurs)] == [2, 2, 2]


def test_an_older_version_of_another_replica_comes_too_late():
    mail = mail_of(100, 20)
    mail.publish(1, 0)
    mail.publish(2, 50, replica=1)
    mail.advance(1000)
    assert held(mail) == [[2, 2], [2, 2, 2]]
    assert mail.posts[1].delivered == 3


@pytest.mark.parametrize("steps", [(1000,), (10, 40, 71, 99, 1000), tuple(range(1, 200))])
def test_how_time_is_cut_into_steps_changes_nothing(steps):
    mail = mail_of(30, 70, 10)
    for version, replica, at_ns in ((1, 0, 0), (1, 1, 0), (2, 2, 40)):
        if at_ns:
            mail.advance(at_ns)
        mail.publish(version, at_ns, replica=replica)
    for until_ns in steps:
        if until_ns > 40:
            mail.advance(until_ns)
    assert held(mail) == [[2, 2], [2, 2, 2]]
    assert mail.posts[0].passed.tolist() == [2, 2]


def test_the_birth_of_a_version_is_when_the_first_replica_published_it():
    mail = mail_of(100, 20)
    mail.publish(1, 0)
    mail.advance(10)
    mail.publish(1, 10, replica=1)
    mail.publish(2, 10, replica=1, born_ns=7)
    mail.advance(31)
    assert mail.posts[0].born_ns.tolist() == [7, 7]
    mail = mail_of(100, 20)
    mail.publish(1, 0)
    mail.advance(10)
    mail.publish(1, 10, replica=1)
    mail.advance(31)
    assert mail.posts[0].born_ns.tolist() == [0, 0]


def test_replicas_of_regionals_hand_on_to_the_same_locals():
    dealt = Groups(3, 2)
    mail = Mail([post(2, 100, dealt), post(3, 100)])
    mail.join([Spur((post(2, 20, dealt), post(3, 5)))], 1)
    mail.publish(1, 0, replica=1)
    mail.advance(26)
    assert held(mail) == [[-1, -1], [1, 1, 1]]


def test_what_is_sent_on_a_first_hop_is_counted_for_its_replica():
    mail = mail_of(100, 20)
    mail.publish(1, 0)
    mail.publish(2, 0, np.array([True, False]), replica=1)
    assert (mail.sent, mail.spurs[0].sent) == (2, 1)
