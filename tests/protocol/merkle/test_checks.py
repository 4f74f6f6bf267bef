"""Every tampering is refused: by anybody on the way, and by the aggregator itself."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.merkle.bounds import Reason
from sim.protocol.merkle.checks import Violation, check_opening, check_statements, is_absent
from sim.protocol.merkle.encoding import NOTHING, Name, encode
from sim.protocol.merkle.hashes import Commitment, merge, node_hash
from sim.protocol.merkle.statements import absent, merge_and_show, report, show, state
from tests.protocol.merkle import attacks
from tests.protocol.merkle.small import (
    EPOCH,
    FEATURES,
    KEYS,
    LOCAL,
    agent_rows,
    forge,
    opening,
    registry,
    tree,
)

KNOWN = registry()
HONEST = opening()
REGIONAL = opening(Name(2, 1))
CHILD = HONEST.children[0]
NUMBERS = len(CHILD.commitment.row) // 8


def reasons(shown):
    return {violation.reason for violation in check_opening(shown, KEYS, KNOWN)}


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def bits_of(number):
    """The bits of the number of 64 bits at this place."""
    return range(64 * number, 64 * number + 64)


@pytest.mark.parametrize("name", [Name(1, 0), LOCAL, Name(2, 1), Name(3, 0)])
def test_what_an_honest_aggregator_shows_is_right(name):
    assert check_opening(opening(name), KEYS, KNOWN) == []


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (attacks.max_for_sum, Reason.MERGE),
        (attacks.scaled_sums, Reason.MERGE),
        (attacks.inflated_count, Reason.MERGE),
        (attacks.omitted_child, Reason.MISSING),
        (attacks.omitted_from_the_sum_only, Reason.MERGE),
        (attacks.duplicated_child, Reason.TWICE),
        (attacks.one_child_for_another, Reason.MISSING),
        (attacks.swapped_children, Reason.ORDER),
        (attacks.swapped_summaries, Reason.SIGNATURE),
        (attacks.unknown_child, Reason.UNKNOWN),
        (attacks.changed_summary, Reason.SIGNATURE),
        (attacks.negative_count, Reason.COUNT),
        (attacks.stale_child, Reason.EPOCH),
        (attacks.jumped_version, Reason.VERSION),
        (attacks.impossible_child, Reason.COUNT),
        (attacks.hollow_child, Reason.HASH),
        (attacks.inner_node_as_leaf, Reason.ENCODING),
    ],
)
def test_each_attack_is_refused_for_what_it_is(attack, reason):
    assert reason in reasons(attack(HONEST))


def test_an_attack_that_is_listed_is_tried_here():
    tried = [mark.args[1] for mark in test_each_attack_is_refused_for_what_it_is.pytestmark]
    assert [attack for attack, _ in tried[0]] == list(attacks.ATTACKS)


@pytest.mark.parametrize("number", range(NUMBERS))
def test_every_bit_of_a_childs_summary_counts(number):
    hash_, row = CHILD.commitment
    for bit in bits_of(number):
        liar = replace(CHILD, commitment=Commitment(hash_, flipped(row, bit)))
        wrong = reasons(forge([liar, *HONEST.children[1:]]))
        assert {Reason.SIGNATURE, Reason.HASH} <= wrong, bit


@pytest.mark.parametrize("number", range(NUMBERS))
def test_every_bit_of_the_merge_counts(number):
    for bit in bits_of(number):
        liar = forge(HONEST.children, flipped(HONEST.statement.commitment.row, bit))
        assert Reason.MERGE in reasons(liar), bit


@pytest.mark.parametrize("number", range(4))
def test_every_bit_of_a_hash_counts(number):
    hash_, row = HONEST.statement.commitment
    signer = KEYS.signer(LOCAL)
    for bit in bits_of(number):
        statement = state(signer, EPOCH, 0, Commitment(flipped(hash_, bit), row))
        assert reasons(show(signer, statement, HONEST.children)) == {Reason.HASH}, bit


@pytest.mark.parametrize("number", range(4))
def test_every_bit_of_a_childs_hash_counts_also_where_nothing_below_is_shown(number):
    child, *rest = REGIONAL.children
    hash_, row = child.commitment
    for bit in bits_of(number):
        changed = replace(child, commitment=Commitment(flipped(hash_, bit), row))
        assert reasons(forge([changed, *rest], name=Name(2, 1))) == {Reason.SIGNATURE}, bit


@pytest.mark.parametrize("field", ["author", "epoch", "version", "commitment", "signature"])
def test_every_field_of_a_statement_is_signed(field):
    assert field in [one.name for one in fields(CHILD)]
    other = replace(report(KEYS.signer(Name(0, 4)), EPOCH + 1, 26, agent_rows()[0], FEATURES))
    changed = replace(CHILD, **{field: getattr(other, field)})
    assert CHILD.is_signed(KEYS)
    assert not changed.is_signed(KEYS)


@given(st.integers(0, 8 * len(HONEST.message) - 1))
def test_every_bit_of_an_opening_is_signed(bit):
    signature = HONEST.signature
    assert KEYS.verify(LOCAL, HONEST.message, signature)
    assert not KEYS.verify(LOCAL, flipped(HONEST.message, bit), signature)


def test_a_signature_by_somebody_else_is_none():
    signer = KEYS.signer(Name(0, 4))
    stolen = replace(CHILD, signature=signer.sign(CHILD.message))
    assert check_statements([stolen], KEYS, KNOWN) == [Violation(CHILD.author, Reason.SIGNATURE)]


def test_an_opening_that_somebody_else_signed_is_refused():
    forged = replace(HONEST, signature=KEYS.signer(Name(1, 2)).sign(HONEST.message))
    assert reasons(forged) == {Reason.SIGNATURE}


def test_a_statement_of_a_stranger_is_refused():
    strange = report(KEYS.signer(Name(0, 99)), EPOCH, 25, agent_rows()[0], FEATURES)
    assert check_statements([strange], KEYS, KNOWN) == [Violation(Name(0, 99), Reason.UNKNOWN)]


def test_an_aggregator_that_numbers_its_versions_is_refused():
    signer = KEYS.signer(LOCAL)
    odd = state(signer, EPOCH, 1, HONEST.statement.commitment)
    assert check_statements([odd], KEYS, KNOWN) == [Violation(LOCAL, Reason.VERSION)]


def test_a_round_before_the_first_is_refused():
    early = state(KEYS.signer(LOCAL), -1, 0, HONEST.statement.commitment)
    assert check_statements([early], KEYS, KNOWN) == [Violation(LOCAL, Reason.EPOCH)]


def test_a_hash_that_means_nothing_is_refused():
    hollow = state(
        KEYS.signer(LOCAL), EPOCH, 0, Commitment(NOTHING, HONEST.statement.commitment.row)
    )
    assert check_statements([hollow], KEYS, KNOWN) == [Violation(LOCAL, Reason.HASH)]


def test_a_hash_of_another_length_is_refused():
    long = state(
        KEYS.signer(LOCAL), EPOCH, 0, Commitment(bytes(33), HONEST.statement.commitment.row)
    )
    assert check_statements([long], KEYS, KNOWN) == [Violation(LOCAL, Reason.ENCODING)]


def test_an_aggregator_without_children_is_refused():
    assert Reason.MISSING in reasons(forge([], claim=bytes(len(CHILD.commitment.row))))


def test_a_child_that_said_nothing_is_listed_as_absent():
    children = [absent(CHILD.author, EPOCH, FEATURES), *HONEST.children[1:]]
    assert is_absent(children[0], FEATURES)
    assert reasons(merge_and_show(KEYS.signer(LOCAL), EPOCH, children, FEATURES)) == set()


def test_a_group_of_which_nobody_said_anything_is_right():
    children = [absent(child.author, EPOCH, FEATURES) for child in HONEST.children]
    assert reasons(merge_and_show(KEYS.signer(LOCAL), EPOCH, children, FEATURES)) == set()


def test_an_absent_child_of_another_round_is_refused():
    children = [absent(CHILD.author, EPOCH - 1, FEATURES), *HONEST.children[1:]]
    assert reasons(forge(children)) == {Reason.EPOCH}


def test_everything_that_is_wrong_is_said_at_once():
    first, second, _ = HONEST.children
    liar = forge([second, first], claim=encode(agent_rows()[0], FEATURES))
    assert {Reason.MISSING, Reason.MERGE} <= reasons(liar)


def test_agents_that_are_seated_elsewhere_are_checked_where_they_sit():
    moved = registry(agents=np.arange(12)[::-1])
    shown = tree(known=moved).opening(1, 1, KEYS)
    assert [child.author.number for child in shown.children] == [8, 7, 6]
    assert check_opening(shown, KEYS, moved) == []
    assert reasons(shown) == {Reason.MISSING, Reason.UNKNOWN}


def test_a_liar_needs_no_more_than_its_own_key():
    rows = [child.commitment.row for child in HONEST.children]
    children = [child.commitment for child in HONEST.children]
    merged = merge(rows, FEATURES)
    assert forge(HONEST.children) == HONEST
    assert HONEST.statement.commitment.hash == node_hash(LOCAL, EPOCH, children, merged)
