"""Adversarial schedules over the pure nodes: first anything may happen, then all goes well again.

In the first part messages are delivered in any order, twice, or lost, and timers fire at any time;
agreement must hold at every step. In the second, nothing is lost any more and timers fire only when
nothing else can happen: every slot must be decided, whatever the first part left behind.
"""

from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.protocol.agreement.contract import Decided, Membership, Propose
from sim.protocol.agreement.hotstuff.node import HotStuff
from sim.protocol.committee import Committee
from sim.protocol.effects import Broadcast, CancelTimer, Output, Send, SetTimer
from sim.protocol.signatures import Notary
from tests.protocol.invariants import agreement, every, integrity, order, validity
from tests.protocol.mutants import HotStuffForgets
from tests.protocol.net import value

SLOTS = 2
ROUNDS_MAX = 6
PROPOSED = {slot: [value(f"{slot} of {one}") for one in range(5)] for slot in range(1, SLOTS + 1)}
SAFE = every(agreement, integrity, order, validity(PROPOSED))


@dataclass
class Seat:
    """A node of a member; a liar has two of them."""

    member: int
    node: object
    is_correct: bool


class Schedule:
    """Four members, of whom one is two nodes with one identity, one of which forgets its locks."""

    def __init__(self, liar):
        self.committee = Committee(tuple(f"root-0/{member}" for member in range(4)), 1)
        self.notary = Notary(b"a secret of the test", 4)
        self.seats = [self._seat(member, HotStuff, member != liar) for member in range(4)]
        self.seats.append(self._seat(liar, HotStuffForgets, False))
        self.flying, self.timers = [], [set() for _ in self.seats]
        self.is_liar_silent = False
        self.outputs = {seat.member: () for seat in self.seats if seat.is_correct}
        for place, seat in enumerate(self.seats):
            self.carry_out(place, seat.node.start(0))
            for slot in PROPOSED:
                message = Propose(slot, PROPOSED[slot][place])
                self.carry_out(place, seat.node.on_message(message, 0))

    def _seat(self, member, make, is_correct):
        made = Membership(self.committee, member, self.notary.seal(member), self.notary)
        return Seat(member, make(made), is_correct)

    def carry_out(self, place, effects):
        seat = self.seats[place]
        if self.is_liar_silent and not seat.is_correct:
            return
        for effect in effects:
            match effect:
                case Send():
                    self._send(place, [effect.to], effect.message)
                case Broadcast():
                    self._send(place, self.committee.names, effect.message)
                case SetTimer():
                    self.timers[place].add(effect.name)
                case CancelTimer():
                    self.timers[place].discard(effect.name)
                case Output() if seat.is_correct:
                    assert isinstance(effect.event, Decided)
                    self.outputs[seat.member] += (effect.event,)

    def _send(self, place, names, message):
        for other, seat in enumerate(self.seats):
            if self.committee.names[seat.member] in names:
                if seat.member != self.seats[place].member:
                    self.flying.append((other, message))
                elif other == place:
                    self.carry_out(place, seat.node.on_message(message, 0))

    def deliver(self, number, *, keep=False):
        place, message = self.flying[number] if keep else self.flying.pop(number)
        self.carry_out(place, self.seats[place].node.on_message(message, 0))

    def fire(self, place):
        for name in sorted(self.timers[place]):
            self.timers[place].discard(name)
            self.carry_out(place, self.seats[place].node.on_timer(name, 0))

    def suffer(self, kind, number):
        """One step of the first part."""
        if kind == "fire":
            self.fire(number % len(self.seats))
        elif self.flying:
            number %= len(self.flying)
            if kind == "lose":
                del self.flying[number]
            else:
                self.deliver(number, keep=kind == "again")

    def recover(self, *, is_silent):
        """The second part: how many times all had to wait until everybody had decided."""
        self.is_liar_silent = is_silent
        for rounds in range(ROUNDS_MAX):
            while self.flying:
                self.deliver(0)
            if all(len(found) == SLOTS for found in self.outputs.values()):
                return rounds
            for place in range(4):
                self.fire(place)
        raise AssertionError(f"not decided after {ROUNDS_MAX} timeouts")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["deliver"] * 6 + ["again", "lose", "fire"]), st.integers(0, 1 << 16)
    ),
    max_size=120,
)


@settings(max_examples=60)
@given(liar=st.integers(0, 3), is_silent=st.booleans(), steps=STEPS)
@example(liar=0, is_silent=True, steps=[("fire", place) for place in range(5)] * 3)
@example(liar=1, is_silent=True, steps=[("deliver", 0)] * 60 + [("lose", 0)] * 60)
def test_nobody_disagrees_in_any_schedule_and_all_decide_once_it_is_over(liar, is_silent, steps):
    schedule = Schedule(liar)
    for step in steps:
        schedule.suffer(*step)
        assert SAFE(schedule.outputs) is None
    schedule.recover(is_silent=is_silent)
    assert SAFE(schedule.outputs) is None
