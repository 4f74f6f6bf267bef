"""Ledgers: merging in any order gives the same, and what is not genuine is left out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.alerts.ledger import Ledger, certified_by
from sim.protocol.alerts.messages import Content, Knowledge
from sim.protocol.signatures import Certificate, Signature
from tests.protocol.alerts.small import (
    COMMITTEE,
    NOTARY,
    RAISERS,
    alert,
    certificate,
    known,
    taken_back,
    vote,
)
from tests.reference.alerts import SetOfAlerts


def ledger(*knowledge):
    made = Ledger(COMMITTEE, NOTARY, RAISERS, certified_by(COMMITTEE, NOTARY))
    for one in knowledge:
        made.merge(one, 0)
    return made


def committed(made):
    return {key: entry.committed for key, entry in made.entries.items() if entry.committed}


ALERTS = [alert("a", 0), alert("b", 1), alert("c", 0, "regional-1")]
FACTS = [known(one, *voters) for one in ALERTS for voters in [(), (0,), (1,), (2, 3), (3,)]]
FACTS += [known(ALERTS[1], certificate=certificate(ALERTS[1]))]
FACTS += [known(ALERTS[2], retraction=taken_back(ALERTS[2]))]


@given(st.lists(st.sampled_from(FACTS), max_size=12), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(facts, chance):
    shuffled = facts + facts[: len(facts) // 2]
    chance.shuffle(shuffled)
    assert ledger(*facts).digest == ledger(*shuffled).digest


@given(st.lists(st.sampled_from(FACTS), max_size=12))
def test_a_ledger_holds_and_commits_what_plain_sets_do(facts):
    plain = SetOfAlerts(COMMITTEE.quorum)
    for fact in facts:
        plain.learn(fact)
    made = ledger(*facts)
    assert set(made.entries) == plain.held
    assert set(committed(made)) == plain.committed
    assert {key for key, one in made.entries.items() if one.retraction} == plain.retracted


@given(st.lists(st.sampled_from(FACTS), max_size=8), st.lists(st.sampled_from(FACTS), max_size=8))
def test_one_exchange_in_each_direction_levels_two_ledgers(mine, theirs):
    one, other = ledger(*mine), ledger(*theirs)
    for fact in list(one.beyond(dict(other.fingerprints()))):
        other.merge(fact, 0)
    for fact in list(other.beyond(dict(one.fingerprints()))):
        one.merge(fact, 0)
    assert one.digest == other.digest
    assert not list(one.beyond(dict(other.fingerprints())))


def test_equal_ledgers_have_nothing_to_tell():
    made = ledger(*FACTS)
    assert list(made.beyond(dict(made.fingerprints()))) == []


FORGED = alert()
NOT_GENUINE = {
    "in another's name": replace(FORGED, raiser="regional-1"),
    "by a stranger": replace(FORGED, raiser="nobody"),
    "unsigned": replace(FORGED, signature=None),
    "changed": replace(FORGED, subject="all is well"),
    "beyond the quota": alert(number=10),
    "before the first": alert(number=-1),
    "of a time without digits": replace(FORGED, raised_ns=10**5000),
    "endless": alert("x" * 1000),
}


@pytest.mark.parametrize("content", NOT_GENUINE.values(), ids=NOT_GENUINE)
def test_an_alert_that_its_raiser_cannot_have_raised_is_not_held(content):
    assert not ledger(Knowledge((Content(content),))).entries


BAD_CERTIFICATES = {
    "too few": certificate(FORGED, (0, 1)),
    "one signer twice": Certificate(
        certificate(FORGED).digest, tuple(vote(one, FORGED) for one in (0, 1, 1))
    ),
    "of another alert": certificate(alert("other")),
    "invented": Certificate(
        certificate(FORGED).digest, tuple(Signature(one, b"?" * 32) for one in range(3))
    ),
}


@pytest.mark.parametrize("claimed", BAD_CERTIFICATES.values(), ids=BAD_CERTIFICATES)
def test_a_bad_certificate_commits_nothing(claimed):
    assert not committed(ledger(known(FORGED, certificate=claimed)))


def test_votes_for_one_content_do_not_count_for_another():
    one, other = alert("one"), alert("other")
    contents = Knowledge((Content(one, tuple(vote(member, other) for member in range(4))),))
    assert not committed(ledger(contents))


def test_a_certificate_commits_even_a_content_that_found_no_room():
    contents = [alert(name) for name in ("first", "second", "third")]
    made = ledger(
        *(known(one) for one in contents), known(contents[2], certificate=certificate(contents[2]))
    )
    assert committed(made) == {contents[2].id: contents[2]}


def test_of_a_lying_raiser_two_contents_are_kept_and_no_more():
    made = ledger(*(known(alert(f"content {number}")) for number in range(50)))
    assert [len(entry.contents) for entry in made] == [2]


@pytest.mark.parametrize(
    "claimed",
    [taken_back(FORGED, (0, 1)), taken_back(alert(number=3))],
    ids=["too few signatures", "of another alert"],
)
def test_a_retraction_without_proof_changes_nothing(claimed):
    (entry,) = ledger(known(FORGED, retraction=claimed))
    assert entry.retraction is None
