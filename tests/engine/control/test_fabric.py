"""What the fabric makes of single messages under a fault, and when that counts as a hit.

Everything here is between two replicas of the root, one link of 8.55 ms and 2 ms of jitter apart.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from sim.engine.control.fabric import RETRANSMIT_NS
from sim.engine.control.plane import ControlPlane
from sim.engine.rules import Rule
from sim.engine.simulation import Simulation
from sim.network.verdict import CORRUPT, LOST, NO_ROUTE, PARTITIONED, Verdict
from sim.protocol.effects import Broadcast, Send
from sim.protocol.messages import Message
from tests.engine.control.rehomed import SWIM, TREE, members
from tests.engine.scenarios import MS, RING, plan_of

FAULT = "faults[0]"
LINE_NS = 1_000_000
"""How long 1,000 bytes take at 8 Mbps."""


@dataclass(frozen=True, slots=True)
class Kilobyte(Message):
    """As large as its name says."""

    @property
    def size_bytes(self):
        return 1000


class Everything:
    """Matches every way."""

    def matches(self, source, target):
        return np.ones(len(source.node), bool)


class Inbox:
    """A node that counts what it gets."""

    def __init__(self):
        self.got = 0

    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        self.got += 1
        return []


def plane_of(*, loss="0%", rate="none"):
    plan = plan_of(tree=TREE, topology={**RING, "loss": loss}, agreement={"rate": rate})
    simulation = Simulation(plan, seed=1)
    (plane,) = (one for one in simulation.components if isinstance(one, ControlPlane))
    for number, (name, reliable) in enumerate({"tcp": True, "udp": False, "inbox": True}.items()):
        place = plane.place(plane.world.roster.shape.row(3, number // 2), 0)
        plane.join(name, place, lambda _: Inbox(), reliable=reliable, peers=("inbox",))
    return plane


def under(plane, **options):
    """Every message is under this verdict from now on."""
    plane.world.fault_order = (FAULT,)
    plane.world.rules[FAULT] = [Rule(Everything(), Verdict(FAULT, **options))]
    plane.fabric.refresh()


def judged(plane, sender="tcp", times=1, now_ns=0):
    """What becomes of so many messages, and how many were hit."""
    found = [
        plane.fabric.judge(sender, "inbox", Kilobyte(), now_ns + number) for number in range(times)
    ]
    return found, plane.world.control_hits[FAULT]


@cache
def usual_ns():
    return judged(plane_of())[0][0]


# Hits


@pytest.mark.parametrize(
    ("options", "later_ns"),
    [
        ({"delay_extra_ns": 5 * MS}, 5 * MS),
        ({"hold_until_ns": 70 * MS}, 70 * MS),
        ({"reorder_share": 1.0, "reorder_extra_ns": 3 * MS}, 3 * MS),
    ],
)
def test_a_message_that_comes_later_is_hit_once(options, later_ns):
    plane = plane_of()
    under(plane, **options)
    assert judged(plane) == ([usual_ns() + later_ns], 1)


def test_a_message_that_a_fault_drops_is_hit():
    plane = plane_of()
    under(plane, drop=PARTITIONED)
    assert judged(plane) == ([PARTITIONED], 1)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"rate_factor": 0.5},
        {"duplicate_share": 1.0},
        {"reorder_share": 1e-9, "reorder_extra_ns": MS},
        {"loss_extra": 1e-9},
        {"corrupt_share": 1e-9},
    ],
    ids=str,
)
def test_a_message_that_fares_as_ever_is_not_hit(options):
    plane = plane_of()
    under(plane, **options)
    assert judged(plane, times=20) == ([usual_ns()] * 20, 0)


def test_where_there_is_no_way_no_fault_decides():
    plane = plane_of()
    under(plane, drop=PARTITIONED)
    plane.world.delay_ns = np.full_like(plane.world.delay_ns, np.inf)
    plane.fabric.refresh()
    assert judged(plane) == ([NO_ROUTE], 0)
    assert plane.fabric.is_cut("tcp", "inbox")


@pytest.mark.parametrize("options", [{"loss_extra": 0.5}, {"corrupt_share": 0.5}], ids=str)
def test_on_a_connection_just_the_messages_that_are_sent_again_are_hit(options):
    plane = plane_of()
    under(plane, **options)
    found, hits = judged(plane, times=100)
    late = [ns for ns in found if ns != usual_ns()]
    assert hits == len(late) > 0
    assert all((ns - usual_ns()) % RETRANSMIT_NS == 0 for ns in late)


def test_a_fault_that_loses_next_to_nothing_is_not_blamed_for_what_chance_loses():
    plane = plane_of(loss="50%")
    under(plane, loss_extra=1e-9)
    found, hits = judged(plane, "udp", times=100)
    assert LOST in found
    assert hits == 0


def test_datagrams_that_are_damaged_and_those_that_are_lost_are_told_apart():
    plane = plane_of()
    under(plane, loss_extra=0.3, corrupt_share=0.5)
    found, hits = judged(plane, "udp", times=1000)
    counts = Counter(one for one in found if isinstance(one, str))
    # 0.3 are lost, and half of the rest is damaged; four standard errors of a share of 1,000.
    assert counts[LOST] / 1000 == pytest.approx(0.3, abs=4 * 0.0145)
    assert counts[CORRUPT] / 1000 == pytest.approx(0.35, abs=4 * 0.0151)
    assert hits == counts.total()


def test_a_message_over_a_link_that_is_slowed_is_hit():
    plane = plane_of()
    plane.world.slowed[FAULT] = ((0, 1), 1.5)
    under(plane)
    assert judged(plane)[1] == 1


# The line


@pytest.mark.parametrize(("left", "hits"), [(1.0, 0), (0.5, 2), (0.25, 2)])
def test_what_is_left_of_the_rate_stretches_the_time_on_the_line(left, hits):
    plane = plane_of(rate="8Mbps")
    under(plane, rate_factor=left)
    line_ns = round(LINE_NS / left)
    found, counted = judged(plane, times=2)
    # The second waits for the first; it comes a nanosecond later.
    assert found == [usual_ns() + line_ns, usual_ns() + 2 * line_ns - 1]
    assert counted == hits


# Copies


def arrived(plane, sender, effect=Send):
    """How often one message arrives."""
    message = Kilobyte()
    asked = Send("inbox", message) if effect is Send else Broadcast(message)
    plane.host(sender).carry_out([asked])
    plane.kernel.run(100 * MS)
    plane.check()
    return plane.host("inbox").node.got


@pytest.mark.parametrize("effect", [Send, Broadcast])
def test_a_datagram_that_is_duplicated_arrives_twice_and_is_hit_once(effect):
    plane = plane_of()
    under(plane, duplicate_share=1.0)
    assert arrived(plane, "udp", effect) == 2
    assert plane.world.control_hits[FAULT] == 1


def test_a_connection_throws_copies_away():
    plane = plane_of()
    under(plane, duplicate_share=1.0)
    assert arrived(plane, "tcp") == 1
    assert plane.world.control_hits[FAULT] == 0


def test_datagrams_arrive_once_without_a_fault():
    assert arrived(plane_of(), "udp") == 1


def test_the_share_of_datagrams_that_arrive_twice_is_that_of_the_fault():
    plane = plane_of()
    under(plane, duplicate_share=0.3)
    doubled = sum(plane.fabric.is_doubled("udp", "inbox") for _ in range(1000))
    assert doubled / 1000 == pytest.approx(0.3, abs=4 * 0.0145)
    assert plane.world.control_hits[FAULT] == doubled


def test_probes_of_a_detector_that_are_all_duplicated_accuse_nobody():
    twice = {"kind": "duplicate", "nodes": ["locals"], "share": 1.0, "at": "1s"}
    recording = members(twice, watched=SWIM)
    assert "members" not in recording.tables
