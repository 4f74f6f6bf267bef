"""Asynchronous approximate agreement by witnesses: no timers, no signatures, no leader; n > 3f.

All correct members end within epsilon of each other and, in each coordinate, between correct
values, however long messages take. A round is n reliable broadcasts and n (n - 1) reports, 4
delays.

- In a round, broadcast the own value (Bracha); report the first n - f members whose values are in.
- A witness is a member whose whole report one has, too. Go on with n - f witnesses: any two correct
  members share a correct one, hence n - f values, hence the midpoints of what is left after f at
  either end lose their spread by half.
- Values travel under the digest of their numbers, so nobody can tell two members different ones.
- Who has decided still takes part in the broadcasts: others may need it.

Abraham, Amit and Dolev, "Optimal resilience asynchronous approximate agreement" (OPODIS 2004).
"""

from dataclasses import dataclass

from sim.protocol.agreement.approximate import numeric
from sim.protocol.agreement.bracha import ReliableBroadcasts
from sim.protocol.agreement.combine import Numbers, are_sound, combined, midpoint
from sim.protocol.agreement.contract import Decided, Membership, Propose, Value
from sim.protocol.agreement.settings import rounds_of
from sim.protocol.agreement.slots import Slots
from sim.protocol.effects import Broadcast, Effect, Output
from sim.protocol.messages import HEADER_BYTES, Message, Said


@dataclass(frozen=True, slots=True)
class Report(Said):
    """Of these members, one bit each, the values of this round are in."""

    slot: int
    round: int
    members: int

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + (self.members.bit_length() + 7) // 8


def is_genuine(value: Value) -> bool:
    """Whether these are finite floats under their own digest."""
    sound = are_sound(value.numbers, len(value.numbers))
    return sound and value.digest == numeric(value.numbers).digest


class WitnessAgreement:
    """The node; its decision is a value of numbers alone.

    Options: `rounds`, or `epsilon` and `spread` (see `settings.rounds_of`). Raises ValueError for
    bad ones.
    """

    def __init__(self, membership: Membership) -> None:
        committee = membership.committee
        self._me, self._n, self._f = membership.member, committee.n, committee.f
        self._rounds = rounds_of(membership, 0.5)
        self._slots: Slots[_Slot] = Slots(_Slot)
        self._broadcasts = ReliableBroadcasts(
            membership,
            tuple(range(committee.n)),
            self._on_delivery,
            rounds=self._rounds,
            is_genuine=is_genuine,
        )

    def start(self, now_ns: int) -> list[Effect]:
        """Nothing to do before there is a candidate."""
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """There are no timers."""
        return []

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Take in a candidate, with which the slot begins here, or a message of another member."""
        match message:
            case Report():
                return self._on_report(message)
            case Propose():
                return self._propose(message)
        return self._broadcasts.on_message(message)

    def _propose(self, candidate: Propose) -> list[Effect]:
        numbers = tuple(float(x) for x in candidate.value.numbers)
        self._slots.reach(candidate.slot)
        self._broadcasts.reach(candidate.slot)
        state = self._slots.hear(candidate.slot)
        if state is None or state.own is not None or not are_sound(numbers, len(numbers)):
            return []
        state.own = numbers
        sent = self._broadcasts.send(candidate.slot, 0, numeric(numbers))
        return [*sent, *self._go_on(candidate.slot, state)]

    def _on_delivery(self, writer: int, slot: int, round: int, value: Value) -> list[Effect]:
        state = self._slots.hear(slot)
        if state is None or round < state.round:
            return []
        state.at(round).values[writer] = value.numbers
        return self._go_on(slot, state)

    def _on_report(self, report: Report) -> list[Effect]:
        if not 0 <= report.round < self._rounds or not 0 <= report.members < 1 << self._n:
            return []
        if report.members.bit_count() < self._n - self._f:
            return []
        state = self._slots.hear(report.slot)
        if state is None or report.round < state.round:
            return []
        state.at(report.round).reports.setdefault(report.sender, report.members)
        return self._go_on(report.slot, state)

    def _go_on(self, slot: int, state: "_Slot") -> list[Effect]:
        """Do what the current round allows: report, and go to the next round."""
        effects: list[Effect] = []
        while state.own is not None and state.round < self._rounds:
            round = state.at(state.round)
            values = round.sound(len(state.own))
            if len(values) >= self._n - self._f and not round.has_reported:
                round.has_reported = True
                members = sum(1 << member for member in values)
                effects.append(Broadcast(Report(self._me, slot, state.round, members)))
            if round.witnesses(values) < self._n - self._f:
                break
            effects += self._next_round(slot, state, list(values.values()))
        return effects

    def _next_round(self, slot: int, state: "_Slot", values: list[Numbers]) -> list[Effect]:
        del state.rounds[state.round]
        state.round += 1
        state.own = combined(midpoint, values, self._f)
        if state.round < self._rounds:
            return self._broadcasts.send(slot, state.round, numeric(state.own))
        self._slots.close(slot)
        return [Output(Decided(slot, numeric(state.own), view=self._rounds - 1))]


class _Round:
    """What is in of one round: delivered values and reports, by member."""

    __slots__ = ("has_reported", "reports", "values")

    def __init__(self) -> None:
        self.values: dict[int, Numbers] = {}
        self.reports: dict[int, int] = {}
        self.has_reported = False

    def sound(self, dimension: int) -> dict[int, Numbers]:
        """The values of the right length; all correct members have the same, so all agree on it."""
        return {m: numbers for m, numbers in self.values.items() if len(numbers) == dimension}

    def witnesses(self, values: dict[int, Numbers]) -> int:
        """How many members have reported nothing but what is in."""
        missing = ~sum(1 << member for member in values)
        return sum(not members & missing for members in self.reports.values())


class _Slot:
    """One slot: the member's own value (None before it has a candidate) and its open rounds."""

    __slots__ = ("own", "round", "rounds")

    def __init__(self) -> None:
        self.own: Numbers | None = None
        self.round = 0
        self.rounds: dict[int, _Round] = {}

    def at(self, round: int) -> _Round:
        return self.rounds.setdefault(round, _Round())
