"""QuTE in runs: who tells whom, what gets there in time, and what that is worth.

The small scenario: 24 agents, 6 locals in pairs below 3 regionals; a message takes 2.05 ms.
"""

import numpy as np
import pytest

from sim.engine.detection.exchange import neighbours
from tests.engine.scenarios import MS
from tests.engine.watched import CHURN, CRASH, points_of, simulation

PAIRS = np.kron(np.eye(3, dtype=bool), np.ones((2, 2), bool))
"""Who hears whom among siblings, and oneself."""
SIDES = np.kron(np.eye(2, dtype=bool), np.ones((4, 4), bool))[2:, 2:]
"""Locals 0 and 1, cut off from 2 to 5."""
CUT = {"kind": "partition", "groups": ["region-0", "rest"], "at": "1500ms", "until": "2500ms"}
RING_LINKS = {(a, b) for a in range(6) for b in range(6) if (a - b) % 6 in (1, 5)}


SHIFTS = {"agents": [f"agent-{row}" for row in range(3, 10)], "kind": "shift", "size": "9sd"}
MANY = {**SHIFTS, "at": "2s", "for": "1s"}
"""Seven agents of three locals: of 48 scores of calibration no p-value is below 1 / 49."""


def exchanging(*faults, graph="all", rounds=1, wait="100ms", **blocks):
    control = {"kind": "qute", "alpha": "20%", "graph": graph, "rounds": rounds}
    detection = {"control": control, "decide": "local", "wait": wait}
    return simulation(*faults, detection=detection, anomalies=[MANY], **blocks)


def heard_in(simulated):
    """Run, and tell of each decision: its instant, who knew whose p-values, who was told what."""
    rows, control = [], simulated.detection.here.decider.control
    decide = simulated.detection.decide

    def looking(now_ns):
        found = decide(now_ns)
        rows.append((now_ns, control.known.copy(), control.told.copy()))
        return found

    simulated.detection.decide = looking
    recording = simulated.run()
    return rows, recording


@pytest.mark.parametrize(
    ("graph", "links"),
    [
        ("siblings", {(0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4)}),
        ("ring", RING_LINKS),
        ("all", {(a, b) for a in range(6) for b in range(6) if a != b}),
    ],
)
def test_neighbours_are_those_of_the_graph(graph, links):
    sender, receiver = neighbours(graph, np.array([0, 0, 1, 1, 2, 2]))
    assert set(zip(sender.tolist(), receiver.tolist(), strict=True)) == links
    assert len(sender) == len(links)


@pytest.mark.parametrize("nodes", [1, 2])
def test_nobody_is_its_own_neighbour_or_twice_that_of_another(nodes):
    sender, receiver = neighbours("ring", np.zeros(nodes, np.int64))
    assert len(sender) == nodes * (nodes - 1)
    assert (sender != receiver).all()


def test_after_two_rounds_a_ring_of_six_knows_all_but_who_is_opposite():
    rows, _ = heard_in(exchanging(graph="ring", rounds=2))
    opposite = np.roll(np.eye(6, dtype=bool), 3, axis=0)
    for _, known, told in rows:
        np.testing.assert_array_equal(known, ~opposite)
        np.testing.assert_array_equal(told, ~opposite)


def test_each_side_of_a_cut_hears_itself_alone_and_both_hear_all_again_once_it_heals():
    rows, _ = heard_in(exchanging(CUT))
    for now_ns, known, told in rows:
        # Scores are sent 100 ms before the decision.
        expected = SIDES if 1600 * MS <= now_ns <= 2500 * MS else np.ones((6, 6), bool)
        np.testing.assert_array_equal(known, expected)
        np.testing.assert_array_equal(told, expected)


def test_a_local_that_is_down_tells_nothing_and_is_told_nothing():
    rows, _ = heard_in(exchanging(CRASH))
    down = [known for now_ns, known, _ in rows if 1600 * MS <= now_ns < 2000 * MS]
    alone = np.ones((6, 6), bool)
    alone[0, 1:] = alone[1:, 0] = False
    assert len(down) == 2
    for known in down:
        np.testing.assert_array_equal(known, alone)


def test_what_is_not_there_when_its_part_of_the_wait_is_over_counts_as_lost():
    """A message takes 2.05 ms; a wait of 4 ms leaves 2 ms for each of p-values and verdicts."""
    rows, recording = heard_in(exchanging(wait="4ms"))
    for _, known, told in rows:
        np.testing.assert_array_equal(known, np.eye(6, dtype=bool))
        np.testing.assert_array_equal(told, np.eye(6, dtype=bool))
    traffic = recording.tables["traffic"]
    rows_of_it = (traffic["kind"] == "p-values") & (traffic["outcome"] == "delivered")
    assert traffic["messages"][rows_of_it].sum() == 60 * len(rows)  # all came, and too late


@pytest.mark.parametrize("rounds", [1, 2])
def test_traffic_counts_every_message_and_every_p_value_in_it(rounds):
    """Of six nodes with four agents: 64 bytes, and 8 each for p-values or a bit for verdicts.

    At the end of the run p-values are sent that nobody decides on any more.
    """
    simulated = exchanging(graph="ring", rounds=rounds)
    rows, recording = heard_in(simulated)
    known = {1: [4, 12], 2: [4, 12, 20, 20]}[rounds]  # agents, when each part begins
    sizes = [64 + 8 * agents for agents in known[:rounds]]
    sizes += [64 + -(-agents // 8) for agents in known[rounds:]]
    traffic = recording.tables["traffic"]
    of_it = traffic["kind"] == "p-values"
    assert traffic["messages"][of_it].sum() == 12 * (2 * rounds * len(rows) + 1)
    assert simulated.detection.exchange.sent_bytes == 12 * (sum(sizes) * len(rows) + sizes[0])
    assert abs(traffic["bytes"][of_it].sum() - simulated.detection.exchange.sent_bytes) <= 2


def test_where_all_hear_all_locals_find_what_a_root_with_bh_finds():
    found = []
    for control, decide in (("qute", "local"), ("bh", "root")):
        chosen = {"kind": control, "alpha": "20%"} | ({"graph": "all"} if decide == "local" else {})
        detection = {"control": chosen, "decide": decide, "wait": "100ms"}
        found.append(points_of(simulation(detection=detection, anomalies=[MANY]).run()))
    here, root = found
    np.testing.assert_array_equal(here["alarm"], root["alarm"])
    assert here["alarm"].any()


def test_its_twin_is_one_node_that_knows_all():
    points = [points_of(exchanging(CUT, graph=graph).run()) for graph in ("siblings", "all")]
    np.testing.assert_array_equal(*(one["central_alarm"] for one in points))
    assert points[0]["central_alarm"].any()


@pytest.mark.parametrize(("fault", "tested"), [(CHURN, 16), (CRASH, 24)])
def test_agents_that_have_left_are_not_tested_and_those_of_a_crashed_local_are(fault, tested):
    """Region 1 has 8 agents of 24; who decides knows who belongs to the network."""
    simulated = simulation(fault, detection={"control": "bh", "wait": "100ms"}, anomalies=[MANY])
    control, totals = simulated.detection.here.decider.control, []
    decide = control.decide

    def looking(scores, evidence, starts):
        totals.append((simulated.kernel.now_ns, int(starts[-1])))
        return decide(scores, evidence, starts)

    control.decide = looking
    simulated.run()
    during = [total for now_ns, total in totals if 1500 * MS <= now_ns < 2000 * MS]
    assert during == [tested] * 3
    assert totals[-1][1] == 24
