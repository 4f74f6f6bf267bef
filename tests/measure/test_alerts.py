import math
from dataclasses import replace

import pytest

from sim.measure.alerts import ALERT_FIGURES, times_provisional, times_to_commit, unresolved
from sim.measure.censored import CensoredSample
from sim.measure.metrics import measure
from sim.measure.recovery import recoveries
from sim.measure.spans import Milestone
from sim.measure.tables import Tables
from tests.engine.scenarios import RING, plan_of, run
from tests.measure.controlled import END_NS, controlled, controlled_plan
from tests.measure.synthetic import Fault, S

PLAN = controlled_plan()
SECOND = "alerts.raised[1]"


def said(state, at_ns, replica=0, **more):
    node = "regional-0" if replica < 0 else f"root-0/{replica}"
    return {"state": state, "at_ns": at_ns, "replica": replica, "node": node, **more}


RAISED = said("provisional", S, -1)
KEPT = [said("provisional", 2 * S, replica) for replica in range(4)]
COMMITTED = [said("committed", 3 * S, replica) for replica in range(4)]
WHOLE = [RAISED, *KEPT, *COMMITTED, said("committed", 4 * S, -1)]


def figure(name, alerts):
    return ALERT_FIGURES[f"alerts.{name}"](controlled(alerts=alerts), PLAN)


def test_the_time_to_commit_is_from_the_raiser_to_the_first_keeper():
    assert times_to_commit(controlled(alerts=WHOLE), PLAN) == CensoredSample((2.0,), ())


def test_an_alert_that_was_never_committed_is_censored():
    assert times_to_commit(controlled(alerts=[RAISED, *KEPT]), PLAN) == CensoredSample((), (9.0,))


def test_expiring_is_no_commitment():
    rows = [RAISED, said("expired", 5 * S, -1)]
    assert times_to_commit(controlled(alerts=rows), PLAN).at_least == (9.0,)


def test_an_alert_taken_back_before_its_commitment_does_not_count():
    rows = [RAISED, said("retracted", 5 * S, -1)]
    assert len(times_to_commit(controlled(alerts=rows), PLAN)) == 0


NOTES = [
    said("equivocated", 2 * S + S // 2),
    said("equivocated", S // 2, 1),
    said("refused", S // 2, -1, alert=SECOND),
]
"""What nodes hold against raisers; one is from before the alert was raised."""


def test_what_is_held_against_a_raiser_changes_nothing_that_is_shown():
    rows = [RAISED, *KEPT, *COMMITTED]
    plain, noted = (controlled(alerts=some) for some in (rows, [*rows, *NOTES]))
    assert times_to_commit(noted, PLAN) == times_to_commit(plain, PLAN)
    assert times_provisional(noted, PLAN) == times_provisional(plain, PLAN)
    for name, one in ALERT_FIGURES.items():
        assert one(noted, PLAN) == one(plain, PLAN), name


def test_a_keeper_that_holds_something_against_a_raiser_does_not_yet_hold_its_alert():
    assert figure("lost", [RAISED, *KEPT[:3], said("equivocated", 2 * S, 3)]) == 1


def test_what_a_raiser_alone_shows_as_committed_is_not_yet_kept():
    assert figure("committed", [RAISED, said("committed", 4 * S, -1)]) == 0.0


def test_committed_is_a_share_of_the_alerts_that_were_raised():
    assert figure("committed", [*WHOLE, {**RAISED, "alert": SECOND}]) == 0.5


def test_an_alert_that_one_keeper_does_not_hold_at_the_end_is_lost():
    assert figure("lost", WHOLE) == 0
    assert figure("lost", [row for row in WHOLE if row["replica"] != 2]) == 1


LIAR = [{"replica": 2}]


def of_liar(name, alerts):
    tables = controlled(alerts=alerts, member_lies=LIAR)
    return ALERT_FIGURES[f"alerts.{name}"](tables, PLAN)


def test_a_keeper_that_lies_need_not_hold_an_alert():
    rows = [row for row in WHOLE if row["replica"] != 2]
    assert of_liar("lost", rows) == 0
    assert of_liar("lost", [row for row in rows if row["replica"] != 3]) == 1


def test_a_liar_neither_commits_an_alert_nor_doubles_it():
    assert of_liar("committed", [RAISED, said("committed", 3 * S, 2)]) == 0.0
    assert of_liar("double", [*WHOLE, said("committed", 5 * S, 2, raised_ns=2 * S)]) == 0


def test_what_a_liar_shows_as_provisional_is_not_unresolved():
    tables = controlled(alerts=[said("provisional", S, 2)], member_lies=LIAR)
    assert len(unresolved(tables, END_NS)) == 0
    assert len(times_provisional(tables, PLAN)) == 0


def test_a_keeper_that_is_down_at_the_end_need_not_hold_it():
    rows = [row for row in WHOLE if row["replica"] != 2]
    tables = controlled(alerts=rows, snapshots=[{"replica": one} for one in (0, 1, 3)])
    assert ALERT_FIGURES["alerts.lost"](tables, PLAN) == 0


def test_two_contents_of_one_alert_that_are_both_committed_are_double():
    assert figure("double", WHOLE) == 0
    assert figure("double", [*WHOLE, said("committed", 5 * S, 1, raised_ns=2 * S)]) == 1


def test_a_provisional_alert_is_one_stretch_however_often_its_side_changes():
    rows = [RAISED, said("provisional", 2 * S, -1, side=1), said("committed", 4 * S, -1)]
    assert times_provisional(controlled(alerts=rows), PLAN) == CensoredSample((3.0,), ())


def test_what_is_provisional_at_the_end_is_censored():
    assert times_provisional(controlled(alerts=[RAISED]), PLAN) == CensoredSample((), (9.0,))


def test_an_expired_alert_is_resolved_until_it_is_provisional_again():
    rows = [RAISED, said("expired", 3 * S, -1), said("provisional", 5 * S, -1)]
    spans = unresolved(controlled(alerts=rows), END_NS)
    assert spans.tolist() == [[S, 3 * S], [5 * S, END_NS]]


def test_without_an_alert_there_is_nothing_to_commit_or_to_lose():
    assert math.isnan(figure("committed", []))
    assert figure("lost", []) == 0


CUT = Fault(20 * S, 35 * S, (2,))
LONG = controlled_plan(60 * S)


def healed(**rows):
    (found,) = recoveries(controlled([CUT], 60 * S, **rows), LONG)
    return found


def test_settled_is_when_the_last_provisional_alert_is_resolved_after_the_heal():
    rows = [said("provisional", 22 * S, -1), said("committed", 37 * S, -1)]
    assert healed(alerts=rows).settled == Milestone(2 * S, True)


def test_an_alert_that_stays_provisional_is_never_settled():
    assert healed(alerts=[said("provisional", 22 * S, -1)]).settled == Milestone(25 * S, False)


def test_converged_is_when_all_replicas_show_the_same_again():
    rows = [
        {"version": second, "replica": replica, "proposed_ns": second * S,
         "finished": "b" if replica == 1 and 20 <= second < 38 else "a"}
        for second in range(1, 61) for replica in range(4)
    ]  # fmt: skip
    assert healed(snapshots=rows).converged == Milestone(3 * S, True)


def test_recovery_is_the_last_of_all_parts_that_the_scenario_has():
    rows = [said("provisional", 22 * S, -1), said("committed", 40 * S, -1)]
    found = healed(alerts=rows)
    assert found.time.after_ns >= found.settled.after_ns == 5 * S


def test_without_replicas_and_alerts_recovery_has_its_three_parts():
    plain = replace(LONG, control=replace(LONG.control, agreement=None, alerts=None))
    (found,) = recoveries(controlled([CUT], 60 * S), plain)
    assert list(found.parts) == ["reconnected", "fresh", "accurate"]


RAISING = {
    "topology": RING,
    "tree": {"local": 4, "regional": 2, "replicas": {"root": 4}},
    "alerts": {"expire": "10s", "raised": [{"by": "regional-1", "at": "1200ms"}]},
}
PARTED = {"kind": "partition", "groups": ["region-1", "rest"], "at": "1s", "until": "2s"}


@pytest.mark.slow
def test_an_alert_raised_in_a_partition_is_committed_after_the_heal_and_not_lost():
    recording = run(PARTED, **RAISING)
    tables = Tables.of(recording.tables)
    values = {one.name: one.value for one in measure([tables], plan_of(PARTED, **RAISING))}
    assert 0.8 < values["alerts.commit.max"] < 1.5
    assert values["alerts.lost"] == values["alerts.double"] == 0
    assert values["alerts.committed"] == 1.0
    assert 0 < values["recovery.settled.max"] < 0.5
