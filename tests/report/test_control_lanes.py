"""The lanes of the control plane are judged by eye; here, what an eye would soon forget."""

import numpy as np
import pytest

from sim.report.control.alert_history import history
from sim.report.control.watch_lanes import spans
from sim.report.recovery_figure import recovery_figure
from tests.measure.controlled import (
    BLANK,
    REPLICAS,
    controlled,
    controlled_plan,
    crash,
    decisions,
)
from tests.measure.synthetic import Fault, S
from tests.report.reading import panel

pytestmark = pytest.mark.slow

CUT = Fault(3 * S, 6 * S, (2,))
END_NS = 10 * S


def alert(state, at_ns, node="root-0/0", replica=0):
    return {"state": state, "at_ns": at_ns, "node": node, "replica": replica}


def member(event, at_ns, by="root-0/0 warden", who="regional-2"):
    return {"event": event, "at_ns": at_ns, "by": by, "member": who}


RAISED = [alert("provisional", 2 * S, "regional-2", -1), alert("committed", 7 * S)]
MISSED = [member("suspected", 4 * S), member("failed", 5 * S), member("rehomed", 6 * S)]


def draw(**rows):
    plan = controlled_plan(faults=[crash("regional-2", 3 * S, 6 * S)])
    return recovery_figure(controlled([CUT], **rows), plan)


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def rows_of(axes):
    return [tick.get_text() for tick in axes.get_yticklabels()]


def test_a_replica_has_a_lane_and_each_of_its_decisions_a_tick():
    axes = panel(draw(), "What each replica of the root publishes: bracha")
    assert rows_of(axes) == [f"replica {number}" for number in range(REPLICAS)]
    (ticks,) = axes.get_lines()[:1]
    assert len(ticks.get_xdata()) == 9 * REPLICAS


def test_what_was_never_decided_is_crossed_out_and_counted():
    axes = panel(draw(decisions=decisions(without=[(4, 0), (5, 1)])), "What each replica")
    assert "never decided (2)" in legend(axes)


def test_versions_that_differ_have_a_look_of_their_own_at_every_replica():
    rows = [{**row, "apart": 0.5 * (row["version"] == 4)} for row in decisions()]
    axes = panel(draw(decisions=rows), "What each replica")
    rings = next(line for line in axes.get_lines() if line.get_marker() == "o")
    assert sorted(rings.get_ydata()) == [0, 1, 2, 3]


def test_a_change_of_view_is_marked_once_and_a_view_a_decision_is_none():
    changed = [{**row, "view": row["version"] + 3 * (row["version"] > 5)} for row in decisions()]
    axes = panel(draw(decisions=changed), "What each replica")
    marks = [line.get_xdata() for line in axes.get_lines() if line.get_marker() == "v"]
    assert np.concatenate(marks).tolist() == [6.1] * REPLICAS
    steady = [{**row, "view": row["version"]} for row in decisions()]
    axes = panel(draw(decisions=steady), "What each replica")
    assert "after a change of view" not in legend(axes)


def test_an_alert_says_how_long_its_commitment_took():
    axes = panel(draw(alerts=RAISED), "Critical alerts")
    assert [text.get_text() for text in axes.texts] == ["+5 s"]
    assert legend(axes) == ["provisional", "committed"]


def test_a_provisional_alert_is_hatched_and_a_committed_one_is_not():
    axes = panel(draw(alerts=RAISED), "Critical alerts")
    assert [patch.get_hatch() for patch in axes.patches[:2]] == ["////", None]


def test_members_that_were_missed_have_a_lane_and_others_none():
    axes = panel(draw(members=[*MISSED, member("alive", S, who="regional-5")]), "Whom others miss")
    assert rows_of(axes) == ["regional-2"]
    assert legend(axes) == ["suspected", "failed", "its agents have a new parent"]


def test_without_alerts_and_watchers_there_are_no_such_lanes():
    titles = [axes.get_title(loc="left") for axes in draw().figure.axes]
    assert not [title for title in titles if title.startswith(("Critical", "Whom"))]


def test_the_milestones_are_those_that_the_scenario_has():
    axes = panel(draw(alerts=RAISED), "How long")
    assert rows_of(axes) == ["reconnected", "fresh", "accurate", "converged", "settled"]


def test_an_alert_is_expired_only_while_everybody_shows_it_as_that():
    shown = [
        alert("provisional", S, "regional-2", -1), alert("provisional", 2 * S),
        alert("expired", 3 * S, "regional-2", -1), alert("expired", 4 * S),
        alert("committed", 5 * S),
    ]  # fmt: skip
    found = history(controlled(alerts=shown).alerts, BLANK["alerts"]["alert"], END_NS)
    assert found == [
        ("provisional", S, 4 * S), ("expired", 4 * S, 5 * S), ("committed", 5 * S, END_NS),
    ]  # fmt: skip


def test_what_is_held_against_a_raiser_is_no_state_of_its_alert():
    rows = [*RAISED, alert("equivocated", 8 * S), alert("refused", S, "regional-2", -1)]
    tables = [controlled([CUT], alerts=some).alerts for some in (RAISED, rows)]
    plain, noted = (history(one, BLANK["alerts"]["alert"], END_NS) for one in tables)
    assert noted == plain


@pytest.mark.parametrize(
    ("event", "by", "until_ns"),
    [
        ("alive", "root-0/0 warden", 7 * S),
        ("alive", "root-0/1 warden", END_NS),
        ("returned", "regional-2 ward", 7 * S),
    ],
)
def test_a_member_is_what_its_worst_watcher_thinks_until_it_returns(event, by, until_ns):
    rows = [*MISSED, member(event, 7 * S, by)]
    expected = [("suspected", 4 * S, 5 * S), ("failed", 5 * S, until_ns)]
    assert spans(controlled(members=rows), "regional-2", END_NS) == expected
