"""What a round sends in a run, against what the tree says that it must."""

import pytest

from sim.protocol.merkle.costs import HEADER_BYTES, round_cost, statement_bytes
from tests.engine.attest.runs import attest_of, liar, run, simulation

AGENTS, AGGREGATORS, WATCHERS, ROUNDS, FEATURES = 60, 16, 6, 4, 2


def proofs(recording, column="messages"):
    """All of attestation in a run."""
    table = recording.tables["traffic"]
    return int(table[column][table["kind"] == "proof"].sum())


def cost(watchers=WATCHERS):
    registry = attest_of(simulation())._court.registry
    return round_cost(registry.starts, FEATURES, watchers)


@pytest.mark.parametrize("watchers", [0, 1, 6])
def test_a_round_sends_the_messages_of_the_tree_and_what_parents_show(watchers):
    """Agents' statements ride on their reports; parents show what they were told to watchers."""
    words = watchers * (AGGREGATORS - 1)
    expected = cost(watchers).total.messages - AGENTS + words
    assert proofs(run(attest={"watchers": watchers})) == ROUNDS * expected


def test_a_round_sends_the_bytes_of_the_tree():
    statement = statement_bytes(FEATURES)
    ride = AGENTS * (HEADER_BYTES + statement)
    words = WATCHERS * (AGGREGATORS - 1) * (HEADER_BYTES + 2 * statement)
    expected = ROUNDS * (cost().total.size_bytes - ride + words)
    # An opening has the size of the mean one, rounded to a byte.
    assert proofs(run(), "bytes") == pytest.approx(expected, abs=ROUNDS * WATCHERS * AGGREGATORS)


def test_a_forger_costs_a_proof_from_each_watcher_and_the_word_of_its_agents():
    assert proofs(run(liar("forge"))) == proofs(run()) + WATCHERS - 5


def test_an_equivocator_costs_a_proof_from_each_watcher():
    assert proofs(run(liar("equivocate"))) == proofs(run()) + WATCHERS


def test_without_acknowledgements_only_commitments_and_books_are_sent():
    found = run(attest={"agents_check": False})
    books = WATCHERS * (2 * AGGREGATORS - 1)
    assert proofs(found) == ROUNDS * (AGGREGATORS - 1 + books)


def test_an_audit_asks_every_aggregator_and_the_agents_that_were_drawn_and_all_answer():
    asked = AGGREGATORS - 1 + 12 * 3
    assert proofs(run(attest={"audits": 3})) == proofs(run()) + ROUNDS * 2 * asked
