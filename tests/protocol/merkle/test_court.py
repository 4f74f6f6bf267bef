"""The court convicts once, takes back what was built on lies, and seats somebody new."""

import pytest

from sim.protocol.merkle.bounds import Reason
from sim.protocol.merkle.court import Court
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import Contradiction, WrongMerge
from sim.protocol.merkle.statements import report
from tests.protocol.merkle import attacks
from tests.protocol.merkle.small import (
    EPOCH,
    FEATURES,
    KEYS,
    LOCAL,
    agent_rows,
    opening,
    registry,
    tree,
)

FRAUD = WrongMerge(attacks.max_for_sum(opening()))


def roots(*epochs):
    return [tree(epoch=epoch).statement(3, 0, KEYS) for epoch in epochs]


def court(*epochs, **options):
    """One that has attested the roots of these rounds."""
    bench = Court(KEYS, registry(), **options)
    for root in roots(*epochs):
        bench.attest(root)
    return bench


def test_nothing_is_attested_at_first():
    assert court().attested is None


def test_the_newest_attested_root_is_the_one_that_counts():
    bench = court(1, 2)
    assert bench.attested == roots(2)[0]


def test_a_conviction_takes_back_every_root_from_the_lie_on():
    bench = court(1, EPOCH - 1, EPOCH, EPOCH + 1)
    bench.hear(FRAUD)
    assert bench.attested == roots(EPOCH - 1)[0]


def test_a_lie_in_the_first_round_leaves_nothing():
    bench = court(EPOCH, EPOCH + 1)
    bench.hear(FRAUD)
    assert bench.attested is None


def test_everybody_is_convicted_once():
    bench = court()
    assert bench.hear(FRAUD).name == LOCAL
    assert bench.hear(WrongMerge(attacks.omitted_child(opening()))) is None
    assert bench.convicted[LOCAL].reasons == (Reason.MERGE,)
    assert list(bench.convicted) == [LOCAL]


def test_a_false_accusation_changes_nothing():
    bench = court(1, EPOCH)
    assert bench.hear(WrongMerge(opening())) is None
    assert bench.attested == roots(EPOCH)[0]
    assert not bench.convicted


def test_a_convicted_agent_takes_no_root_with_it():
    bench = court(1, EPOCH)
    said = [
        report(KEYS.signer(Name(0, 3)), EPOCH, 26, agent_rows(seed=seed)[3], FEATURES)
        for seed in (1, 2)
    ]
    assert bench.hear(Contradiction(*said)).name == Name(0, 3)
    assert bench.attested == roots(EPOCH)[0]


def test_a_convicted_aggregator_is_replaced_by_somebody_new():
    bench = court()
    bench.hear(FRAUD)
    fresh = bench.replace(LOCAL)
    assert fresh == Name(1, 4)
    assert bench.registry.seat_of(fresh) == 1
    assert bench.registry.seat_of(LOCAL) is None
    assert bench.registry.children_of(fresh) == [Name(0, seat) for seat in (3, 4, 5)]


def test_who_comes_after_a_liar_is_not_guilty_of_its_lies():
    bench = court()
    bench.hear(FRAUD)
    fresh = bench.replace(LOCAL)
    assert bench.hear(WrongMerge(attacks.scaled_sums(opening()))) is None
    shown = tree(known=bench.registry).opening(1, 1, KEYS)
    assert shown.statement.author == fresh
    assert bench.hear(WrongMerge(shown)) is None


def test_one_replacement_after_the_other_gets_a_name_of_its_own():
    bench = court()
    assert [bench.replace(LOCAL), bench.replace(Name(1, 4))] == [Name(1, 4), Name(1, 5)]


def test_nobody_can_be_replaced_who_has_no_seat():
    with pytest.raises(KeyError):
        court().replace(Name(1, 9))


def test_old_roots_are_forgotten():
    bench = court(1, 2, EPOCH, EPOCH + 1, memory=2)
    bench.hear(FRAUD)
    assert bench.attested is None
