"""Synchronous approximate agreement: in rounds, everybody tells everybody its value; n > 3f.

All correct members end within epsilon of each other and, in each coordinate, between correct
values. n (n - 1) messages and one delay for each round.

- A round ends when all n values are in, and at `round_ns` times its number after the candidate at
  the latest. `round_ns` has to cover the delay and how far apart the members' candidates come: that
  is the assumption, and epsilon is lost with it. Staying between correct values is not.
- Early or late, the deadlines stay: who has all values may go ahead, and waits for others there.
- For a value that is missing or is no vector of finite floats the member's own stands in, so
  always n values are combined of which at most f are lies.

Dolev, Lynch, Pinter, Stark and Weihl, "Reaching approximate agreement in the presence of faults"
(J. ACM 1986).
"""

from array import array
from dataclasses import dataclass
from typing import Final

from sim.protocol.agreement.combine import (
    RULES,
    Numbers,
    are_sound,
    combined,
    contraction,
)
from sim.protocol.agreement.contract import Decided, Membership, Propose, Value
from sim.protocol.agreement.settings import rounds_of
from sim.protocol.agreement.slots import Slots
from sim.protocol.effects import Broadcast, CancelTimer, Effect, Output, SetTimer
from sim.protocol.messages import HEADER_BYTES, Message, Said
from sim.protocol.signatures import digest

NUMBER_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class RoundValue(Said):
    """My value in this round of a slot."""

    slot: int
    round: int
    numbers: Numbers

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + NUMBER_BYTES * len(self.numbers)


def numeric(numbers: Numbers) -> Value:
    """A value of nothing but numbers, under the digest of their bits."""
    raw = array("d", numbers).tobytes()
    return Value(digest(raw), NUMBER_BYTES * len(numbers), numbers)


class Approximate:
    """The node; its decision is a value of numbers alone.

    Options: `round_ns` (default 200 ms), `rule` (of `combine.RULES`; default midpoint), and
    `rounds` or `epsilon` and `spread` (see `settings.rounds_of`). Raises ValueError for bad ones.
    """

    def __init__(self, membership: Membership) -> None:
        committee, options = membership.committee, membership.options
        rule = str(options.get("rule", "midpoint"))
        if rule not in RULES:
            raise ValueError(f"no rule is called {rule}; there are {', '.join(RULES)}")
        self._round_ns = int(options.get("round_ns", 200_000_000))
        if self._round_ns <= 0:
            raise ValueError(f"round_ns must be positive, not {self._round_ns}")
        self._rule, self._n, self._f = RULES[rule], committee.n, committee.f
        self._rounds = rounds_of(membership, contraction(rule, committee.n, committee.f))
        self._me = membership.member
        self._slots: Slots[_Slot] = Slots(_Slot)

    def start(self, now_ns: int) -> list[Effect]:
        """After a restart, wait again for what is open."""
        return [
            self._wait(slot, state, now_ns)
            for slot, state in self._slots.items()
            if state.own is not None
        ]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Take in a candidate, with which the slot begins here, or a value of another member."""
        match message:
            case RoundValue():
                return self._on_value(message, now_ns)
            case Propose():
                return self._propose(message, now_ns)
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """A round has lasted long enough: go on with what there is."""
        slot = int(name.removeprefix("slot "))
        state = self._slots.get(slot)
        if state is None or state.own is None:
            return []
        return [*self._end_round(slot, state, now_ns), *self._go_on(slot, state, now_ns)]

    def _propose(self, candidate: Propose, now_ns: int) -> list[Effect]:
        slot, numbers = candidate.slot, tuple(float(x) for x in candidate.value.numbers)
        self._slots.reach(slot)
        state = self._slots.hear(slot)
        if state is None or state.own is not None or not are_sound(numbers, len(numbers)):
            return []
        state.own, state.began_ns = numbers, now_ns
        return [*self._tell(slot, state, now_ns), *self._go_on(slot, state, now_ns)]

    def _on_value(self, told: RoundValue, now_ns: int) -> list[Effect]:
        if told.sender == self._me or not 0 <= told.round < self._rounds:
            return []
        state = self._slots.hear(told.slot)
        if state is None or told.round < state.round:
            return []
        state.values.setdefault(told.round, {}).setdefault(told.sender, told.numbers)
        return [] if state.own is None else self._go_on(told.slot, state, now_ns)

    def _go_on(self, slot: int, state: "_Slot", now_ns: int) -> list[Effect]:
        """End as many rounds as have all their values."""
        effects: list[Effect] = []
        while state.round < self._rounds and state.heard() == self._n - 1:
            effects += self._end_round(slot, state, now_ns)
        return effects

    def _end_round(self, slot: int, state: "_Slot", now_ns: int) -> list[Effect]:
        own = state.own
        assert own is not None, slot
        heard = state.values.pop(state.round, {})
        sound = [numbers for numbers in heard.values() if are_sound(numbers, len(own))]
        stand_ins = [own] * (self._n - len(sound))
        state.own = combined(self._rule, sound + stand_ins, self._f)
        state.round += 1
        if state.round < self._rounds:
            return self._tell(slot, state, now_ns)
        self._slots.close(slot)
        decided = Decided(slot, numeric(state.own), view=self._rounds - 1)
        return [CancelTimer(f"slot {slot}"), Output(decided)]

    def _tell(self, slot: int, state: "_Slot", now_ns: int) -> list[Effect]:
        assert state.own is not None, slot
        told = RoundValue(self._me, slot, state.round, state.own)
        return [Broadcast(told), self._wait(slot, state, now_ns)]

    def _wait(self, slot: int, state: "_Slot", now_ns: int) -> SetTimer:
        deadline_ns = state.began_ns + (state.round + 1) * self._round_ns
        return SetTimer(f"slot {slot}", max(0, deadline_ns - now_ns))


class _Slot:
    """One slot: the member's own value (None before it has a candidate), and those of others."""

    __slots__ = ("began_ns", "own", "round", "values")

    def __init__(self) -> None:
        self.own: Numbers | None = None
        self.began_ns = self.round = 0
        self.values: dict[int, dict[int, Numbers]] = {}

    def heard(self) -> int:
        """How many others have told their value of the current round."""
        return len(self.values.get(self.round, ()))
