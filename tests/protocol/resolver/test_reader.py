"""Who gets an answer, and what it says of its age."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InvariantViolated
from sim.protocol.merkle.attestation import Integrity
from sim.protocol.resolver.checks import check_read
from sim.protocol.resolver.contract import Policy, Prefer, ReadClass
from sim.protocol.resolver.drift import RandomWalk
from tests.protocol.resolver.small import SECOND, certificate, held, reader

CONSISTENT = Prefer.CONSISTENCY
STILL = RandomWalk(np.zeros(2))


def test_availability_answers_long_after_the_bound_and_says_so():
    read = reader(STILL).read(held(), 60 * SECOND)
    assert read.answered
    assert not read.within_bound
    assert read.age_ns == 60 * SECOND


@pytest.mark.parametrize(("read_class", "bound_s"), [("baseline", 5), ("anomaly", 1)])
def test_each_class_has_its_own_bound(read_class, bound_s):
    asked = reader(STILL, ReadClass(read_class))
    assert asked.read(held(), bound_s * SECOND).within_bound
    assert not asked.read(held(), bound_s * SECOND + 1).within_bound


REFUSALS = {
    "older than the bound": held(-6 * SECOND, certificate=certificate()),
    "disputed": held(certificate=certificate(), integrity=Integrity.DISPUTED),
    "no quorum stands behind it": held(),
    "nothing is held": None,
}


@pytest.mark.parametrize(("reason", "known"), REFUSALS.items(), ids=REFUSALS)
def test_consistency_refuses_with_a_reason(reason, known):
    read = reader(STILL, prefer=CONSISTENT).read(known, 0)
    assert not read.answered
    assert read.reason == reason
    assert read.value is None


@pytest.mark.parametrize(
    "proof",
    [
        {"certificate": certificate((0, 1))},
        {"certificate": certificate(signed=b"of something else")},
        {"confirmed_by": (0, 1)},
        {"confirmed_by": (0, 0, 0)},
        {"confirmed_by": (0, 1, 9)},
    ],
    ids=["too few", "another digest", "two members", "one member", "a stranger"],
)
def test_no_quorum_stands_behind_a_bad_proof(proof):
    assert not reader(STILL, prefer=CONSISTENT).read(held(**proof), 0).answered


@pytest.mark.parametrize("proof", [{"certificate": certificate()}, {"confirmed_by": (0, 1, 3)}])
def test_consistency_answers_with_what_a_quorum_stands_behind(proof):
    assert reader(STILL, prefer=CONSISTENT).read(held(**proof), SECOND).answered


def test_even_availability_has_no_answer_if_nothing_is_held():
    read = reader(STILL).read(None, 0)
    assert (read.answered, read.age_ns, read.within_bound) == (False, None, False)


def test_the_age_allows_for_clocks_that_differ():
    read = reader(STILL, skew_ns=SECOND).read(held(), 4 * SECOND + 1)
    assert read.age_ns == 5 * SECOND + 1
    assert not read.within_bound


def test_what_seems_to_come_from_the_future_is_not_younger_than_new():
    assert reader(STILL).read(held(7 * SECOND), 0).age_ns == 0


def test_alerts_have_no_bound_and_are_not_read_like_this():
    with pytest.raises(ValueError, match="alerts have no bound"):
        Policy(ReadClass.ALERT)


@pytest.mark.parametrize("wish", [{"bound_ns": 0}, {"skew_ns": -1}, {"level": 1.0}])
def test_a_policy_that_makes_no_sense_is_refused(wish):
    with pytest.raises(ValueError, match="no reader can follow"):
        Policy(ReadClass.BASELINE, **wish)


instants = st.integers(-(10**12), 10**12)


@st.composite
def reads(draw):
    """Any read by anybody of anything, and how old its oldest source truly is."""
    policy = Policy(
        draw(st.sampled_from([ReadClass.BASELINE, ReadClass.ANOMALY])),
        draw(st.sampled_from(Prefer)),
        bound_ns=draw(st.none() | st.integers(1, 10**11)),
        skew_ns=draw(st.integers(0, 10**10)),
    )
    oldest_ns, now_ns = draw(instants), draw(instants)
    known = held(
        oldest_ns,
        mean_born_ns=oldest_ns + draw(st.integers(0, 10**10)),
        coverage=draw(st.floats(0, 1)),
        missing_sd=draw(st.none() | st.just(np.array([0.5, 0.0]))),
        certificate=draw(st.none() | st.just(certificate())),
        integrity=draw(st.sampled_from(Integrity)),
    )
    drift = draw(st.none() | st.just(RandomWalk(np.array([0.1, 0.0]), degrees=3)))
    asked = replace(reader(), policy=policy, drift=drift)
    return policy, asked.read(draw(st.just(known) | st.none()), now_ns), now_ns - oldest_ns


@given(reads())
def test_whatever_is_held_no_read_older_than_its_bound_says_it_is_within(drawn):
    policy, read, true_age_ns = drawn
    check_read(read, policy, true_age_ns)
    if true_age_ns > policy.bound:
        assert not read.within_bound
        assert not (read.answered and policy.prefer is CONSISTENT)


GOOD = reader(STILL, prefer=CONSISTENT).read(held(certificate=certificate()), SECOND)
OLD = reader(STILL).read(held(), 9 * SECOND)
LIES = {
    "bounded but old": (replace(OLD, within_bound=True), None),
    "old but bounded": (replace(GOOD, within_bound=False), None),
    "consistent beyond its bound": (replace(OLD, within_bound=False), None),
    "younger than it is": (GOOD, SECOND + 1),
    "from the future": (replace(GOOD, age_ns=-1), None),
    "of more than everybody": (replace(GOOD, coverage=1.1), None),
    "outside its interval": (replace(GOOD, low=GOOD.value + 1), None),
    "answered without an interval": (replace(GOOD, high=None), None),
    "refused without a reason": (replace(GOOD, answered=False, value=None), None),
    "refused with a value": (replace(GOOD, answered=False, reason="no"), None),
}


@pytest.mark.parametrize(("read", "true_age_ns"), LIES.values(), ids=LIES)
def test_a_read_that_claims_what_is_not_so_is_caught(read, true_age_ns):
    with pytest.raises(InvariantViolated):
        check_read(read, Policy(ReadClass.BASELINE, CONSISTENT), true_age_ns)


def test_an_honest_read_passes():
    check_read(GOOD, Policy(ReadClass.BASELINE, CONSISTENT), SECOND)
