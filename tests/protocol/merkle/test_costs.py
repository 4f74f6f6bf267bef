"""What a round sends, against the statements, proofs and openings themselves."""

import pytest

from sim.protocol.merkle.costs import HEADER_BYTES, Phase, round_cost, statement_bytes
from sim.protocol.merkle.inclusion import prove
from tests.protocol.merkle.small import COUNTS, FEATURES, KEYS, registry, tree

WATCHERS = 6
SHAPES = [COUNTS, (7, 3, 1), (5, 1), (10, 4, 3, 2, 1)]


def seats(shape, first, last):
    return [(tier, seat) for tier in range(first, last) for seat in range(shape[tier])]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_round_costs_what_is_sent_one_by_one(shape):
    committed = tree(known=registry(shape))
    cost = round_cost(committed.registry.starts, FEATURES, WATCHERS)
    below = seats(shape, 0, len(shape) - 1)
    statements = [committed.statement(*seat, KEYS).size_bytes for seat in below]
    proofs = [prove(committed, seat, tier).size_bytes for tier, seat in below]
    above = seats(shape, 1, len(shape))
    openings = [committed.opening(*seat, KEYS).size_bytes for seat in above]
    headers = HEADER_BYTES * len(below)
    root = len(below) * statement_bytes(FEATURES)
    assert cost.commit == Phase(len(below), headers + sum(statements))
    assert cost.prove == Phase(len(below), headers + root + sum(proofs))
    assert cost.attest == Phase(len(below), headers + 32 * len(below))
    shown = WATCHERS * (sum(openings) + HEADER_BYTES * len(above))
    assert cost.watch == Phase(WATCHERS * len(above), shown)


def test_a_round_of_a_thousand_agents_needs_1022_messages_a_phase():
    cost = round_cost(registry((1000, 20, 2, 1)).starts, 8, WATCHERS)
    assert [phase.messages for phase in (cost.commit, cost.prove, cost.attest)] == [1022] * 3
    assert cost.watch.messages == 23 * WATCHERS
    assert cost.total.messages == 3 * 1022 + 138
    assert cost.total.size_bytes == 29_941_184
