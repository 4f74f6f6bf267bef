"""When a member votes, and what a leader counts: one rule a test, on the parts by themselves."""

from dataclasses import replace

import pytest

from sim.protocol.agreement.contract import Membership, Propose
from sim.protocol.agreement.hotstuff.certificates import Phase, combine, is_certified, statement
from sim.protocol.agreement.hotstuff.leader import Leadership
from sim.protocol.agreement.hotstuff.messages import (
    Commit,
    Decide,
    Decision,
    Fetch,
    NewView,
    PreCommit,
    Prepare,
    Vote,
)
from sim.protocol.agreement.hotstuff.node import HotStuff
from sim.protocol.agreement.hotstuff.voter import Voter
from sim.protocol.committee import Committee
from sim.protocol.effects import Output, Send
from sim.protocol.messages import HEADER_BYTES
from sim.protocol.signatures import Notary
from tests.protocol.net import value

A, B = value("a"), value("b")
SLOT = 5
NOTARY = Notary(b"a secret of the test", 4)
SELF = Membership(Committee(tuple("abcd"), 1), 0, NOTARY.seal(0), NOTARY)


def signed(phase, view, one, members=(0, 1, 2), slot=SLOT):
    said = statement(phase, view, slot, one.digest)
    votes = {member: NOTARY.seal(member).sign(said) for member in members}
    return combine(phase, view, slot, one.digest, votes, threshold=True)


def vote(member, one, phase=Phase.PREPARE, view=0):
    signature = NOTARY.seal(member).sign(statement(phase, view, SLOT, one.digest))
    return Vote(member, phase, view, SLOT, one.digest, signature)


def locked_on_a(view=1):
    """A voter that has seen a quorum pre-commit a in this view."""
    voter = Voter(SELF, SLOT)
    assert voter.on_prepare(Prepare(1, view, SLOT, A))
    assert voter.on_pre_commit(PreCommit(1, signed(Phase.PREPARE, view, A)))
    assert voter.on_commit(Commit(1, signed(Phase.PRE_COMMIT, view, A)))
    return voter


def leading(*new_views):
    leader = Leadership(SELF, 2, SLOT)
    return [leader.on_new_view(one, B) for one in new_views][-1]


def test_a_locked_member_votes_for_its_value_again():
    assert locked_on_a().on_prepare(Prepare(2, 2, SLOT, A))


def test_a_locked_member_votes_for_no_other_value_without_a_reason():
    assert locked_on_a().on_prepare(Prepare(2, 2, SLOT, B)) is None


@pytest.mark.parametrize(("high_view", "is_enough"), [(0, False), (1, False), (2, True)])
def test_only_a_certificate_from_a_view_after_the_lock_unlocks(high_view, is_enough):
    proposal = Prepare(3, 3, SLOT, B, signed(Phase.PREPARE, high_view, B))
    assert (locked_on_a(view=1).on_prepare(proposal) is not None) == is_enough


def test_a_member_votes_once_in_a_phase_and_never_for_an_earlier_one():
    voter = locked_on_a(view=1)
    assert voter.on_pre_commit(PreCommit(1, signed(Phase.PREPARE, 1, A))) is None
    assert voter.on_commit(Commit(1, signed(Phase.PRE_COMMIT, 1, A))) is None
    assert voter.on_prepare(Prepare(0, 0, SLOT, A)) is None


def test_a_value_that_is_not_acceptable_gets_no_vote_unless_a_quorum_prepared_it():
    picky = replace(SELF, acceptable=lambda slot, one: one == A)
    assert Voter(picky, SLOT).on_prepare(Prepare(1, 1, SLOT, B)) is None
    assert Voter(picky, SLOT).on_prepare(Prepare(1, 1, SLOT, A))
    prepared = Prepare(1, 1, SLOT, B, signed(Phase.PREPARE, 0, B))
    assert Voter(picky, SLOT).on_prepare(prepared)


@pytest.mark.parametrize(
    "high",
    [
        signed(Phase.PREPARE, 0, B, members=(0, 1)),
        signed(Phase.PREPARE, 0, B, members=(0, 1, 2, 3)),
        signed(Phase.PREPARE, 0, A),
        signed(Phase.PREPARE, 0, B, slot=SLOT - 1),
        signed(Phase.PREPARE, 2, B),
        signed(Phase.PRE_COMMIT, 0, B),
        replace(signed(Phase.PRE_COMMIT, 0, B), phase=Phase.PREPARE),
        replace(signed(Phase.PREPARE, 0, B), view=1),
        replace(signed(Phase.PREPARE, 0, A), value=B.digest),
        replace(signed(Phase.PREPARE, 0, B, slot=SLOT - 1), slot=SLOT),
    ],
)
def test_nothing_but_a_whole_certificate_for_this_very_value_justifies_it(high):
    assert Voter(SELF, SLOT).on_prepare(Prepare(2, 2, SLOT, B, high)) is None
    asked = [NewView(member, 2, SLOT, high, B) for member in range(3)]
    assert leading(*asked) is None


def test_one_signature_three_times_is_no_certificate():
    one = signed(Phase.COMMIT, 0, A, members=(2,))
    proof = replace(one.proof, signatures=one.proof.signatures * 3)
    assert not is_certified(replace(one, proof=proof), Phase.COMMIT, SELF)
    assert is_certified(signed(Phase.COMMIT, 0, A), Phase.COMMIT, SELF)


def test_a_leader_waits_for_a_quorum_of_different_members():
    asked = [NewView(member, 2, SLOT) for member in (0, 1, 1)]
    assert leading(*asked) is None
    assert leading(*asked, NewView(3, 2, SLOT)) == Prepare(0, 2, SLOT, B)


def test_a_leader_proposes_what_the_highest_certificate_demands_and_shows_it():
    low, high = signed(Phase.PREPARE, 0, B), signed(Phase.PREPARE, 1, A)
    asked = [NewView(1, 2, SLOT, high, A), NewView(2, 2, SLOT, low, B), NewView(3, 2, SLOT)]
    assert leading(*asked) == Prepare(0, 2, SLOT, A, high)


def counting(*votes):
    leader = Leadership(SELF, 0, SLOT)
    for member in range(3):
        leader.on_new_view(NewView(member, 0, SLOT), A)
    return [leader.on_vote(one) for one in votes][-1]


@pytest.mark.parametrize(
    ("phase", "kind"),
    [(Phase.PREPARE, PreCommit), (Phase.PRE_COMMIT, Commit), (Phase.COMMIT, Decide)],
)
def test_a_quorum_of_votes_ends_a_phase(phase, kind):
    votes = [vote(member, A, phase) for member in (3, 0, 2)]
    assert counting(*votes) == kind(0, signed(phase, 0, A, members=(0, 2, 3)))
    assert counting(*votes, vote(1, A, phase)) is None, "and is told once"


@pytest.mark.parametrize(
    "bad",
    [
        vote(2, B),
        vote(2, A, view=1),
        vote(2, A, Phase.COMMIT),
        replace(vote(2, A, Phase.COMMIT), phase=Phase.PREPARE),
        replace(vote(1, A), sender=2),
        replace(vote(2, A), signature=vote(2, B).signature),
        vote(1, A),
    ],
)
def test_a_vote_that_is_not_the_members_own_for_this_does_not_count(bad):
    assert counting(vote(0, A), vote(1, A), bad) is None
    assert counting(vote(0, A), vote(1, A), bad, vote(3, A)) is not None


def test_a_certificate_costs_one_signature_or_by_option_a_quorum():
    one = signed(Phase.PREPARE, 0, A)
    many = replace(one, threshold=False)
    assert (Decide(0, one).signatures, Decide(0, many).signatures) == (1, 3)
    assert Decide(0, one).size_bytes == HEADER_BYTES + 32 + 64
    assert Decide(0, many).size_bytes == HEADER_BYTES + 32 + 3 * 64


def test_the_option_is_heeded_by_leaders():
    leader = Leadership(replace(SELF, options={"threshold_signatures": False}), 0, SLOT)
    for member in range(3):
        leader.on_new_view(NewView(member, 0, SLOT), A)
    told = [leader.on_vote(vote(member, A)) for member in range(3)][-1]
    assert told.signatures == 3


def test_what_carries_a_value_is_as_large_as_the_value():
    large = replace(A, size_bytes=10_000)
    assert Prepare(0, 0, SLOT, large).size_bytes == HEADER_BYTES + 32 + 10_000
    assert NewView(0, 0, SLOT).size_bytes == HEADER_BYTES


def member_0(**options):
    """A node that wants slot 1, as member 0; the network is the test."""
    node = HotStuff(replace(SELF, options=options))
    node.start(0)
    node.on_message(Propose(1, B), 0)
    return node


def put_out(effects):
    return [effect.event.value for effect in effects if isinstance(effect, Output)]


def said(effects):
    return [effect.message for effect in effects if isinstance(effect, Send)]


def test_a_decision_is_believed_for_its_certificate_and_not_for_its_sender():
    proof = signed(Phase.COMMIT, 0, A, slot=1)
    prepared = signed(Phase.PREPARE, 0, A, slot=1)
    for wrong in (Decision(3, B, proof, 1), Decision(3, A, prepared, 1)):
        assert member_0().on_message(wrong, 0) == []
    assert put_out(member_0().on_message(Decision(3, A, proof, 1), 0)) == [A]


def test_a_certificate_of_a_later_view_takes_a_member_there_with_what_it_had_put_by():
    node = member_0()
    assert node.on_message(Prepare(1, 1, 1, A), 0) == []
    told = said(node.on_message(PreCommit(1, signed(Phase.PREPARE, 1, A, slot=1)), 0))
    assert [type(one) for one in told] == [NewView, Vote, Vote]
    assert [one.phase for one in told[1:]] == [Phase.PREPARE, Phase.PRE_COMMIT]


def test_a_late_message_does_not_displace_a_newer_one_that_waits():
    node = member_0()
    node.on_message(Prepare(1, 1, 1, A), 0)
    node.on_message(PreCommit(3, signed(Phase.PREPARE, 3, A, slot=1)), 0)
    node.on_message(Prepare(1, 5, 1, B), 0)
    assert node.on_message(Prepare(1, 4, 1, A), 0) == []
    told = said(node.on_message(Commit(1, signed(Phase.PRE_COMMIT, 5, B, slot=1)), 0))
    assert Phase.COMMIT in [one.phase for one in told if isinstance(one, Vote)]


def test_as_many_decisions_are_kept_as_the_option_says():
    node = member_0(kept=2)
    for slot in (1, 2, 3):
        node.on_message(Decision(3, A, signed(Phase.COMMIT, 0, A, slot=slot), 0), 0)
    assert [len(node.on_message(Fetch(3, slot), 0)) for slot in (1, 2, 3)] == [0, 1, 1]


def test_a_member_that_restarts_asks_its_leader_again():
    node = member_0()
    assert [type(one) for one in said(node.start(0))] == [NewView]
