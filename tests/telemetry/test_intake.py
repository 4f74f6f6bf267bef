"""An intake over many steps, against asking at each report what has arrived by then.

Two parents have two children each; a report brings one value and its own number as its state. All
children send at 1, 11, 21 ... ns, parents report every 17 ns.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.telemetry.emission import NEVER, emission
from sim.telemetry.flight import Flight
from sim.telemetry.intake import Intake
from sim.telemetry.passage import Due
from sim.telemetry.reports import Reports
from sim.telemetry.tree import Groups

CHILDREN, SIZE, REPORTS, END_NS = 4, 2, 8, 80
PHASES_NS = np.ones(CHILDREN)
DUE_NS = np.array([3.0, 12.0])
DELAYS = st.one_of(st.integers(1, 60).map(float), st.just(NEVER))
TABLES = st.lists(DELAYS, min_size=REPORTS * CHILDREN, max_size=REPORTS * CHILDREN).map(
    lambda delays: np.array(delays).reshape(REPORTS, CHILDREN)
)
CUTS = st.lists(st.integers(1, END_NS - 1), max_size=5).map(lambda cuts: sorted(set(cuts)))
SENT_NS = 1.0 + 10 * np.arange(REPORTS)[:, None] + np.zeros(CHILDREN)
VALUES = (1 + np.arange(REPORTS * CHILDREN).reshape(REPORTS, CHILDREN)) ** 2
(RUN,) = Groups(CHILDREN, CHILDREN // SIZE).runs


@dataclass
class Seen:
    """What each parent knew at each instant, and what the intake counted."""

    learnt: dict
    held: dict
    delivered: dict
    """Messages by the end of each step, and those on their way at the end."""
    in_flight: int


def reports_in(begin_ns, until_ns, arrivals_ns):
    """What is sent in a step."""
    step = emission(PHASES_NS, 10, None, begin_ns, until_ns)
    rows = slice(step.first_tick, step.first_tick + step.ticks)
    totals = np.zeros((step.ticks + 1, CHILDREN, 1), np.int64)
    np.cumsum(VALUES[rows, :, None], axis=0, out=totals[1:])
    states = np.arange(REPORTS)[rows, None, None] + np.ones((1, CHILDREN, 1), np.int64)
    return Reports(step, arrivals_ns[rows].copy(), {0: totals}, states)


def in_columns(arrivals_ns, cuts_ns):
    intake = Intake(np.zeros((CHILDREN, 1), np.int64), Flight.empty(1, 1))
    seen = Seen({}, {}, {}, 0)
    total = np.zeros(CHILDREN // SIZE, np.int64)
    for begin_ns, until_ns in zip([0, *cuts_ns], [*cuts_ns, END_NS], strict=True):
        sends = emission(DUE_NS, 17, None, begin_ns, until_ns)
        first_ns = sends.sent_ns[0] if sends.ticks else np.zeros(CHILDREN // SIZE)
        due = Due(first_ns, 17, sends.ticks, until_ns, 0)
        learnt, held, _ = intake.take(RUN, reports_in(begin_ns, until_ns, arrivals_ns), due)
        intake.finish_step(until_ns)
        for row in range(sends.ticks):
            total += learnt[0][row, :, 0]
            for parent, now_ns in enumerate(sends.sent_ns[row].tolist()):
                if sends.sent is None or sends.sent[row, parent]:
                    seen.learnt[parent, now_ns] = int(total[parent])
                    mine = slice(parent * SIZE, (parent + 1) * SIZE)
                    seen.held[parent, now_ns] = held[row, mine, 0].tolist()
        total += learnt[0][-1, :, 0]
        seen.delivered[until_ns] = intake.counts.delivered
    seen.in_flight = intake.in_flight()
    return seen


def plainly(arrivals_ns, cuts_ns):
    seen = Seen({}, {}, {}, 0)
    for parent, first_ns in enumerate(DUE_NS.tolist()):
        for now_ns in np.arange(first_ns, END_NS, 17).tolist():
            children = range(parent * SIZE, (parent + 1) * SIZE)
            newest = [newest_known(arrivals_ns[:, child], now_ns) for child in children]
            seen.held[parent, now_ns] = newest
            seen.learnt[parent, now_ns] = sum(
                int(VALUES[:number, child].sum())
                for child, number in zip(children, newest, strict=True)
            )
    for until_ns in [*cuts_ns, END_NS]:
        seen.delivered[until_ns] = int((arrivals_ns < until_ns).sum())
    seen.in_flight = int(np.isfinite(arrivals_ns).sum()) - seen.delivered[END_NS]
    return seen


def newest_known(arrivals_ns, now_ns):
    """The number of the newest report that has arrived, from 1; 0 = none."""
    return max([k for k, there in enumerate(arrivals_ns, start=1) if there <= now_ns], default=0)


@given(TABLES, CUTS)
def test_a_parent_knows_at_each_report_what_the_newest_arrivals_told(delays_ns, cuts_ns):
    arrivals_ns = SENT_NS + delays_ns
    fast, plain = in_columns(arrivals_ns, cuts_ns), plainly(arrivals_ns, cuts_ns)
    assert fast.learnt == plain.learnt
    assert fast.held == plain.held


@given(TABLES, CUTS)
def test_every_message_is_delivered_once_or_still_on_its_way(delays_ns, cuts_ns):
    arrivals_ns = SENT_NS + delays_ns
    fast, plain = in_columns(arrivals_ns, cuts_ns), plainly(arrivals_ns, cuts_ns)
    assert (fast.delivered, fast.in_flight) == (plain.delivered, plain.in_flight)


# One child, by hand


def one_child(arrivals_ns, pane=0):
    """An intake with the reports of one child, told at 0 and not known before 100 ns."""
    intake = Intake(np.zeros((1, 1), np.int64), Flight.empty(1, 1))
    count = len(arrivals_ns)
    step = emission(np.ones(1), 10, None, 0, 10 * count)
    totals = np.arange(count + 1)[:, None, None]
    states = 1 + np.arange(count)[:, None, None]
    reports = Reports(step, np.array(arrivals_ns)[:, None], {pane: totals}, states)
    learnt_in(intake, 100, reports, pane)
    return intake


def learnt_in(intake, until_ns, reports=None, pane=0):
    """What is learnt by `until_ns`, and in which pane."""
    (run,) = Groups(1, 1).runs
    if reports is None:
        nothing = emission(np.ones(1), 10**9, None, 10, 20)
        empty = np.empty((0, 1))
        totals = {pane: np.zeros((1, 1, 1), np.int64)}
        reports = Reports(nothing, empty, totals, np.empty((0, 1, 1), np.int64))
    due = Due(np.zeros(1), 1, 0, until_ns, pane)
    learnt, _, _ = intake.take(run, reports, due)
    intake.finish_step(until_ns)
    return {key: int(gained.sum()) for key, gained in learnt.items() if gained.any()}


def test_what_comes_after_its_pane_was_closed_is_expired_and_counted():
    intake = one_child([500.0, 600.0])
    assert learnt_in(intake, 1000, pane=2) == {}
    assert (intake.counts.expired, intake.counts.delivered) == (2, 2)


def test_what_comes_for_the_pane_before_is_taken_in():
    intake = one_child([500.0, 600.0])
    assert learnt_in(intake, 1000, pane=1) == {0: 2}


def test_a_crash_loses_what_arrives_before_its_end_and_the_next_report_tells_it_all():
    intake = one_child([150.0, 160.0, 350.0])
    intake.refuse(np.ones(1, np.bool_), 300)
    assert learnt_in(intake, 300) == {}
    assert intake.counts.refused == 2
    assert learnt_in(intake, 400) == {0: 3}


def test_a_pause_puts_off_what_arrives_before_its_end():
    intake = one_child([150.0, 160.0])
    intake.postpone(np.ones(1, np.bool_), 300)
    assert learnt_in(intake, 300) == {}
    assert learnt_in(intake, 301) == {0: 2}
    assert intake.counts.delivered == 2


def test_values_ride_on_the_next_report_of_their_child():
    intake = one_child([150.0])
    child, values = np.zeros(1, np.int64), np.array([[-7]])
    intake.add_rider(child, 0, values, first=False)
    # Not on the one that is on its way ...
    assert learnt_in(intake, 200) == {0: 1}
    # ... which is why nothing more is learnt without another.
    assert learnt_in(intake, 300) == {}
    assert intake.flight.values.sum() == -7


def test_values_that_ride_first_come_with_any_report():
    intake = one_child([150.0])
    intake.add_rider(np.zeros(1, np.int64), 0, np.array([[40]]), first=True)
    assert learnt_in(intake, 200) == {0: 41}
    assert len(intake.flight) == 0
