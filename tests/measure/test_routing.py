"""The figures of routing, each on a table of a few rows that can be worked out by hand."""

import math
from dataclasses import replace

import pytest

from sim.measure.routing import ROUTING_FIGURES
from sim.measure.tables import table
from tests.measure.synthetic import MS, S, make_plan, make_tables

PLAN = make_plan()
"""Sixty seconds; the first five are the start. Forty locals, eight regionals."""
RUN = make_tables([])


def figure(name: str, **rows) -> float:
    """A metric over the tables that are given as lists of rows."""
    given = {
        key: table(key, {column: [row[column] for row in some] for column in some[0]})
        for key, some in rows.items()
    }
    return ROUTING_FIGURES[f"routing.{name}"](replace(RUN, **given), PLAN)


def update(rank, sent=0, arrived=0, dropped=0, wait_ns=0.0, age_ns=0.0):
    counts = {"sent": sent, "arrived": arrived, "dropped": dropped}
    return {"time_ns": 0, "rank": rank, **counts, "wait_ns": wait_ns, "age_ns": age_ns}


def belief(at_s, **columns):
    usual = {
        "present": 10,
        "heard": 1,
        "held": 10,
        "error_heard": 0.5,
        "error_held": 0.1,
        "bound": math.inf,
        "critical": 0,
        "age_critical_ns": math.nan,
        "age_routine_ns": 1.0 * S,
        "queued": 0,
        "fullest": 0,
    }
    return {"time_ns": at_s * S, **usual, **columns}


def critical(begin_s, arrived_s):
    never = {"end_ns": -1, "sent_ns": -1}
    arrived_ns = -1 if arrived_s is None else arrived_s * S
    return {"agent": 1, "begin_ns": begin_s * S, "arrived_ns": arrived_ns, **never}


def test_messages_are_updates_without_heartbeats():
    rows = [update("routine", sent=60), update("heartbeat", sent=600), update("flood", sent=60)]
    assert figure("messages", updates=rows) == 2.0


def test_hops_are_the_messages_of_routing_and_of_no_other_part():
    rows = [
        {"part": part, "kind": "Ranked", "outcome": outcome, "messages": 60, "bytes": 1}
        for part, outcome in (
            ("routing", "delivered"),
            ("routing", "lost"),
            ("routing", "discarded"),
            ("alerts", "delivered"),
        )
    ]
    assert figure("hops", control_traffic=rows) == 2.0


def test_waits_are_means_over_updates_not_over_seconds():
    rows = [
        update("critical", arrived=1, wait_ns=4.0 * S),
        update("critical", arrived=3, wait_ns=0.0),
        update("flood", arrived=9, wait_ns=50.0 * S),
    ]
    assert figure("wait.critical", updates=rows) == 1.0


def test_routine_waits_are_those_of_heartbeats_too():
    rows = [
        update("routine", arrived=1, wait_ns=2.0 * S),
        update("heartbeat", arrived=1, wait_ns=4.0 * S),
    ]
    assert figure("wait.routine", updates=rows) == 3.0


def test_a_wait_of_no_update_is_unknown():
    assert math.isnan(figure("wait.critical", updates=[update("critical", sent=1)]))


def test_ages_are_means_over_agents_and_time():
    rows = [
        belief(10, critical=1, age_critical_ns=9.0 * S, age_routine_ns=1.0 * S),
        belief(11, critical=2, age_critical_ns=3.0 * S, age_routine_ns=1.0 * S),
        belief(12),
    ]
    assert figure("age.critical", beliefs=rows) == 5.0
    assert figure("age.routine", beliefs=rows) == 1.0


def test_the_start_of_a_run_says_nothing_about_beliefs():
    rows = [belief(1, error_heard=9.0, error_held=9.0, held=0), belief(6)]
    found = {name: figure(name, beliefs=rows) for name in ("error.heard", "error.held", "held")}
    assert found == {"error.heard": 0.5, "error.held": 0.1, "held": 1.0}


def test_an_instant_at_which_nobody_was_heard_has_no_error():
    rows = [belief(6, error_heard=math.nan), belief(7, error_heard=0.2)]
    assert figure("error.heard", beliefs=rows) == pytest.approx(0.2)


def test_who_died_and_is_not_yet_missed_does_not_make_coverage_more_than_all():
    assert figure("held", beliefs=[belief(6, present=8, held=10)]) == 1.0


def test_an_alert_that_never_arrives_counts_as_infinitely_late():
    assert figure("delay.critical", criticals=[critical(10, 12), critical(20, 21)]) == 1.0
    assert figure("delay.critical", criticals=[critical(10, None), critical(20, 23)]) == 3.0
    assert figure("delay.critical", criticals=[critical(10, None)]) == math.inf


def test_an_anomaly_that_begins_after_the_end_is_none():
    assert math.isnan(figure("delay.critical", criticals=[critical(60, None)]))


def test_a_death_that_is_never_noticed_takes_infinitely_long():
    rows = [
        {"agent": 1, "died_ns": 10 * S, "believed_ns": 10 * S + 500 * MS},
        {"agent": 2, "died_ns": 10 * S, "believed_ns": -1},
        {"agent": 3, "died_ns": 10 * S, "believed_ns": -1},
    ]
    assert figure("death.median", deaths=rows[:1]) == 0.5
    assert figure("death.median", deaths=rows) == math.inf


def test_what_is_under_way_is_neither_dropped_nor_not():
    rows = [update("routine", sent=10, arrived=3, dropped=1)]
    assert figure("dropped", updates=rows) == 0.25


def test_utilisation_is_that_of_the_busiest_tier():
    """Forty lines of locals busy for 6 of 60 s each, eight of regionals for 45 s each."""
    rows = [
        {"time_ns": 0, "tier": tier, "rank": "routine", "passed": 1, "wait_ns": 0.0, "line_ns": ns}
        for tier, ns in ((1, 240 * S), (2, 360 * S))
    ]
    assert figure("utilisation", router_lines=rows) == 0.75


@pytest.mark.parametrize("name", ROUTING_FIGURES)
def test_a_run_of_nothing_has_no_figure_or_none_at_all(name):
    found = ROUTING_FIGURES[name](RUN, PLAN)
    assert math.isnan(found) or found == 0.0
