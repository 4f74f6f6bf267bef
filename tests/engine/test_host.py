import subprocess
import sys
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.clock import LocalClock
from sim.engine.fingerprint import Fingerprint
from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel, Order
from sim.engine.service import Service, signing, verifying
from sim.engine.streams import Streams
from sim.engine.switch import Switch
from sim.protocol.agreement.contract import Propose, Value
from sim.protocol.effects import Broadcast, CancelTimer, Record, Send, SetTimer
from sim.protocol.messages import Message, Said, Update
from sim.protocol.updates import Heard, Monitor, Source


class Script:
    """A node that answers each input with the effects it was told, and remembers the input."""

    def __init__(self, start=(), on_message=(), on_timer=None):
        self.effects = {"start": start, "message": on_message, "timer": on_timer or {}}
        self.seen = []

    def start(self, now_ns):
        self.seen.append((now_ns, "start"))
        return list(self.effects["start"])

    def on_message(self, message, now_ns):
        self.seen.append((now_ns, message))
        return list(self.effects["message"])

    def on_timer(self, name, now_ns):
        self.seen.append((now_ns, name))
        return list(self.effects["timer"].get(name, ()))


class World:
    """Hosts joined by a network that takes 5 ns, unless told otherwise."""

    def __init__(self, judge=lambda sender, receiver, message, now_ns: 5):
        self.kernel, self.journal = Kernel(), Journal()
        self.switch = Switch(self.kernel, judge, self.journal)
        self.hosts = {}

    def add(self, node_id, node, **options):
        factory = node if callable(node) else lambda life: node
        transmit, broadcast = self.switch.transmit, self.switch.broadcast
        options = {"broadcast": broadcast, **options}
        host = Host(node_id, factory, self.kernel, transmit, self.journal, **options)
        self.switch.join(host)
        self.hosts[node_id] = host
        return host

    def run(self, until_ns=1000):
        for host in self.hosts.values():
            self.kernel.at(0, host.start)
        self.kernel.run(until_ns)

    def rows(self, table):
        return list(
            zip(*(column.tolist() for column in self.journal.table(table).values()), strict=True)
        )


def update(version=1):
    return Update("a", 0, version, 0)


def test_a_send_arrives_after_the_delay_that_the_fabric_gave():
    world = World()
    receiver = Script()
    world.add("a", Script(start=[Send("b", update())]))
    world.add("b", receiver)
    world.run()
    assert receiver.seen == [(0, "start"), (5, update())]
    assert world.rows("sent") == [(0, "a", "b", "Update")]
    assert world.rows("delivered") == [(5, "a", "b", "Update", 0)]


def test_a_dropped_message_is_recorded_with_its_reason():
    world = World(judge=lambda sender, receiver, message, now_ns: "partition")
    receiver = Script()
    world.add("a", Script(start=[Send("b", update())]))
    world.add("b", receiver)
    world.run()
    assert receiver.seen == [(0, "start")]
    assert world.rows("dropped") == [(0, "a", "b", "Update", "partition")]


def test_the_fabric_is_asked_with_sender_receiver_message_and_time():
    asked = []

    def judge(*question):
        asked.append(question)
        return 5

    world = World(judge)
    world.add("a", Script(start=[SetTimer("t", 7)], on_timer={"t": [Send("b", update())]}))
    world.add("b", Script())
    world.run()
    assert asked == [("a", "b", update(), 7)]


def lossy_world(seed):
    """Twenty sources behind a network that loses a fifth and delays by up to 50 ns."""
    streams = Streams(seed)
    verdicts = streams.stream("verdicts")

    def judge(*_question):
        return "loss" if verdicts.random() < 0.2 else int(verdicts.integers(50))

    world = World(judge)
    world.add("root", Monitor("root"), service=partial(Service, world.kernel, lambda message: 1))
    for number in range(20):
        intervals = iter(streams.stream("intervals", str(number)).integers(1, 40, 100).tolist())
        world.add(f"source-{number}", Source(f"source-{number}", "root", intervals))
    return world


def test_what_was_sent_is_delivered_dropped_or_in_flight():
    world = lossy_world(seed=1)
    for host in world.hosts.values():
        host.start()
    for until_ns in (100, 500, 10_000):
        world.kernel.run(until_ns)
        sent, settled = world.rows("sent"), world.rows("delivered") + world.rows("dropped")
        due = [row for row in sent if row[0] <= until_ns - 50]
        assert len(due) <= len(settled) <= len(sent)
    assert len(settled) == len(sent) == 2000
    assert world.rows("dropped")


def fingerprint_of_a_run(seed):
    world = lossy_world(seed)
    world.run(10_000)
    fingerprint = Fingerprint(["traffic"])
    for name in world.journal.names():
        fingerprint.add("traffic", name, *world.journal.table(name).values())
    return fingerprint.hexdigest()


def test_another_seed_is_another_run():
    assert fingerprint_of_a_run(seed=1) != fingerprint_of_a_run(seed=2)


@pytest.mark.slow
def test_a_run_is_the_same_to_the_bit_in_fresh_processes_with_any_hash_seed():
    code = "from tests.engine.test_host import fingerprint_of_a_run as f; print(f(seed=1))"
    for hash_seed in ("1", "2"):
        answer = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert answer.stdout.strip() == fingerprint_of_a_run(seed=1)


def test_a_message_to_itself_arrives_at_once_and_is_not_counted():
    world = World()
    node = Script(start=[Send("a", update())])
    world.add("a", node)
    world.run()
    assert node.seen == [(0, "start"), (0, update())]
    assert world.rows("sent") == []


def test_a_broadcast_reaches_every_peer_and_the_node_itself_once():
    world = World()
    nodes = {name: Script() for name in "abc"}
    nodes["a"].effects["start"] = [Broadcast(update())]
    for name, node in nodes.items():
        world.add(name, node, peers=("a", "b", "c"))
    world.run()
    assert nodes["a"].seen[1:] == [(0, update())]
    assert nodes["b"].seen[1:] == nodes["c"].seen[1:] == [(5, update())]
    assert len(world.rows("sent")) == 2


def test_a_message_to_nobody_is_our_bug():
    world = World()
    world.add("a", Script(start=[Send("nobody", update())]))
    with pytest.raises(KeyError, match="nobody"):
        world.run()


def test_two_nodes_of_one_name_are_our_bug():
    world = World()
    world.add("a", Script())
    with pytest.raises(AssertionError, match="two nodes are called a"):
        world.add("a", Script())


def test_a_record_is_written_down_with_the_true_time():
    world = World()
    row = Heard("a", "s", 0, 1, 0)
    world.add("a", Script(start=[Record(row)]), clock=LocalClock(offset_ns=500))
    world.run()
    assert world.rows("heard") == [(0, *row)]


# Timers


def test_a_timer_fires_once_after_its_delay():
    world = World()
    node = Script(start=[SetTimer("t", 7)])
    world.add("a", node)
    world.run()
    assert node.seen == [(0, "start"), (7, "t")]


def test_setting_a_timer_again_replaces_it():
    world = World()
    node = Script(
        start=[SetTimer("first", 3), SetTimer("t", 7)], on_timer={"first": [SetTimer("t", 20)]}
    )
    world.add("a", node)
    world.run()
    assert node.seen[1:] == [(3, "first"), (23, "t")]


def test_a_cancelled_timer_does_not_fire_and_an_unknown_one_does_no_harm():
    world = World()
    node = Script(start=[SetTimer("t", 7), CancelTimer("t"), CancelTimer("unknown")])
    world.add("a", node)
    world.run()
    assert node.seen == [(0, "start")]


def test_an_answer_that_arrives_at_the_deadline_is_in_time():
    world = World()
    waiting = Script(start=[SetTimer("deadline", 5)], on_message=[CancelTimer("deadline")])
    world.add("a", waiting)
    world.add("b", Script(start=[Send("a", update())]))
    world.run()
    assert waiting.seen == [(0, "start"), (5, update())]


# Names and signatures


def test_a_member_cannot_speak_in_the_name_of_another():
    world = World()
    other = Script()
    liar = Script(start=[Broadcast(Said(1)), Send("b", Said(2))])
    host = world.add("a", liar, member=0, peers=("b",))
    world.add("b", other)
    world.run()
    assert other.seen == [(0, "start")]
    assert world.rows("sent") == []
    assert world.rows("discarded") == [(0, "a", "Said", "forged sender")] * 2
    assert host.forged == 2


def test_a_member_may_speak_in_its_own_name_and_say_what_carries_none():
    world = World()
    other = Script()
    world.add("a", Script(start=[Broadcast(Said(0)), Send("b", update())]), member=0, peers=("b",))
    world.add("b", other)
    world.run()
    assert other.seen[1:] == [(5, Said(0)), (5, update())]


@dataclass(frozen=True, slots=True)
class Signed(Said):
    signature: str = "signed"

    @property
    def signatures(self):
        return 1


def test_a_signed_broadcast_leaves_when_it_has_been_signed_once_and_reaches_its_sender_then():
    world = World()
    nodes = {name: Script() for name in "abc"}
    nodes["a"].effects["start"] = [Send("b", Said(0)), Broadcast(Signed(0)), Send("b", Said(1))]
    for name, node in nodes.items():
        world.add(name, node, peers=("a", "b", "c"), signing=signing(7))
    world.run()
    assert nodes["a"].seen[1:] == [(7, Signed(0))]
    assert nodes["b"].seen[1:] == [(5, Said(0)), (12, Signed(0)), (12, Said(1))]
    assert nodes["c"].seen[1:] == [(12, Signed(0))]


def test_two_signatures_take_twice_as_long():
    world = World()
    other = Script()
    signed = [Send("b", Signed(0)), Send("b", Signed(1))]
    world.add("a", Script(start=signed), signing=signing(7))
    world.add("b", other)
    world.run()
    assert other.seen[1:] == [(12, Signed(0)), (19, Signed(1))]


def test_whoever_signs_serves_nobody_meanwhile():
    world = World()
    node = Script(start=[Broadcast(Signed(0))])
    serving = partial(Service, world.kernel, lambda message: 10)
    world.add("a", node, service=serving, signing=signing(7))
    world.add("b", Script(start=[Send("a", update(1)), Send("a", update(2))]))
    world.run()
    assert node.seen[1:] == [(7, Signed(0)), (17, update(1)), (27, update(2))]


def test_to_sign_puts_off_the_service_that_has_begun():
    world = World()
    node = Script(start=[SetTimer("t", 8)], on_timer={"t": [Send("b", Signed(0))]})
    serving = partial(Service, world.kernel, lambda message: 10)
    world.add("a", node, service=serving, signing=signing(7))
    world.add("b", Script(start=[Send("a", update(1)), Send("a", update(2))]))
    world.run()
    assert node.seen[1:] == [(8, "t"), (22, update(1)), (32, update(2))]


def test_what_is_being_signed_is_lost_in_a_crash_without_having_been_sent():
    world = World()
    host = world.add("a", Script(start=[Send("b", Signed(0))]), signing=signing(7))
    world.add("b", Script())
    world.kernel.at(6, host.crash, order=Order.FAULT)
    world.run()
    assert world.rows("sent") == world.rows("discarded") == []


def test_what_was_signed_during_a_pause_leaves_after_it():
    world = World()
    other = Script()
    host = world.add("a", Script(start=[Send("b", Signed(0))]), signing=signing(7))
    world.add("b", other)
    world.kernel.at(6, host.pause, order=Order.FAULT)
    world.kernel.at(50, host.resume, order=Order.FAULT)
    world.run()
    assert other.seen[1:] == [(55, Signed(0))]


def test_to_verify_takes_the_receiver_time():
    world = World()
    other = Script()
    world.add("a", Script(start=[Send("b", Said(0)), Send("b", Signed(0))]))
    world.add("b", other, service=partial(Service, world.kernel, verifying(10, 70)))
    world.run()
    assert other.seen[1:] == [(15, Said(0)), (95, Signed(0))]


# Crash and restart


def test_a_crashed_node_hears_nothing_and_fires_no_timer():
    world = World()
    node = Script(start=[SetTimer("t", 7)])
    host = world.add("a", node)
    world.add("b", Script(start=[Send("a", update())]))
    world.kernel.at(4, host.crash, order=Order.FAULT)
    world.run()
    assert node.seen == [(0, "start")]
    assert world.rows("dropped") == [(5, "b", "a", "Update", "receiver down")]


def test_a_durable_restart_keeps_the_state_and_starts_anew():
    world = World()
    node = Script(start=[SetTimer("t", 7)])
    host = world.add("a", node)
    world.kernel.at(4, host.crash, order=Order.FAULT)
    world.kernel.at(10, partial(host.restart, durable=True), order=Order.FAULT)
    world.run()
    assert node.seen == [(0, "start"), (10, "start"), (17, "t")]
    assert world.rows("node_changed") == [(4, "a", "crashed"), (10, "a", "restarted")]


def test_a_restart_without_state_begins_the_next_epoch():
    world = World()
    host = world.add("a", lambda life: Source("a", "b", iter([7, 7]), epoch=life))
    world.add("b", Monitor("b"))
    world.kernel.at(8, host.crash, order=Order.FAULT)
    world.kernel.at(10, partial(host.restart, durable=False), order=Order.FAULT)
    world.run(30)
    heard = [(epoch, version, born) for _, _, _, epoch, version, born in world.rows("heard")]
    assert heard == [(0, 1, 7), (1, 1, 17), (1, 2, 24)]


def test_a_crash_discards_what_waits_for_service():
    world = World()
    node = Script()
    host = world.add("a", node, service=partial(Service, world.kernel, lambda message: 10))
    world.add("b", Script(start=[Send("a", update(1)), Send("a", update(2))]))
    world.kernel.at(9, host.crash, order=Order.FAULT)
    world.kernel.at(9, partial(host.restart, durable=True), order=Order.FAULT)
    world.run()
    assert node.seen == [(0, "start"), (9, "start")]
    assert world.rows("discarded") == [(9, "a", "Update", "crashed")] * 2


def test_a_message_to_itself_does_not_survive_a_crash():
    world = World()
    node = Script(on_message=[Send("a", Message())])
    host = world.add("a", node)
    host.arrive(update())
    host.crash()
    host.restart(durable=True)
    world.kernel.run(10)
    assert node.seen == [(0, update()), (0, "start")]


def test_faults_say_whether_they_changed_anything():
    host = World().add("a", Script())
    assert [host.resume(), host.restart(durable=True)] == [False, False]
    assert [host.pause(), host.pause(), host.resume(), host.resume()] == [True, False, True, False]
    assert [host.crash(), host.crash(), host.pause()] == [True, False, False]
    assert [host.restart(durable=True), host.is_up] == [True, True]


# Pause and resume


def test_a_paused_node_deals_with_everything_in_order_when_it_goes_on():
    world = World()
    node = Script(start=[SetTimer("t", 7)])
    host = world.add("a", node)
    world.add("b", Script(start=[Send("a", update())]))
    world.kernel.at(2, host.pause, order=Order.FAULT)
    world.kernel.at(50, host.resume, order=Order.FAULT)
    world.run()
    assert node.seen == [(0, "start"), (50, update()), (50, "t")]


def test_a_held_timer_can_still_be_cancelled_by_what_is_dealt_with_first():
    world = World()
    node = Script(start=[SetTimer("t", 7)], on_message=[CancelTimer("t")])
    host = world.add("a", node)
    world.add("b", Script(start=[Send("a", update())]))
    world.kernel.at(2, host.pause, order=Order.FAULT)
    world.kernel.at(50, host.resume, order=Order.FAULT)
    world.run()
    assert node.seen == [(0, "start"), (50, update())]


def test_a_held_timer_that_is_set_anew_fires_at_its_new_time_only():
    world = World()
    node = Script(start=[SetTimer("t", 7)], on_message=[SetTimer("t", 30)])
    host = world.add("a", node)
    world.add("b", Script(start=[Send("a", update())]))
    world.kernel.at(2, host.pause, order=Order.FAULT)
    world.kernel.at(50, host.resume, order=Order.FAULT)
    world.run()
    assert node.seen == [(0, "start"), (50, update()), (80, "t")]


def test_service_stands_still_while_the_node_is_paused():
    world = World()
    node = Script()
    host = world.add("a", node, service=partial(Service, world.kernel, lambda message: 10))
    world.add("b", Script(start=[Send("a", update(1)), Send("a", update(2))]))
    world.kernel.at(9, host.pause, order=Order.FAULT)
    world.kernel.at(100, host.resume, order=Order.FAULT)
    world.run()
    assert node.seen[1:] == [(106, update(1)), (116, update(2))]


def test_what_a_paused_node_holds_is_lost_when_it_crashes():
    world = World()
    host = world.add("a", Script(start=[SetTimer("t", 7)]))
    world.add("b", Script(start=[Send("a", update())]))
    world.kernel.at(2, host.pause, order=Order.FAULT)
    world.kernel.at(20, host.crash, order=Order.FAULT)
    world.run()
    assert world.rows("discarded") == [(20, "a", "Update", "crashed")]


# Clocks


def test_a_node_sees_its_own_clock():
    world = World()
    node = Script(start=[SetTimer("t", 100)])
    world.add("a", node, clock=LocalClock(offset_ns=-30))
    world.run()
    assert node.seen == [(-30, "start"), (70, "t")]


def test_a_fast_clock_makes_timers_fire_early_in_true_time():
    world = World()
    row = Heard("a", "s", 0, 1, 0)
    node = Script(start=[SetTimer("t", 200)], on_timer={"t": [Record(row)]})
    world.add("a", node, clock=LocalClock(drift_ppb=1_000_000_000))
    world.run()
    assert world.rows("heard")[0][0] == 100
    assert node.seen[1] == (200, "t")


def test_a_clock_that_is_set_during_the_run_changes_what_the_node_sees_from_then_on():
    world = World()
    node = Script(start=[SetTimer("before", 10), SetTimer("after", 20)])
    host = world.add("a", node)
    world.kernel.at(15, host.set_clock, 1000, order=Order.FAULT)
    world.run()
    assert node.seen[1:] == [(10, "before"), (1020, "after")]


CLOCKS = st.builds(
    LocalClock,
    offset_ns=st.integers(-(10**12), 10**12),
    drift_ppb=st.integers(-500_000_000, 500_000_000),
)
INSTANTS = st.integers(0, 10**15)


@given(CLOCKS, INSTANTS, st.integers(0, 10**12))
def test_a_timer_never_fires_before_its_local_delay_has_passed(clock, now_ns, delay_ns):
    later_ns = now_ns + clock.true_span_ns(delay_ns)
    assert clock.local_ns(later_ns) - clock.local_ns(now_ns) >= delay_ns


@given(CLOCKS, INSTANTS, st.integers(0, 10**12))
def test_a_clock_without_being_set_never_runs_backwards(clock, now_ns, span_ns):
    assert clock.local_ns(now_ns + span_ns) >= clock.local_ns(now_ns)


def test_a_drifting_clock_gains_its_parts_per_billion():
    clock = LocalClock(drift_ppb=50_000)
    assert clock.local_ns(10**12) - 10**12 == 50_000_000


def test_drift_counts_from_the_instant_the_clock_was_set():
    clock = LocalClock()
    clock.set(10**12, offset_ns=7, drift_ppb=50_000)
    assert clock.local_ns(10**12) - 10**12 == 7
    assert clock.local_ns(2 * 10**12) - 2 * 10**12 == 7 + 50_000_000


def test_what_an_application_tells_its_node_is_not_carried_to_another():
    world = World()
    local = Propose(1, Value(b"digest"))
    liar = world.add("liar", Script(start=[Send("b", local), Broadcast(local)]), peers=("b",))
    receiver = Script()
    world.add("b", receiver)
    world.run()
    assert [row for row in receiver.seen if isinstance(row[1], Propose)] == []
    assert len(world.rows("discarded")) == 2
    liar.tell(local)
    world.kernel.run(2000)
    assert (1000, local) in liar.node.seen
