"""Each invariant, proved by a planted bug that it catches.

A bug is planted by replacing one small part of a running world; without it the same run is sound.
"""

from dataclasses import replace

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from sim.errors import InvariantViolated
from sim.network.channel import Channel
from sim.network.tally import Tally
from sim.telemetry import holdings, intake, leaves
from sim.telemetry.intake import Intake
from sim.telemetry.ledger import Ledger
from sim.telemetry.mail import Mail, Post
from sim.telemetry.parents import Aggregators
from sim.telemetry.root import Root
from tests.engine.scenarios import RING, plan_of

LOSSY = {"kind": "point", "jitter": "2ms", "loss": "20%"}
CRASH = {"kind": "crash", "nodes": ["local-0"], "at": "1s", "until": "1500ms"}
FORGET = {**CRASH, "durable": False}
SHORT = {"duration": "3s", "baseline": {"publish": "500ms", "pane": "1s"}}


@pytest.fixture
def plant(monkeypatch):
    """Puts a wrapper around a method: ``plant(owner, name, lambda original: replacement)``."""

    def put(owner, name, around):
        monkeypatch.setattr(owner, name, around(getattr(owner, name)))

    return put


def catches(what, *faults, **blocks):
    """A run that must end in a violation, which must name `what`."""
    with pytest.raises(InvariantViolated, match=what):
        Simulation(plan_of(*faults, **{**SHORT, **blocks}), seed=1).run()


@pytest.mark.parametrize("blocks", [{}, {"topology": LOSSY}, {"topology": RING}])
@pytest.mark.parametrize("fault", [CRASH, FORGET])
def test_a_sound_run_violates_nothing(fault, blocks):
    Simulation(plan_of(fault, **{**SHORT, **blocks}), seed=1).run()


# Causality


def test_a_channel_that_is_faster_than_its_path_is_caught(plant):
    def around(judge):
        return lambda self, tick, sent_ns, sent, first: (
            judge(self, tick, sent_ns, sent, first)
            - np.where(self.floor_ns > 1e6, 3e6, 0)[first : first + sent_ns.shape[1]]
        )

    plant(Channel, "judge", around)
    catches("causality: .* on a path of", topology=RING)


def test_a_channel_that_lowers_its_own_floor_is_caught(plant):
    def around(set_floors):
        return lambda self, floor_ns: set_floors(self, np.multiply(floor_ns, 0.1, out=floor_ns))

    plant(Channel, "set_floors", around)
    ring = {**RING, "jitter": "0ms"}
    link_down = {"kind": "link_down", "link": ["site-0", "site-1"], "at": "1s"}
    catches("causality: .* on a path of", link_down, topology=ring)


def test_one_message_a_nanosecond_and_a_half_too_early_is_caught(plant):
    def around(judge):
        def early(self, tick, sent_ns, sent, first):
            arrivals = judge(self, tick, sent_ns, sent, first)
            if tick == 7 and first == 0:
                arrivals[0, 0] = sent_ns[0, 0] + self.floor_ns[0] - 1.5
            return arrivals

        return early

    plant(Channel, "judge", around)
    catches("causality: .* on a path of", topology=RING)


def test_what_is_held_before_it_was_sent_is_caught(plant):
    def around(take):
        def ahead(self, run, reports, due):
            return take(self, run, replace(reports, states=reports.states + 10**9), due)

        return ahead

    plant(Intake, "take", around)
    catches("causality: a version sent at .* is held at")


def test_a_birth_after_the_report_that_tells_of_it_is_caught(plant):
    def around(fold):
        def born_late(held, now_ns, group, bound_ns):
            rows = fold(held, now_ns, group, bound_ns)
            rows[..., holdings.OLDEST] = rows[..., holdings.SENT] + 1
            return rows

        return born_late

    plant(holdings, "fold_aggregators", around)
    catches("causality: a version is older than the values in it", tree={"levels": 4})


def test_births_whose_mean_is_older_than_the_oldest_are_caught(plant):
    def around(fold):
        def older_mean(held, now_ns, group, bound_ns):
            rows = fold(held, now_ns, group, bound_ns)
            rows[..., holdings.BORN] -= 10**12
            return rows

        return older_mean

    plant(holdings, "fold_agents", around)
    catches("causality")


def test_a_view_that_falls_back_to_an_older_version_is_caught(plant):
    def around(held_states):
        def fall_back(before, states, counts):
            held = held_states(before, states, counts)
            held[-1] -= 10**9 * (held[-1] > 15 * 10**8)
            return held

        return fall_back

    plant(intake, "held_states", around)
    catches("causality")


# Conservation


def test_a_drop_that_is_not_counted_is_caught(plant):
    def around(drop):
        def forget_to_count(self, some, reason, delay):
            drop(self, some, reason, delay)
            self.dropped[reason] -= len(some)

        return forget_to_count

    plant(Tally, "drop", around)
    catches("conservation: reports of agent", topology=LOSSY)


def test_a_drop_that_is_counted_twice_is_caught(plant):
    def around(drop):
        def count_twice(self, some, reason, delay):
            drop(self, some, reason, delay)
            self.dropped[reason] += len(some)

        return count_twice

    plant(Tally, "drop", around)
    catches("conservation: reports of agent", topology=LOSSY)


def test_a_message_lost_on_its_way_is_caught(plant):
    def around(finish_step):
        def lose_one(self, until_ns):
            finish_step(self, until_ns)
            self.flight = self.flight.select(slice(1, None))

        return lose_one

    plant(Intake, "finish_step", around)
    catches("conservation: reports of", topology={"kind": "point", "jitter": "50ms"})


def test_a_refused_message_that_is_not_counted_is_caught(plant):
    def around(refuse):
        def uncounted(self, children, until_ns):
            refuse(self, children, until_ns)
            self.counts.refused = 0

        return uncounted

    plant(Intake, "refuse", around)
    # 300 ms on the way: some are there when the receiver goes down.
    catches("conservation", CRASH, topology={"kind": "point", "jitter": "300ms"})


def test_a_report_that_the_channel_never_saw_is_caught(plant):
    def around(count):
        return lambda self: count(self) + 1

    plant(leaves.Emission, "count", around)
    catches("conservation: reports of agent")


def test_a_baseline_that_gets_lost_is_caught(plant):
    def around(take):
        def lose_one(self, until_ns):
            self.node, self.version = self.node[1:], self.version[1:]
            self.arrival_ns = self.arrival_ns[1:]
            return take(self, until_ns)

        return lose_one

    plant(Post, "take", around)
    catches("conservation: baseline to")


def test_a_baseline_that_is_not_passed_on_is_caught(plant):
    def around(deliver):
        return lambda self, post, below, until_ns: deliver(self, post, None, until_ns)

    plant(Mail, "_deliver", around)
    catches("passing on: baseline to local")


# Exact counts


def test_an_intake_that_drops_what_a_report_brought_is_caught(plant):
    def around(take):
        def drop_row(self, run, reports, due):
            learnt, held, known = take(self, run, reports, due)
            for gained in learnt.values():
                gained[0, 0] = 0
            return learnt, held, known

        return drop_row

    plant(Intake, "take", around)
    catches("exact counts")


def test_an_intake_that_applies_a_late_report_twice_is_caught(plant):
    def around(apply_flight):
        def twice(self, through, learnt):
            apply_flight(self, through, learnt)
            apply_flight(self, through, learnt)

        return twice

    plant(Intake, "_apply_flight", around)
    catches("exact counts", topology=LOSSY)


def test_an_aggregator_that_loses_what_it_has_not_sent_is_caught(plant):
    def around(produce):
        def lose(self):
            reports = produce(self)
            self.unsent.clear()
            return reports

        return lose

    plant(Aggregators, "produce", around)
    catches("exact counts")


def test_a_pane_that_the_root_drops_too_early_is_caught(plant):
    def around(open_step):
        def drop(self, begin_ns, until_ns, pane):
            open_step(self, begin_ns, until_ns, pane)
            self.panes.pop(pane, None)

        return drop

    plant(Root, "open_step", around)
    catches("exact counts")


def test_an_agent_that_forgets_without_taking_back_is_caught(plant):
    plant(Ledger, "withdraw", lambda withdraw: lambda self, nodes, intake: 0)
    agents = {"kind": "crash", "nodes": ["agent-0"], "durable": False}
    catches("exact counts: 25 sources", {**agents, "at": "1100ms", "until": "1200ms"})


def test_a_forgetful_parent_that_learns_nothing_again_is_caught(plant):
    plant(Ledger, "relearn", lambda relearn: lambda self, children, intake: None)
    catches("exact counts", FORGET)


def test_values_that_change_on_their_way_are_caught(plant):
    def around(sum_held):
        def corrupt(cumulative, counts, group):
            sums = sum_held(cumulative, counts, group)
            sums[..., 2] += 1
            return sums

        return corrupt

    plant(intake, "sum_held", around)
    catches("exact sums")


def test_values_that_arrive_in_the_wrong_pane_are_caught(plant):
    def around(take):
        def shift(self, run, reports, due):
            learnt, held, known = take(self, run, reports, due)
            moved = {pane + 1: gained for pane, gained in learnt.items()}
            return moved, held, known

        return shift

    plant(Intake, "take", around)
    catches("exact sums")
