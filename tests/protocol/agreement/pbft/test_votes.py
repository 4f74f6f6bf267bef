import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.agreement.pbft.messages import Commit, Prepare
from sim.protocol.agreement.pbft.slots import DIGESTS_MAX, Slot, Votes
from tests.protocol.agreement.pbft.nets import network
from tests.reference.pbft import count_votes

DIGESTS = (b"", b"x", b"y", b"z")
VOTES = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(DIGESTS)), max_size=12)


@given(VOTES)
def test_votes_are_counted_once_a_member(cast):
    votes = Votes()
    for member, digest in cast:
        votes.add(member, digest)
    assert {digest: votes.of(digest) for digest in DIGESTS} == count_votes(cast, DIGESTS)


@pytest.mark.parametrize("kind", [Prepare, Commit])
def test_a_node_counts_like_its_votes(kind):
    node = network().hosts[0].node
    phase = "prepares" if kind is Prepare else "commits"

    @given(VOTES)
    def check(cast):
        node._slots.clear()
        node._slots[1] = Slot(1)
        for member, digest in cast:
            node.on_message(kind(member, 0, 1, digest), 0)
        votes = getattr(node._slots[1], phase)
        assert {digest: votes.of(digest) for digest in DIGESTS} == count_votes(cast, DIGESTS)

    check()


def test_a_slot_remembers_the_latest_values_that_were_accepted():
    slot = Slot(1)
    for view in range(DIGESTS_MAX + 4):
        slot.accept(view, b"%d" % view)
    slot.accept(100, b"5")
    claims = slot.preprepared_claims()
    assert len(claims) == DIGESTS_MAX
    assert claims[-1].view == 100
    assert [claim.digest for claim in claims].count(b"5") == 1
