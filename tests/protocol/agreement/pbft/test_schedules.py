from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.agreement.pbft import views
from sim.protocol.agreement.pbft.choice import Plan
from sim.protocol.agreement.pbft.node import PBFT
from tests.protocol.agreement.pbft.schedule import CORRECT, Adversary

SLOTS = 5
CHOICES = st.lists(st.integers(0, 1 << 26), max_size=300)


def play(choices, make=PBFT):
    """Safety is checked on the way; whether all finished is the answer."""
    adversary = Adversary(SLOTS, make)
    for chosen in choices:
        adversary.step(chosen)
    adversary.finish()
    return {len(adversary.decided[member]) for member in CORRECT} == {SLOTS}


def long_history(seed):
    random = Random(seed)
    return [random.randrange(1 << 26) for _ in range(random.choice((150, 800, 2000)))]


@settings(max_examples=100)
@given(CHOICES)
def test_no_schedule_and_no_liar_breaks_agreement_and_the_correct_members_finish(choices):
    assert play(choices)


@pytest.mark.slow
def test_long_histories_are_as_safe_and_as_live():
    assert all(play(long_history(seed)) for seed in range(60))


class Forgetful(PBFT):
    """A mutant that does not say what was prepared when it gives up a view."""

    def _give_up(self, view, now_ns):
        for slot in self._slots.values():
            slot.prepared = None
        return super()._give_up(view, now_ns)


class Credulous(PBFT):
    """A mutant that takes over what a single member says was decided."""

    def __init__(self, membership):
        super().__init__(membership)
        self._answers._one_correct = 1


class Impatient(PBFT):
    """A mutant that waits for f + 1 votes where a quorum is needed."""

    def __init__(self, membership):
        super().__init__(membership)
        self._quorum = membership.committee.one_correct


class Counting(PBFT):
    """A mutant that counts every vote, however often a member votes."""

    def on_message(self, message, now_ns):
        slot = self._slots.get(getattr(message, "slot", 0))
        if slot is not None:
            slot.prepares.voters = slot.commits.voters = 0
        return super().on_message(message, now_ns)


def is_caught(make=PBFT):
    for seed in range(100):
        try:
            play(long_history(seed), make)
        except AssertionError:
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("mutant", [Forgetful, Credulous, Impatient, Counting])
def test_the_adversary_finds_the_mistake_in(mutant):
    assert is_caught(mutant)


def test_the_adversary_finds_a_new_view_that_frees_all_slots(monkeypatch):
    free = lambda changes, committee: Plan(  # noqa: E731
        max((change.stable for change in changes), key=lambda stable: stable.slot), {}
    )
    monkeypatch.setattr(views, "choose", free)
    assert is_caught()
