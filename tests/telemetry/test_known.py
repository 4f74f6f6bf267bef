"""What locals know of single agents is the newest report that arrived, whatever the network does.

Runs are held against `tests.reference.known` at every sample, with a network that loses a fifth of
the reports and lets others overtake, and with nodes that forget.
"""

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from sim.stats import fixed_point
from sim.stats.moments import COUNT, Layout
from sim.telemetry.known import Known
from tests.engine.lies.runs import played
from tests.engine.scenarios import DELAY_NS, plan_of
from tests.reference.known import known as plainly_known

LAYOUT, PANE_NS = Layout(2), 1_000_000_000
LOSSY = {"kind": "point", "jitter": {"kind": "exponential", "mean": "80ms"}, "loss": "20%"}
CALM = {"kind": "point", "jitter": "2ms"}
DOWN_NS = (1_200_000_000, 1_500_000_000)
LOCAL_FORGETS = {
    "kind": "crash",
    "nodes": ["local-0"],
    "at": "1200ms",
    "until": "1500ms",
    "durable": False,
}
AGENTS_FORGET = {**LOCAL_FORGETS, "nodes": ["agent-1", "agent-2", "agent-9"]}
RULE = {"kind": "robust", "estimator": "median", "f": "20%"}


class Looks:
    """A run, what each agent measured, and what the locals knew at every sample."""

    def __init__(self, *faults, **blocks):
        plan = plan_of(
            *faults,
            **{
                "duration": "3s",
                "baseline": {"publish": "500ms", "pane": "1s", "rule": RULE},
                "journal": {"messages": True},
                **blocks,
            },
        )
        simulated = Simulation(plan, seed=1)
        self.local = simulated.world.telemetry.aggregators[0]
        self.values = [{} for _ in range(plan.agents.count)]
        self.seen = []
        self._note_values(simulated.world.telemetry.leaves.behaviour)
        self._note_samples(simulated.recorder)
        table = played(simulated).tables["messages"]
        self.reports = [[] for _ in range(plan.agents.count)]
        for row in np.flatnonzero(table["tier"] == "agent").tolist():
            pair = int(table["sent_ns"][row]), int(table["arrived_ns"][row])
            self.reports[int(table["node"][row])].append(pair)

    def _note_values(self, behaviour):
        fill = behaviour.fill

        def noting(tick, born_ns, first, out):
            fill(tick, born_ns, first, out)
            quanta = out.copy()
            fixed_point.quantise(quanta)
            for row, vector in enumerate(quanta.astype(np.int64).tolist()):
                self.values[first + row][int(born_ns[row])] = vector

        behaviour.fill = noting

    def _note_samples(self, recorder):
        sample = recorder.sample

        def noting(now_ns):
            sample(now_ns)
            panes = {pane: sums.copy() for pane, sums in self.local.known.panes.items()}
            self.seen.append((now_ns, panes))

        recorder.sample = noting


def as_plain(row):
    """A row of known sums in the words of the reference."""
    return int(row[COUNT]), row[LAYOUT.block(0)].tolist(), row[LAYOUT.block(1)].tolist()


def check(looks, agent, **forgetting):
    """What was known of one agent at every sample, against the obvious version."""
    compared = 0
    sent = {at: looks.values[agent][at] for at, _ in looks.reports[agent]}
    for now_ns, panes in looks.seen:
        plain = plainly_known(looks.reports[agent], sent, now_ns, PANE_NS, **forgetting)
        for pane in panes:
            nothing = (0, [0, 0], [0, 0])
            assert as_plain(panes[pane][agent]) == plain.get(pane, nothing), (now_ns, pane)
            compared += 1
    assert compared > len(looks.seen)


@pytest.mark.parametrize("topology", [CALM, LOSSY])
def test_a_local_knows_the_newest_that_arrived_of_every_agent(topology):
    looks = Looks(topology=topology)
    for agent in range(24):
        check(looks, agent)


@pytest.mark.parametrize("topology", [CALM, LOSSY])
def test_a_local_that_forgets_learns_its_agents_anew(topology):
    looks = Looks(LOCAL_FORGETS, topology=topology)
    for agent in range(4):
        check(looks, agent, parent_down_ns=DOWN_NS)
    for agent in range(4, 24):
        check(looks, agent)


@pytest.mark.parametrize("topology", [CALM, LOSSY])
def test_of_an_agent_that_forgets_its_next_report_takes_back_what_it_said(topology):
    looks = Looks(AGENTS_FORGET, topology=topology)
    for agent in range(24):
        forgets = DOWN_NS[:1] if agent in (1, 2, 9) else ()
        check(looks, agent, agent_forgets_ns=forgets)


def test_panes_that_no_baseline_covers_any_more_are_dropped():
    looks = Looks(topology=CALM)
    assert sorted(looks.seen[9][1]) == [0]
    assert sorted(looks.seen[-1][1]) == [1, 2]


def test_what_is_first_heard_of_a_child_is_the_arrival_of_its_earliest_report():
    looks = Looks(topology=CALM)
    first = [min(arrived for _, arrived in reports) for reports in looks.reports]
    assert looks.local.known.first_heard_ns.tolist() == first
    assert looks.reports[0][0][0] + DELAY_NS == first[0]


def test_with_losses_it_is_the_first_that_arrives():
    looks = Looks(topology=LOSSY)
    first = [min(arrived for _, arrived in reports if arrived >= 0) for reports in looks.reports]
    assert looks.local.known.first_heard_ns.tolist() == first


def test_a_new_round_forgets_who_was_heard_and_no_sums():
    known = Known(children=3, columns=2, panes_kept=1)
    known.panes[0] = np.arange(6).reshape(3, 2)
    known.first_heard_ns[:] = 5.0
    known.begin_round()
    assert np.isinf(known.first_heard_ns).all()
    np.testing.assert_array_equal(known.window(0, 0), np.arange(6).reshape(3, 2))


def test_a_window_adds_up_panes_and_takes_absent_ones_as_nothing():
    known = Known(children=2, columns=2, panes_kept=3)
    known.panes = {1: np.array([[1, 2], [3, 4]]), 3: np.array([[10, 20], [30, 40]])}
    np.testing.assert_array_equal(known.window(0, 4), [[11, 22], [33, 44]])
    np.testing.assert_array_equal(known.window(2, 3), [[10, 20], [30, 40]])


def test_what_children_of_a_forgetful_parent_said_is_forgotten_in_every_pane():
    known = Known(children=2, columns=1, panes_kept=3)
    known.panes = {0: np.array([[1], [2]]), 1: np.array([[3], [4]])}
    known.forget(np.array([True, False]))
    np.testing.assert_array_equal(known.window(0, 1), [[0], [6]])
