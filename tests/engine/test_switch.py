from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.flight import Flight
from sim.engine.host import Host
from sim.engine.journal import MESSAGE_RECORDS, Delivered, Journal
from sim.engine.kernel import Kernel, Order
from sim.engine.service import Service
from sim.engine.switch import Switch
from sim.engine.tally import Traffic
from sim.errors import InvariantViolated
from sim.protocol.effects import Broadcast, Send, SetTimer
from sim.protocol.messages import Message
from tests.reference.plain_switch import PlainSwitch

NAMES = ("a", "b", "c", "d")


@dataclass(frozen=True, slots=True)
class Word(Message):
    """Travels on as long as it has hops left."""

    text: str
    hops: int

    @property
    def size_bytes(self):
        return 100


@dataclass(frozen=True, slots=True)
class Sound(Message):
    text: str = ""


class Gossip:
    """Passes on what it hears: to all, or to one, or after a while."""

    def __init__(self, name):
        self.name, self.seen = name, []

    def start(self, now_ns):
        return []

    def on_message(self, word, now_ns):
        self.seen.append((now_ns, word))
        if not word.hops:
            return []
        on = Word(word.text + self.name, word.hops - 1)
        if len(self.seen) % 3 == 1:
            return [Broadcast(on)]
        to = NAMES[len(self.seen) % 4]
        return [Send(to, on), SetTimer(f"{on.text} to {to}", 1)]

    def on_timer(self, name, now_ns):
        self.seen.append((now_ns, name))
        return [Broadcast(Word(name[0], 0))]


SERVICE_NS = {"c": 0, "d": 2}  # a service that ends at once goes before what else arrives then


class Committee:
    """Four gossips, two of them behind a queue.

    `delays` are those of the messages, one after the other, again and again.
    """

    def __init__(self, delays, make=Switch, **options):
        self.kernel, self.journal = Kernel(), Journal(**options)
        self.delays, self.asked = delays, 0
        self.switch = make(self.kernel, self.judge, self.journal)
        broadcast = getattr(self.switch, "broadcast", None)
        self.hosts = {}
        for name in NAMES:
            node = Gossip(name)
            host = Host(
                name,
                lambda life, node=node: node,
                self.kernel,
                self.switch.transmit,
                self.journal,
                peers=NAMES,
                broadcast=broadcast,
                service=self.server(SERVICE_NS.get(name)),
            )
            self.switch.join(host)
            self.hosts[name] = host

    def server(self, service_ns):
        return (
            None
            if service_ns is None
            else partial(Service, self.kernel, lambda message: service_ns)
        )

    def judge(self, *question):
        self.asked += 1
        return self.delays[self.asked % len(self.delays)]

    def say(self, at_ns, name, hops):
        self.kernel.at(at_ns, self.hosts[name].carry_out, [Broadcast(Word(name, hops))])

    def outcome(self):
        """All that nodes saw, and all tables."""
        seen = [host.node.seen for host in self.hosts.values()]
        names = ("sent", "delivered", "dropped", "discarded", "node_changed")
        tables = [self.journal.table(name) for name in names]
        return seen, [{column: t[column].tolist() for column in t} for t in tables]


DELAYS = st.lists(
    st.one_of(st.integers(0, 5), st.integers(0, 5), st.just("loss")), min_size=1, max_size=9
)
SAID = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(NAMES), st.integers(0, 2)), min_size=1, max_size=3
)
FAULTS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(NAMES),
        st.sampled_from(["crash", "restart", "pause", "resume"]),
    ),
    max_size=4,
)


def played(make, delays, said, faults, until_ns):
    committee = Committee(delays, make)
    for at_ns, name, hops in said:
        committee.say(at_ns, name, hops)
    for at_ns, name, fault in faults:
        options = {"durable": True} if fault == "restart" else {}
        act = getattr(committee.hosts[name], fault)
        committee.kernel.at(at_ns, lambda act, how: act(**how), act, options, order=Order.FAULT)
    committee.kernel.run(until_ns)
    return committee


@given(DELAYS, SAID, FAULTS, st.integers(1, 30))
def test_nodes_and_journal_see_what_one_event_for_each_message_would_show(
    delays, said, faults, until_ns
):
    ours, plain = (played(make, delays, said, faults, until_ns) for make in (Switch, PlainSwitch))
    assert ours.outcome() == plain.outcome()


@given(DELAYS, SAID, FAULTS, st.integers(1, 30))
def test_at_any_time_what_was_sent_is_delivered_dropped_or_in_flight(delays, said, faults, until):
    committee = played(Switch, delays, said, faults, until)
    committee.switch.check()
    for name in ("sent", "delivered", "dropped"):
        rows = len(committee.journal.table(name)["at_ns"])
        assert rows == sum(
            {
                "sent": row.messages,
                "delivered": row.delivered,
                "dropped": sum(row.dropped.values()),
            }[name]
            for row in committee.switch.traffic()
        )


def test_a_flight_that_vanishes_is_noticed_with_the_figures():
    committee = Committee([3, 4, 5])
    committee.say(0, "a", 0)
    committee.kernel.run(3)
    queue = committee.kernel._queue
    queue[:] = [entry for entry in queue if not isinstance(entry[3], Flight)]
    with pytest.raises(InvariantViolated, match="Word: 3 sent, but 0 delivered"):
        committee.switch.check()


def test_a_flight_that_is_there_twice_is_noticed():
    committee = Committee([3, 4, 5])
    committee.say(0, "a", 0)
    committee.kernel.run(3)
    committee.kernel._queue *= 2
    with pytest.raises(InvariantViolated, match="4 in flight"):
        committee.switch.check()


def test_traffic_is_counted_by_kind_in_messages_and_bytes():
    committee = Committee([5, "loss", 7])
    committee.say(0, "a", 0)
    committee.kernel.at(0, committee.hosts["b"].carry_out, [Send("a", Sound())])
    committee.kernel.run(6)
    assert committee.switch.traffic() == [
        Traffic("Word", 3, 300, 1, {"loss": 1}, 1),
        Traffic("Sound", 1, 64, 0, {"loss": 1}, 0),
    ]


def test_one_kind_is_counted_for_each_part_that_sends_it():
    kernel, journal = Kernel(), Journal()
    switch = Switch(kernel, lambda *_question: 5, journal, part_of=lambda name: name[-1])
    for name in ("a x", "b x", "c y"):
        switch.join(Host(name, lambda life, n=name: Gossip(n), kernel, switch.transmit, journal))
    for sender in ("a x", "b x", "c y"):
        kernel.at(0, switch.broadcast, sender, ("a x", "c y"), Word("hello", 0))
    kernel.at(4, switch.transmit, "c y", "a x", Word("hello", 0))
    kernel.run(6)
    switch.check()
    assert switch.traffic() == [
        Traffic("Word", 4, 400, 4, {}, 0, "x"),
        Traffic("Word", 3, 300, 2, {}, 1, "y"),
    ]


def test_the_fabric_is_asked_once_for_a_whole_broadcast():
    asked = []

    def judge_all(*question):
        asked.append(question)
        return [9, 5]

    kernel, journal = Kernel(), Journal()
    switch = Switch(kernel, lambda *_question: 0, journal, judge_all=judge_all)
    for name in "ab":
        node = Gossip(name)
        switch.join(Host(name, lambda life, n=node: n, kernel, switch.transmit, journal))
    kernel.at(4, switch.broadcast, "c", ("a", "b"), Word("hello", 0))
    kernel.run(20)
    assert asked == [("c", ("a", "b"), Word("hello", 0), 4)]
    assert journal.table("sent")["receiver"].tolist() == ["a", "b"]
    delivered = journal.table("delivered")
    assert list(zip(delivered["at_ns"], delivered["receiver"], strict=True)) == [
        (9, "b"),
        (13, "a"),
    ]


def test_a_broadcast_to_nobody_is_nothing():
    committee = Committee([5])
    committee.switch.broadcast("a", (), Word("hello", 0))
    assert committee.switch.traffic() == []


def test_a_fabric_that_forgets_a_receiver_is_our_bug():
    kernel, journal = Kernel(), Journal()
    switch = Switch(kernel, lambda *_question: 0, journal, judge_all=lambda *_question: [5])
    for name in "ab":
        switch.join(Host(name, Gossip, kernel, switch.transmit, journal))
    with pytest.raises(AssertionError, match="a verdict for each receiver"):
        switch.broadcast("c", ("a", "b"), Word("hello", 0))


def test_one_table_may_be_kept_without_the_other():
    committee = Committee([5, 6], without=[Delivered])
    committee.say(0, "a", 0)
    committee.kernel.run(10)
    assert len(committee.journal.table("sent")["at_ns"]) == 3
    assert len(committee.journal.table("delivered")["at_ns"]) == 0


def test_without_message_records_nothing_is_written_down_but_all_is_counted():
    committee = Committee([5, 6, "loss"], without=MESSAGE_RECORDS)
    committee.say(0, "a", 1)
    committee.kernel.run(30)
    committee.switch.check()
    assert committee.switch._log is None
    assert sum(row.messages for row in committee.switch.traffic()) > 3
    for name in ("sent", "delivered", "dropped"):
        assert len(committee.journal.table(name)["at_ns"]) == 0
