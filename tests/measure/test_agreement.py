import math

import numpy as np
import pytest

from sim.measure.agreement import AGREEMENT_FIGURES, differing, latencies
from sim.measure.tables import COLUMNS, Tables, empty
from tests.engine.control import lied
from tests.engine.scenarios import RING, run
from tests.measure.controlled import controlled, controlled_plan, decisions, snapshots
from tests.measure.synthetic import S

PLAN = controlled_plan()
EVERYBODY = range(4)


def figure(name, **rows):
    return AGREEMENT_FIGURES[f"agreement.{name}"](controlled(**rows), PLAN)


def test_latency_is_from_the_proposal_to_the_decision_at_each_replica():
    assert figure("latency.median") == pytest.approx(0.1)


def test_a_publication_without_time_before_the_end_is_not_judged():
    """The tenth is proposed at the very end, and nobody could have decided it."""
    assert figure("decided") == 1.0
    assert len(latencies(controlled(), PLAN)) == 9 * 4


def test_what_was_never_decided_is_censored_at_the_end():
    sample = latencies(controlled(decisions=decisions(without=[(4, 0)])), PLAN)
    assert sample.at_least == (6.0,)


def test_a_quantile_among_the_undecided_is_infinite():
    rows = decisions(without=[(version, 0) for version in range(1, 10)])
    assert math.isinf(figure("latency.p95", decisions=rows))
    assert figure("latency.median", decisions=rows) == pytest.approx(0.1)


def test_decided_counts_replicas_and_not_only_versions():
    assert figure("decided", decisions=decisions(without=[(4, 0)])) == 1 - 1 / 36


def test_a_replica_that_was_down_owes_no_decision():
    rows = [row for row in snapshots() if row["replica"] != 3]
    without = [(version, 3) for version in range(1, 10)]
    assert figure("decided", snapshots=rows, decisions=decisions(without)) == 1.0


LIAR = [{"replica": 0}]


def test_a_liar_is_not_judged():
    without = [(version, 0) for version in range(1, 10)]
    rows = {"decisions": decisions(without), "member_lies": LIAR}
    assert figure("decided", **rows) == 1.0
    assert figure("latency.p95", **rows) == pytest.approx(0.1)


def test_what_a_liar_alone_publishes_is_not_available():
    rows = [row for row in decisions() if row["replica"] == 0]
    assert figure("available", decisions=rows) == 1.0
    assert figure("available", decisions=rows, member_lies=LIAR) == 0.0


def test_how_far_a_liar_is_apart_and_which_view_it_is_in_counts_for_nothing():
    rows = [{"apart": 9.0, "view": 9}, {"apart": 0.1, "view": 1, "replica": 1}]
    assert figure("divergence.max", decisions=rows, member_lies=LIAR) == 0.1
    assert figure("views", decisions=rows, member_lies=LIAR) == 1


@pytest.mark.parametrize("kind", ["silence", "equivocate"])
def test_consensus_decides_everything_although_its_first_leader_lies(kind):
    tables, plan = lied_run("pbft", kind)
    figures = {
        name: AGREEMENT_FIGURES[f"agreement.{name}"](tables, plan)
        for name in ("decided", "latency.p95", "available", "divergence.max")
    }
    assert figures["decided"] == figures["available"] == 1.0
    assert math.isfinite(figures["latency.p95"])
    assert figures["divergence.max"] == 0.0


def test_how_far_correct_replicas_are_from_a_liar_counts_for_nothing():
    """A forged snapshot is some 4 sd of the baseline off; nothing keeps its liar from it."""
    tables, plan = lied_run("versions", "forge")
    assert AGREEMENT_FIGURES["agreement.divergence.max"](tables, plan) < 0.1
    assert tables.decisions["error_mean"].max() > 3.0


def lied_run(protocol, kind):
    """Four replicas of which the first lies from the beginning; a run leaves empty tables out."""
    every = {name: empty(name) for name in COLUMNS} | dict(lied.run(protocol, kind).tables)
    return Tables.of(every), lied.plan(protocol, {"where": "root-0/0", "kind": kind})


def test_one_replica_that_publishes_is_enough_to_be_available():
    rows = decisions(without=[(version, 0) for version in range(1, 10)])
    assert figure("available", decisions=rows) == 1.0


def test_a_publication_that_comes_after_the_next_was_due_was_not_available():
    rows = decisions(late=[(4, replica) for replica in EVERYBODY])
    assert figure("available", decisions=rows) == 1 - 1 / 9
    assert figure("decided", decisions=rows) == 1.0


def test_publications_while_all_replicas_are_down_were_not_available():
    """The denominator is what was due, and not what somebody could propose."""
    up = [row for row in snapshots() if row["version"] < 4]
    rows = [row for row in decisions() if row["version"] < 4]
    assert figure("available", snapshots=up, decisions=rows) == 3 / 9


def test_divergence_is_the_largest_of_all_versions():
    rows = [{"apart": 0.0}, {"apart": 0.3}, {"apart": 0.1}]
    assert figure("divergence.max", decisions=rows) == 0.3


def test_views_are_counted_from_nought():
    assert figure("views", decisions=[{"view": 0}, {"view": 2}, {"view": 1}]) == 2


def test_messages_and_bytes_are_those_about_versions_and_per_version():
    traffic = [
        {"kind": "BrachaEcho", "messages": 60, "bytes": 600},
        {"kind": "BrachaReady", "outcome": "partitioned", "messages": 30, "bytes": 300},
        {"kind": "Vouch", "messages": 9, "bytes": 90},
        {"kind": "Vouch", "outcome": "discarded", "messages": 4, "bytes": 40},
        {"part": "alerts", "kind": "Raise", "messages": 1000, "bytes": 9000},
        {"part": "registry", "kind": "BrachaEcho", "messages": 50, "bytes": 500},
    ]
    assert figure("messages", control_traffic=traffic) == 99 / 9
    assert figure("bytes", control_traffic=traffic) == 990 / 9


def test_a_run_without_a_proposal_has_no_figures():
    nothing = {"snapshots": [], "decisions": []}
    tables = controlled(**nothing)
    values = {name: one(tables, PLAN) for name, one in AGREEMENT_FIGURES.items()}
    assert values.pop("agreement.available") == 0.0
    assert all(math.isnan(value) for value in values.values())


def test_replicas_differ_from_the_publication_that_shows_it_to_the_next():
    rows = [
        {**row, "finished": "b" if (row["version"], row["replica"]) == (4, 2) else "a"}
        for row in snapshots()
    ]
    assert differing(controlled(snapshots=rows), 10 * S).tolist() == [[4 * S, 5 * S]]


def test_stores_that_differ_count_as_well():
    rows = [{"at_ns": S, "digest": "a"}, {"at_ns": S, "digest": "b"}, {"at_ns": 3 * S}]
    assert differing(controlled(stores=rows), 10 * S).tolist() == [[S, 3 * S]]


def test_a_liar_that_knows_something_else_is_no_difference():
    rows = [{**row, "finished": str(row["replica"] == 0)} for row in snapshots()]
    stores = [{"at_ns": S, "digest": "a"}, {"at_ns": S, "digest": "b", "replica": 1}]
    tables = controlled(snapshots=rows, stores=stores, member_lies=LIAR)
    assert len(differing(tables, 10 * S)) == 0


def test_a_digest_that_changes_for_everybody_at_once_is_no_difference():
    rows = [{**row, "finished": str(row["version"])} for row in snapshots()]
    assert len(differing(controlled(snapshots=rows), 10 * S)) == 0


HALVES = {"kind": "partition", "shape": "halves", "at": "1s", "until": "2500ms"}


def run_of(protocol):
    return run(
        HALVES,
        topology=RING,
        tree={"local": 4, "regional": 2, "replicas": {"root": 4}},
        agreement={"protocol": protocol},
    ).tables["decisions"]


def decided_within_the_cut(rows):
    """Not counting what was under way when it began."""
    return int(((rows["decided_ns"] > 1.2 * S) & (rows["decided_ns"] < 2.5 * S)).sum())


@pytest.mark.slow
def test_in_halves_consensus_is_consistent_and_no_consensus_is_available():
    """A quorum of three has no side of two: the choice that no protocol escapes."""
    versions, bracha = run_of("versions"), run_of("bracha")
    assert decided_within_the_cut(versions) == 2 * 4
    assert decided_within_the_cut(bracha) == 0
    assert versions["apart"].max() > 0
    assert np.all(bracha["apart"] == 0)
