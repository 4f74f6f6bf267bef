from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.agreement.pbft.checkpoints import GENESIS
from sim.protocol.agreement.pbft.choice import choose
from sim.protocol.agreement.pbft.messages import Prepared, PrePrepared, Stable, ViewChange
from sim.protocol.committee import Committee
from sim.protocol.signatures import Signature
from tests.protocol.net import value
from tests.reference.pbft import chosen_digest

COMMITTEE = Committee(tuple("abcd"), 1)
VALUES = [value(text) for text in "xyz"]
X, Y, _ = VALUES
UNSIGNED = Signature(0, b"")
CLAIM = st.tuples(st.integers(0, 3), st.sampled_from(VALUES))
MEMBERS = st.lists(
    st.tuples(st.none() | CLAIM, st.lists(CLAIM, max_size=3, unique_by=lambda claim: claim[1])),
    min_size=3,
    max_size=4,
)


def change(member, prepared=None, accepted=(), *, slot=1, stable=GENESIS):
    claims = () if prepared is None else (Prepared(slot, *prepared),)
    vouched = tuple(PrePrepared(slot, view, about.digest) for view, about in accepted)
    return ViewChange(member, 9, stable, claims, vouched, UNSIGNED)


@given(MEMBERS)
def test_each_slot_is_chosen_as_the_paper_says(members):
    plan = choose([change(n, *claims) for n, claims in enumerate(members)], COMMITTEE)
    expected = chosen_digest(
        [claim and (claim[0], claim[1].digest) for claim, _ in members],
        [{(view, about.digest) for view, about in accepted} for _, accepted in members],
        COMMITTEE.quorum,
        COMMITTEE.one_correct,
    )
    if plan is None:
        assert expected == "wait"
    else:
        assert expected == (plan.values[1].digest if plan.values else "free")


def test_a_value_that_one_correct_member_prepared_survives():
    changes = [
        change(1, (0, X), [(0, X)]),
        change(2, None, [(0, X)]),
        change(3, None, []),
    ]
    assert choose(changes, COMMITTEE).values == {1: X}


def test_a_liar_alone_cannot_bring_in_a_value():
    changes = [change(0, (5, Y), [(5, Y)]), change(1), change(2)]
    assert choose(changes, COMMITTEE) is None
    assert choose([*changes, change(3)], COMMITTEE).values == {}


def test_a_liar_alone_cannot_displace_a_prepared_value():
    changes = [
        change(0, (5, Y), [(5, Y)]),
        change(1, (2, X), [(2, X)]),
        change(2, (2, X), [(2, X)]),
    ]
    assert choose(changes, COMMITTEE) is None
    assert choose([*changes, change(3, None, [(2, X)])], COMMITTEE).values == {1: X}


def test_the_value_of_the_latest_view_wins():
    changes = [
        change(1, (0, X), [(0, X)]),
        change(2, (3, Y), [(3, Y)]),
        change(3, None, [(3, Y)]),
    ]
    assert choose(changes, COMMITTEE).values == {1: Y}


def test_slots_before_the_latest_checkpoint_are_not_chosen_again():
    later = Stable(16, b"state", None)
    changes = [change(n, (0, X), [(0, X)]) for n in range(2)] + [change(2, stable=later)]
    plan = choose(changes, COMMITTEE)
    assert (plan.stable, plan.values) == (later, {})
