"""A proof convicts who lied, before anybody, and never one who did not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.merkle.bounds import Reason
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import (
    Contradiction,
    Conviction,
    Impossible,
    WrongMerge,
    verify_fraud,
)
from sim.protocol.merkle.hashes import Commitment, leaf_hash
from sim.protocol.merkle.statements import (
    absent,
    merge_and_show,
    report,
    show,
    state,
)
from sim.protocol.merkle.tree import Lie, guilty
from sim.protocol.merkle.watchers import proofs_in
from sim.stats.moments import COUNT
from tests.protocol.merkle.attacks import ATTACKS
from tests.protocol.merkle.small import (
    COUNTS,
    EPOCH,
    FEATURES,
    KEYS,
    LOCAL,
    agent_rows,
    forge,
    opening,
    registry,
    row_of,
    tree,
)

KNOWN = registry()
HONEST = opening()
AGENT = HONEST.children[0]
NAMES = [Name(tier, seat) for tier, count in enumerate(COUNTS) for seat in range(count)]


def convict(proof):
    return verify_fraud(proof, KEYS, KNOWN)


def agent_says(version=26, epoch=EPOCH, seed=1, seat=3):
    signer = KEYS.signer(Name(0, seat))
    return report(signer, epoch, version, agent_rows(seed=seed)[seat], FEATURES)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.__name__)
def test_every_attack_is_convicted_by_what_the_liar_shows(attack):
    conviction = convict(WrongMerge(attack(HONEST)))
    assert (conviction.name, conviction.epoch) == (LOCAL, EPOCH)
    assert conviction.reasons


def test_two_statements_for_one_round_convict_their_author():
    proof = Contradiction(agent_says(seed=1), agent_says(seed=2))
    assert convict(proof) == Conviction(Name(0, 3), EPOCH, (Reason.EQUIVOCATION,))


def test_an_aggregator_that_shows_two_roots_is_convicted():
    other = opening(rows=agent_rows(seed=2)).statement
    conviction = convict(Contradiction(HONEST.statement, other))
    assert conviction == Conviction(LOCAL, EPOCH, (Reason.EQUIVOCATION,))


def test_saying_the_same_twice_is_no_crime():
    assert convict(Contradiction(agent_says(), agent_says())) is None


@pytest.mark.parametrize("version", [25, 26, 30, 45])
def test_versions_that_grow_as_fast_as_reports_can_are_no_crime(version):
    later = agent_says(version, EPOCH + 1)
    assert convict(Contradiction(agent_says(25), later)) is None


@pytest.mark.parametrize("version", [24, 46, 2**63 - 1])
def test_a_version_that_falls_or_leaps_convicts(version):
    proof = Contradiction(agent_says(version, EPOCH + 1), agent_says(25))
    assert convict(proof).reasons == (Reason.VERSION,)


def test_a_statement_that_cannot_be_true_convicts_its_author():
    row = agent_rows()[3]
    row[COUNT] = 10**9
    boast = report(KEYS.signer(Name(0, 3)), EPOCH, 26, row, FEATURES)
    assert convict(Impossible(boast)) == Conviction(Name(0, 3), EPOCH, (Reason.COUNT,))


def test_a_statement_under_another_hash_convicts_its_author():
    signer = KEYS.signer(Name(0, 3))
    other = state(signer, EPOCH, 26, Commitment(bytes([1] * 32), AGENT.commitment.row))
    assert convict(Impossible(other)).reasons == (Reason.HASH,)


@pytest.mark.parametrize(
    "proof",
    [
        Contradiction(HONEST.statement, replace(HONEST.statement, version=1)),
        Contradiction(AGENT, replace(AGENT, version=1)),
        Impossible(replace(AGENT, version=2**63 - 1)),
        WrongMerge(replace(HONEST, children=HONEST.children[1:])),
        WrongMerge(replace(HONEST, statement=replace(HONEST.statement, epoch=0))),
    ],
)
def test_what_the_accused_did_not_sign_proves_nothing(proof):
    assert convict(proof) is None


def test_two_authors_do_not_contradict_each_other():
    assert convict(Contradiction(agent_says(seat=3), agent_says(seat=4))) is None


def test_nothing_can_be_proved_of_somebody_without_a_seat():
    one = report(KEYS.signer(Name(0, 99)), EPOCH, 26, agent_rows()[0], FEATURES)
    two = report(KEYS.signer(Name(0, 99)), EPOCH, 26, agent_rows()[1], FEATURES)
    assert convict(Contradiction(one, two)) is None
    assert convict(Impossible(one)) is None


def test_an_honest_signature_does_not_fit_the_same_bytes_cut_up_otherwise():
    """Were parts run together without their lengths, this would convict an honest aggregator."""
    first, second, third = HONEST.children
    hash_, row = first.commitment
    longer = replace(first, commitment=Commitment(hash_ + row[:8], row[8:]))
    moved = replace(HONEST, children=(longer, second, third))
    assert b"".join(longer.commitment) == b"".join(first.commitment)
    assert convict(WrongMerge(moved)) is None
    assert convict(Impossible(longer)) is None


def honest_statements():
    """All that honest members of `small` ever sign: two rounds of everybody."""
    rounds = [tree(epoch=epoch) for epoch in (EPOCH, EPOCH + 1)]
    said = [one.statement(*name, KEYS) for one in rounds for name in NAMES]
    shown = [one.opening(*name, KEYS) for one in rounds for name in NAMES if name.tier]
    return said, shown


SAID, SHOWN = honest_statements()
LIARS = [Name(0, 3), Name(0, 8), Name(1, 2)]
ROWS = [row.astype("<i8").tobytes() for row in agent_rows(seed=9)]


@st.composite
def liars_statements(draw):
    """Anything that a liar can sign."""
    liar = draw(st.sampled_from(LIARS))
    epoch, version = draw(st.integers(EPOCH, EPOCH + 1)), draw(st.integers(0, 50))
    row = draw(st.sampled_from(ROWS))
    hash_ = leaf_hash(liar.number, epoch, version, row)
    return state(KEYS.signer(liar), epoch, version, Commitment(hash_, row))


@st.composite
def spoilt_statements(draw):
    """An honest statement with a field of another one, under whichever signature."""
    honest, other = draw(st.sampled_from(SAID)), draw(st.sampled_from(SAID))
    field = draw(st.sampled_from(["author", "epoch", "version", "commitment", "signature"]))
    return replace(honest, **{field: getattr(other, field)})


STATEMENTS = st.one_of(st.sampled_from(SAID), liars_statements(), spoilt_statements())


@st.composite
def openings(draw):
    """An honest opening, a spoilt one, or one that a liar made of any statements."""
    honest = draw(st.sampled_from(SHOWN))
    children = draw(st.lists(STATEMENTS, max_size=4))
    statement = draw(st.sampled_from([honest.statement, draw(STATEMENTS)]))
    liar = KEYS.signer(draw(st.sampled_from(LIARS)))
    made = [
        honest,
        replace(honest, children=tuple(children)),
        replace(honest, statement=statement),
        show(liar, statement, children),
        show(liar, honest.statement, honest.children),
    ]
    return draw(st.sampled_from(made))


PROOFS = st.one_of(
    st.builds(Contradiction, STATEMENTS, STATEMENTS),
    st.builds(Impossible, STATEMENTS),
    st.builds(WrongMerge, openings()),
)


@given(PROOFS)
def test_nobody_honest_is_ever_convicted(proof):
    conviction = convict(proof)
    assert conviction is None or conviction.name in LIARS


@given(st.lists(liars_statements(), min_size=3, max_size=3))
def test_an_honest_aggregator_that_refuses_is_not_convicted_whatever_its_children_say(children):
    """It lists what is right in form and bounds, and the others as absent."""
    seats = [Name(0, seat) for seat in (3, 4, 5)]
    said = {one.author: one for one in children if one.epoch == EPOCH}
    taken = [
        said[name]
        if name in said and convict(Impossible(said[name])) is None
        else absent(name, EPOCH, FEATURES)
        for name in seats
    ]
    shown = merge_and_show(KEYS.signer(LOCAL), EPOCH, taken, FEATURES)
    assert convict(WrongMerge(shown)) is None
    assert convict(Impossible(shown.statement)) is None


def lies_of(tier):
    """Each tier has numbers of its own, lest one lie make another true."""
    return st.builds(
        Lie,
        st.just(tier),
        st.integers(0, 1),
        dropped=st.sampled_from([(), (0,)]),
        invented=st.sampled_from([{}, {1: agent_rows(seed=10 + tier)[0]}]),
        claim=st.sampled_from([None, agent_rows(seed=20 + tier)[0]]),
    )


LIES = st.one_of(lies_of(1), lies_of(2))


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(LIES, max_size=3, unique_by=lambda lie: (lie.tier, lie.seat)))
def test_in_a_tree_those_are_convicted_who_forged_and_no_others(lies):
    committed = tree(lies=lies)
    forgers = {(lie.tier, lie.seat) for lie in lies if lie.invented or lie.claim is not None}
    masks = guilty(committed)
    found = {(tier, int(seat)) for tier, mask in enumerate(masks) for seat in mask.nonzero()[0]}
    convicted = {
        name
        for name in NAMES
        if name.tier and convict(WrongMerge(committed.opening(*name, KEYS))) is not None
    }
    assert found == forgers == {tuple(name) for name in convicted}
    assert list(proofs_in(committed, KEYS)) == sorted(convicted)


def test_an_agent_that_boasts_is_guilty_and_its_parent_is_not():
    rows = agent_rows()
    rows[4, COUNT] = 10**9
    committed = tree(rows)
    assert [mask.nonzero()[0].tolist() for mask in guilty(committed)] == [[4], [], [], []]
    assert proofs_in(committed, KEYS) == {Name(0, 4): Impossible(committed.statement(0, 4, KEYS))}
    assert convict(proofs_in(committed, KEYS)[Name(0, 4)]).name == Name(0, 4)
    assert convict(WrongMerge(committed.opening(1, 1, KEYS))) is None


def test_a_parent_that_takes_in_a_boast_is_guilty_too():
    rows = agent_rows()
    rows[4, COUNT] = 10**9
    boast = report(KEYS.signer(Name(0, 4)), EPOCH, 26, rows[4], FEATURES)
    first, _, third = HONEST.children
    accomplice = forge([first, boast, third])
    assert convict(WrongMerge(accomplice)).name == LOCAL
    assert row_of(accomplice.statement.commitment)[COUNT] > 10**9
