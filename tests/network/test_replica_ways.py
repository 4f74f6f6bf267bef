"""Where replicas stand, and how one line carries a report to each of them."""

import numpy as np
import pytest

from sim.network.placement import apart
from sim.network.routes import Routes
from sim.network.sites import Link, SiteGraph
from sim.network.uplink import Uplink


def line_of_sites(sites: int) -> Routes:
    """Sites in a row, a millisecond apart."""
    names = tuple(f"site-{number}" for number in range(sites))
    links = tuple(Link(number, number + 1, 10**6) for number in range(sites - 1))
    return Routes(SiteGraph(names, (None,) * sites, links, (0,) * sites))


@pytest.mark.parametrize(
    ("count", "chosen"), [(1, [3]), (2, [3, 0]), (3, [3, 0, 6]), (4, [3, 0, 6, 1])]
)
def test_each_replica_stands_as_far_from_the_others_as_can_be(count, chosen):
    assert apart(3, count, line_of_sites(7)) == chosen


def test_no_two_replicas_share_a_site_while_there_is_a_free_one():
    assert sorted(apart(2, 7, line_of_sites(7))) == list(range(7))


def test_more_replicas_than_sites_go_round_again():
    chosen = apart(1, 8, line_of_sites(3))
    assert chosen[3:6] == chosen[:3] == [*chosen[6:], chosen[2]]


def waits_ns(sent_ns: np.ndarray, copies: int, rate_factor: float = 1.0) -> np.ndarray:
    """How long each copy of each report takes, by receiver; (copies, reports)."""
    lines = [Uplink(100.0, 1, copies, place) for place in range(copies)]
    return np.array([one.wait(slice(0, 1), sent_ns, None, rate_factor)[:, 0] for one in lines])


def test_copies_leave_one_after_the_other_and_the_next_report_after_all():
    sent_ns = np.array([[0.0], [250.0], [10_000.0]])
    assert waits_ns(sent_ns, 3).tolist() == [
        [100.0, 150.0, 100.0],
        [200.0, 250.0, 200.0],
        [300.0, 350.0, 300.0],
    ]


@pytest.mark.parametrize("rate_factor", [1.0, 0.25])
def test_copies_on_one_line_are_like_so_many_messages_at_once(rate_factor):
    # The obvious version: one queue, every copy a message of its own.
    rng = np.random.default_rng(1)
    sent_ns = np.cumsum(rng.integers(1, 900, 40)).astype(float)
    each = Uplink(100.0, 1).wait(slice(0, 1), np.repeat(sent_ns, 4)[:, None], None, rate_factor)
    assert waits_ns(sent_ns[:, None], 4, rate_factor).T.ravel().tolist() == each[:, 0].tolist()
