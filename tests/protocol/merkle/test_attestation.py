"""Nobody can keep an acknowledgement back, or make one up, without it showing at the root."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.merkle.attestation import (
    Integrity,
    acknowledge,
    acknowledgements,
    aggregate,
    attest,
    attest_by_count,
)
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import WrongMerge
from sim.protocol.merkle.tree import Lie, complaints, guilty
from tests.protocol.merkle import attacks
from tests.protocol.merkle.small import COUNTS, EPOCH, KEYS, opening, registry, tree

KNOWN = registry()
HASH = tree().root.hash
ALL = np.ones(COUNTS[0], bool)
SEATS = [(tier, seat) for tier, count in enumerate(COUNTS) for seat in range(count)]


def given_by(agreed, root_hash=HASH, epoch=EPOCH):
    return acknowledgements(KEYS, KNOWN, epoch, root_hash, agreed)


EXPECTED = aggregate(given_by(ALL), KNOWN.starts)


def outcome(received):
    return attest(EXPECTED, received, KNOWN)


def test_a_root_that_everybody_acknowledges_is_attested():
    result = outcome(aggregate(given_by(ALL), KNOWN.starts))
    assert result.integrity is Integrity.ATTESTED
    assert result.quiet == ()


@pytest.mark.parametrize("seat", SEATS)
def test_whoever_keeps_acknowledgements_back_is_named(seat):
    result = outcome(aggregate(given_by(ALL), KNOWN.starts, suppress=[seat]))
    assert result.integrity is Integrity.UNATTESTED
    assert result.quiet == (Name(*seat),)


@given(st.lists(st.booleans(), min_size=COUNTS[0], max_size=COUNTS[0]))
def test_a_root_is_attested_only_if_no_acknowledgement_is_missing(agreed):
    result = outcome(aggregate(given_by(np.array(agreed)), KNOWN.starts))
    missing = [Name(0, seat) for seat, yes in enumerate(agreed) if not yes]
    assert list(result.quiet) == missing
    assert (result.integrity is Integrity.ATTESTED) == (not missing)


def test_several_who_keep_back_are_all_named():
    received = aggregate(given_by(ALL), KNOWN.starts, suppress=[(0, 0), (1, 3)])
    assert outcome(received).quiet == (Name(0, 0), Name(1, 3))


def test_of_two_above_each_other_who_keep_back_the_lower_is_named_first():
    received = aggregate(given_by(ALL), KNOWN.starts, suppress=[(1, 0), (2, 0)])
    assert outcome(received).quiet == (Name(1, 0),)


def test_an_acknowledgement_cannot_be_made_up():
    agreed = ALL.copy()
    agreed[5] = False
    received = given_by(agreed)
    liar = KEYS.signer(Name(0, 4))
    received[5] = np.frombuffer(acknowledge(liar, EPOCH, HASH), np.uint8)
    assert outcome(aggregate(received, KNOWN.starts)).quiet == (Name(0, 5),)


def test_an_acknowledgement_cannot_be_used_twice():
    received = given_by(ALL)
    received[5] = received[4]
    assert outcome(aggregate(received, KNOWN.starts)).quiet == (Name(0, 5),)


@pytest.mark.parametrize(("root_hash", "epoch"), [(bytes(32), EPOCH), (HASH, EPOCH - 1)])
def test_an_acknowledgement_of_another_root_or_round_does_not_count(root_hash, epoch):
    received = given_by(ALL)
    received[7] = given_by(ALL, root_hash, epoch)[7]
    assert outcome(aggregate(received, KNOWN.starts)).quiet == (Name(0, 7),)


def test_two_roots_shown_to_two_halves_are_never_attested():
    half = np.arange(COUNTS[0]) < 6
    received = given_by(half) ^ given_by(~half, bytes(32))
    assert len(outcome(aggregate(received, KNOWN.starts)).quiet) == 6


def test_a_root_against_which_there_is_proof_is_disputed():
    proof = WrongMerge(attacks.max_for_sum(opening()))
    result = attest(EXPECTED, EXPECTED, KNOWN, proof)
    assert result.integrity is Integrity.DISPUTED
    assert result.proof is proof


def test_acknowledgements_do_not_grow_on_the_way_up():
    assert {tier.shape[1] for tier in EXPECTED} == {32}
    together = np.bitwise_xor.reduce(given_by(ALL), axis=0)
    assert (EXPECTED[-1][0] == together).all()


BITS = st.lists(st.booleans(), min_size=COUNTS[0], max_size=COUNTS[0])


@given(BITS, BITS, st.lists(st.sampled_from(SEATS), max_size=3))
def test_counting_comes_to_the_same_as_the_acknowledgements_themselves(up, agree, suppress):
    wanted, agreed = np.array(up), np.array(up) & np.array(agree)
    expected = aggregate(given_by(wanted), KNOWN.starts)
    received = aggregate(given_by(agreed), KNOWN.starts, suppress)
    counted = attest_by_count(wanted, agreed, KNOWN, suppress)
    assert counted == attest(expected, received, KNOWN)


def test_counting_with_proof_in_hand_ends_in_a_dispute():
    proof = WrongMerge(attacks.max_for_sum(opening()))
    assert attest_by_count(ALL, ALL, KNOWN, proof=proof) == attest(EXPECTED, EXPECTED, KNOWN, proof)


@pytest.mark.parametrize(("tier", "agents"), [(0, [1]), (1, [3, 4, 5]), (2, [6, 7, 8, 9, 10, 11])])
def test_a_statement_that_is_lost_leaves_those_below_it_unattested(tier, agents):
    lost = np.arange(COUNTS[tier]) == 1
    committed = tree(lost={tier: lost})
    result = attest_by_count(ALL, ~complaints(committed), KNOWN)
    assert result.integrity is Integrity.UNATTESTED
    assert result.quiet == tuple(Name(0, seat) for seat in agents)
    assert not any(mask.any() for mask in guilty(committed))


@pytest.mark.parametrize("position", range(3))
def test_an_agent_that_is_left_out_as_absent_stops_attestation(position):
    committed = tree(lies=[Lie(1, 1, dropped=(position,))])
    agreed = ~complaints(committed)
    expected = aggregate(given_by(ALL, committed.root.hash), KNOWN.starts)
    received = aggregate(given_by(agreed, committed.root.hash), KNOWN.starts)
    result = attest(expected, received, KNOWN)
    assert result.integrity is Integrity.UNATTESTED
    assert result.quiet == (Name(0, 3 + position),)
