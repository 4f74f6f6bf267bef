"""Membership in a partition: detectors suspect on both sides, epochs change on a quorum's alone.

Four replicas agree by PBFT on what to make of failures; beside each stands a watcher of the four
locals. Replicas 0 and 1 are on one site each with locals A and B, 2 and 3 with C and D.
"""

import pytest

from sim.engine.host import Host
from sim.protocol.agreement.contract import Decided, Propose
from sim.protocol.agreement.pbft.node import PBFT
from sim.protocol.membership.contract import Alive, Failed, Post
from sim.protocol.membership.epochs import Expel, applied, founded, value_of
from sim.protocol.membership.registry import DETECTORS
from tests.protocol.membership.world import MS, S
from tests.protocol.net import DELAY_NS, Net

LOCALS = tuple("ABCD")
WATCHERS = tuple(f"watch-{number}" for number in range(4))
OPTIONS = {"period_ns": 100 * MS, "timeout_ns": 300 * MS}
FIRST = founded(
    "root",
    [(name, "root") for name in LOCALS],
    [((9 * n, 9 * n + 9), x) for n, x in enumerate("ABCD")],
)


class Site:
    """The application beside a replica and its watcher: proposes to expel whom it holds failed."""

    def __init__(self, net, number):
        self.net, self.number = net, number
        self.view, self.slot, self.failed = FIRST, 0, {}

    def put_out(self, event):
        match event:
            case Failed():
                self.failed[event.member] = None
                self.propose()
            case Alive():
                self.failed.pop(event.member)
            case Decided():
                self.slot = event.slot
                self.view = applied(self.view, event.value.content)
                self.propose()

    def propose(self):
        for name in self.failed:
            if self.view.member(name):
                candidate = Propose(self.slot + 1, value_of(Expel(name)))
                self.net.hosts[self.number].tell(candidate)
                return


class Partitioned(Net):
    """Between ``split(node)`` of different value nothing crosses until `heal_ns`."""

    def __init__(self, split, heal_ns):
        judge = lambda a, b, message, now_ns: (  # noqa: E731
            "cut" if S <= now_ns < heal_ns and split(a) != split(b) else DELAY_NS
        )
        self.sites = [Site(self, number) for number in range(4)]
        super().__init__(PBFT, 4, 1, judge=judge, timeout_ns=200 * MS)
        for number, name in enumerate(WATCHERS):
            self.join(name, Post(name, LOCALS, options=OPTIONS), self.sites[number].put_out)
        for name in LOCALS:
            self.join(name, Post(name, (), WATCHERS, options=OPTIONS), None)

    def join(self, name, post, put_out):
        make = lambda life: DETECTORS["heartbeat"](post)  # noqa: E731
        host = Host(
            name, make, self.kernel, self.switch.transmit, self.journal, application=put_out
        )
        self.switch.join(host)
        self.kernel.at(0, host.start)

    def _put_out(self, member, event):
        super()._put_out(member, event)
        self.sites[member].put_out(event)

    @property
    def epochs(self):
        return [site.view.epoch for site in self.sites]


def halves(name):
    return name[-1] in "01AB"


def without_the_last(name):
    return name[-1] not in "3D"


def test_without_a_quorum_on_any_side_all_keep_what_they_own():
    net = Partitioned(halves, heal_ns=9 * S)
    net.run(9 * S)
    assert [tuple(site.failed) for site in net.sites] == [("C", "D")] * 2 + [("A", "B")] * 2
    assert net.epochs == [0, 0, 0, 0]
    assert {site.view.digest for site in net.sites} == {FIRST.digest}


def test_the_side_with_a_quorum_goes_on_and_the_other_stays_with_what_it_has():
    net = Partitioned(without_the_last, heal_ns=9 * S)
    net.run(9 * S)
    assert net.epochs == [1, 1, 1, 0]
    assert sorted(net.sites[3].failed) == ["A", "B", "C"]
    view = net.sites[0].view
    assert [view.load(name) for name in LOCALS] == [12, 12, 12, 0]


@pytest.mark.parametrize("split", [halves, without_the_last])
def test_after_the_heal_all_replicas_hold_one_view(split):
    net = Partitioned(split, heal_ns=9 * S)
    net.run(30 * S)
    assert len({site.view.digest for site in net.sites}) == 1
    assert net.sites[0].view.sources == FIRST.sources
