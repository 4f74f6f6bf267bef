"""No schedule breaks the invariants, and each invariant catches a keeper that is wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InvariantViolated
from sim.protocol.agreement.contract import Membership
from sim.protocol.alerts.contract import AlertState, State, vouched
from sim.protocol.alerts.keeper import Keeper
from sim.protocol.alerts.messages import Content, Knowledge
from sim.protocol.committee import Committee
from tests.protocol.alerts.schedule import CORRECT, Schedule, check
from tests.protocol.alerts.small import COMMITTEE, NOTARY, RAISERS, alert, certificate, keeper

steps = st.lists(
    st.tuples(
        st.sampled_from(["raise", "lie", "timer", "expire", "deliver", "repeat", "lose"]),
        st.integers(0, 50),
        st.sampled_from(CORRECT),
        st.integers(0, 1),
        st.integers(0, 1),
    ),
    max_size=40,
)


@given(steps)
@settings(max_examples=150)
def test_no_schedule_commits_twice_loses_an_alert_or_takes_a_state_back(script):
    schedule = Schedule()
    for step in script:
        schedule.step(*step)
    schedule.settle()
    check(schedule)


def made(kind, committee=COMMITTEE):
    def make(member):
        seal = NOTARY.seal(member)
        return kind(Membership(committee, member, seal, NOTARY), raisers=RAISERS)

    return make


class VouchesForAll(Keeper):
    """Signs every content of an alert, not only the first."""

    def _take(self, alerts, now_ns):
        effects = super()._take(alerts, now_ns)
        for entry in self.ledger:
            for said, vouching in entry.contents.items():
                if entry.is_open and self._me.member not in vouching.votes:
                    signed = (self._me.seal.sign(vouched(said)),)
                    own = Knowledge((Content(vouching.alert, signed),))
                    self.ledger.merge(own, now_ns)
                    effects += self._tell([own])
        return effects


class Forgets(Keeper):
    """Drops what has expired."""

    def on_timer(self, name, now_ns):
        effects = super().on_timer(name, now_ns)
        if name.startswith("expire"):
            self.ledger.entries.clear()
            self.ledger._fingerprints = None
        return effects


class KeepsToItself(Keeper):
    """Never answers a summary that differs."""

    def _compare(self, summary):
        return []


class Wavers(Keeper):
    """Shows a committed alert as expired when its time is over."""

    def _state(self, entry, now_ns):
        state = super()._state(entry, now_ns)
        late = now_ns - entry.held_since_ns >= 2 * 10**9
        return AlertState(entry.alert, State.EXPIRED) if late else state


def played(make, *script):
    schedule = Schedule(make)
    for step in script:
        schedule.step(*step)
    return schedule


def test_keepers_that_vouch_for_both_contents_are_caught():
    schedule = played(
        made(VouchesForAll),
        *[("raise", 0, 0, 0, 0), ("raise", 0, 1, 0, 1), ("raise", 0, 2, 0, 1)],
        *[("deliver", 0, 0, 0, 0)] * 12,
    )
    schedule.settle()
    with pytest.raises(InvariantViolated, match="two contents"):
        check(schedule)


def test_a_quorum_that_is_too_small_is_caught():
    class Hasty(Committee):
        quorum = 2

    schedule = played(made(Keeper, Hasty(COMMITTEE.names, 1)), ("raise", 0, 0, 0, 0))
    schedule.settle()
    with pytest.raises(InvariantViolated, match="without a quorum"):
        check(schedule)


def test_a_keeper_that_forgets_what_expired_is_caught():
    schedule = played(made(Forgets), ("raise", 0, 0, 0, 0))
    schedule.settle()
    schedule.step("expire", 0, 1, 0, 0)
    with pytest.raises(InvariantViolated, match="is lost at root-0/1"):
        check(schedule)


def test_keepers_that_do_not_compare_their_ledgers_are_caught():
    lost = [("raise", 0, 0, 0, 0), *[("lose", 0, 0, 0, 0)] * 2]
    check_after(keeper, lost)
    with pytest.raises(InvariantViolated, match=r"is lost at root-0/1, root-0/2"):
        check_after(made(KeepsToItself), lost)


def check_after(make, script):
    schedule = played(make, *script)
    schedule.settle()
    check(schedule)


def test_a_keeper_that_takes_a_commitment_back_is_caught():
    schedule = played(made(Wavers), ("raise", 0, 0, 0, 0))
    schedule.settle()
    schedule.step("expire", 0, 1, 0, 0)
    with pytest.raises(InvariantViolated, match="expired after committed"):
        check(schedule)


def test_a_certificate_of_another_content_is_no_proof():
    from sim.protocol.alerts.checks import check_commitments

    borrowed = AlertState(alert("one"), State.COMMITTED, certificate=certificate(alert("other")))
    with pytest.raises(InvariantViolated, match="without a quorum"):
        check_commitments({"root-0/0": [borrowed]}, COMMITTEE, NOTARY)
