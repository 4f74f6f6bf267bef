"""HotStuff's counts and latencies with constant delay, as theory has them: exactly.

Yin et al., PODC 2019; with new-views 8 (n - 1) messages a decision, all linear, and seven delays
from the leader's proposal until everybody has decided.
"""

import pytest

from sim.protocol.agreement.hotstuff.node import HotStuff
from tests.protocol.net import DELAY_NS, Net, value

TIMEOUT_NS = 20 * DELAY_NS
SIZES = [(4, 1, 24), (31, 10, 240)]


def ran(n, f, slots=1, **options):
    net = Net(HotStuff, n, f, timeout_ns=TIMEOUT_NS, **options)
    for slot in range(1, slots + 1):
        net.propose(slot, *[value(f"{slot} of {member}") for member in range(n)])
    net.run()
    return net


@pytest.mark.parametrize(("n", "f", "expected"), SIZES)
def test_a_decision_takes_eight_messages_for_each_other_member(figure, n, f, expected):
    assert sum(ran(n, f).messages.values()) == expected == 8 * (n - 1)
    figure(
        "6", f"hotstuff, n = {n}: messages of a slot", expected, sum(ran(n, f).messages.values())
    )


@pytest.mark.parametrize(("n", "f", "expected"), SIZES)
def test_five_decisions_take_five_times_as_many_and_leave_nothing_behind(n, f, expected):
    assert sum(ran(n, f, slots=5).messages.values()) == 5 * expected


@pytest.mark.parametrize(("n", "f", "expected"), SIZES)
def test_each_step_is_said_once_by_or_to_each_other_member(n, f, expected):
    steps = dict.fromkeys(["NewView", "Prepare", "PreCommit", "Commit", "Decide"], n - 1)
    assert ran(n, f).messages == {**steps, "Vote": 3 * (n - 1)}


@pytest.mark.parametrize(("n", "f", "expected"), SIZES)
def test_all_have_decided_seven_delays_after_the_leaders_proposal(figure, n, f, expected):
    net = ran(n, f)
    sent = net.journal.table("sent")
    proposed_ns = sent["at_ns"][sent["kind"] == "Prepare"].min()
    assert proposed_ns == DELAY_NS, "a new-view takes one delay"
    latencies = [(found[1][0] - proposed_ns) / DELAY_NS for found in net.decided]
    assert latencies == [6.0] + [7.0] * (n - 1)
    figure("6", f"hotstuff, n = {n}: delays from the leader's proposal", 7, max(latencies))


@pytest.mark.parametrize(("n", "f", "expected"), SIZES)
def test_the_view_stays_while_its_leader_works(n, f, expected):
    net = ran(n, f, slots=3)
    assert {one.view for found in net.decided for _, one in found.values()} == {0}
