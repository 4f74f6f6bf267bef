"""The consensus-free mode: newest version of one writer, nobody waits."""

from sim.protocol.agreement.versions import Version, Versions
from tests.protocol.agreement.broadcasts import A, B, decisions
from tests.protocol.agreement.liars import Repeating, Silent, liars
from tests.protocol.net import DELAY_NS, Net, value


def test_the_writer_decides_at_once_even_alone():
    net = Net(Versions, 4, 1, wrap=liars({1, 2, 3}, lambda member, node: Silent()))
    net.propose(1, A)
    net.run()
    assert net.decided[0][1][0] == 0


def test_a_version_that_arrives_after_a_newer_one_is_passed_over():
    late = lambda s, r, message, now: DELAY_NS * (9 if message.slot == 1 else 1)  # noqa: E731
    net = Net(Versions, 4, 1, judge=late)
    net.propose(1, A)
    net.propose(2, B, at_ns=DELAY_NS)
    net.run()
    assert [sorted(found) for found in net.decided] == [[1, 2], [2], [2], [2]]


def test_only_the_writer_is_believed():
    node = Net(Versions, 4, 1).hosts[1].node
    assert node.on_message(Version(2, 1, A), 0) == []
    assert len(node.on_message(Version(0, 1, A), 0)) == 1
    assert node.on_message(Version(0, 1, B), 0) == []
    assert node.on_message(Version(0, 0, B), 0) == []


def test_repeated_messages_change_nothing():
    net = Net(Versions, 4, 1, wrap=lambda member, node: Repeating(node))
    for slot in (1, 2, 3):
        net.propose(slot, value(str(slot)), at_ns=slot * DELAY_NS)
    net.run()
    assert [sorted(found) for found in net.decided] == [[1, 2, 3]] * 4
    assert set(decisions(net, 3).values()) == {value("3").digest}
