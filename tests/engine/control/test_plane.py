"""How faults reach the hosts of the control plane, and what its table of messages says of them.

Replicas of the root have no clock in the columns: a fault of theirs shows here or nowhere.
"""

from sim.engine.control.plane import ControlPlane, part_of
from sim.engine.simulation import Simulation
from tests.engine.control.lied import simulation
from tests.engine.scenarios import MS, S, fault_row


def clock(node="root-0/1", offset="200ms", **more):
    return {"kind": "clock", "nodes": [node], "offset": offset, "at": "1s", **more}


def plane_of(run: Simulation) -> ControlPlane:
    (plane,) = (one for one in run.components if isinstance(one, ControlPlane))
    return plane


# Clocks


def test_a_wrong_clock_of_a_replica_is_a_fault_with_an_effect():
    recording = simulation("pbft", faults=[clock()]).run()
    assert fault_row(recording)["touched"] == 1
    assert recording.idle_faults == ()


def test_of_two_wrong_clocks_on_one_replica_each_counts_once():
    faults = [clock(until="2s"), clock(offset="100ms", at="1500ms")]
    run = simulation("pbft", faults=faults)
    recording = run.run()
    assert [fault_row(recording, number)["touched"] for number in range(2)] == [1, 1]
    # What is left at the end is the second alone.
    assert plane_of(run).host("root-0/1 pbft").clock.local_ns(0) == 100 * MS


def test_other_replicas_go_by_the_true_time():
    run = simulation("pbft", faults=[clock()])
    run.run()
    hosts = [plane_of(run).host(f"root-0/{replica} pbft") for replica in range(4)]
    assert [host.clock.local_ns(S) - S for host in hosts] == [0, 200 * MS, 0, 0]


# The table of messages


def traffic(run):
    """Messages and bytes by kind and outcome."""
    rows = plane_of(run).rows()["control_traffic"]
    return {(row["kind"], row["outcome"]): (row["messages"], row["bytes"]) for row in rows}


CRASH = {"kind": "crash", "nodes": ["root-0/3"], "at": "1100ms", "until": "2s"}


def test_what_a_crash_finds_in_the_queue_of_a_host_is_told_apart():
    # A replica takes 20 ms for a message, so that others wait in its queue.
    run = simulation("pbft", agreement={"service": "20ms"}, faults=[CRASH])
    run.run()
    rows = traffic(run)
    discarded = {kind: row for (kind, outcome), row in rows.items() if outcome == "discarded"}
    assert discarded == {"Commit": (3, 3 * 64)}
    assert rows["Commit", "delivered"][0] > 3


def test_without_a_fault_nothing_is_discarded():
    run = simulation("pbft")
    run.run()
    assert {outcome for _, outcome in traffic(run)} == {"delivered"}


def test_outcomes_of_a_kind_add_up_to_what_was_sent():
    run = simulation("pbft", faults=[CRASH])
    run.run()
    rows = traffic(run)
    assert any(outcome == "receiver down" for _, outcome in rows)
    for one in plane_of(run).switch.traffic():
        mine = [row for (kind, outcome), row in rows.items() if kind == one.kind]
        assert sum(messages for messages, _ in mine) == one.messages
        assert sum(size for _, size in mine) == one.bytes


BLOCKS = {
    "alerts": {"raised": [{"by": "regional-1", "at": "300ms", "retract": "800ms"}]},
    "membership": {"detector": {"kind": "heartbeat", "period": "500ms"}},
    "anti_entropy": {"every": "500ms"},
}


def test_messages_of_one_kind_are_told_apart_by_the_part_that_sent_them():
    """The registry runs on PBFT as well, and no message of it is one about a version."""
    run = simulation("pbft", **BLOCKS)
    run.run()
    rows = plane_of(run).rows()["control_traffic"]
    assert {row["part"] for row in rows} == {"agreement", "registry", "alerts", "members", "sync"}
    sent = {(row["part"], row["kind"]): row["messages"] for row in rows}
    versions, phases = 4, ("PrePrepare", "Prepare", "Commit", "Vouch")
    # Of four members: from the leader to three, then three to three (it prepares nothing), ...
    assert [sent["agreement", kind] for kind in phases] == [3 * versions, 9 * versions] + [
        12 * versions
    ] * 2
    assert sent["registry", "Prepare"] > 0


def test_the_name_of_a_host_says_to_which_part_it_belongs():
    assert [part_of(f"root-0/1 {role}") for role in ("pbft", "hotstuff", "raiser", "warden")] == [
        "agreement",
        "agreement",
        "alerts",
        "members",
    ]
