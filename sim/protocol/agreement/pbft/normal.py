"""The normal case: what a member does within a view.

Castro and Liskov, "Practical Byzantine Fault Tolerance" (OSDI 1999), section 4.2. The leader of
view v is member v mod n. It sends its candidate for a slot to all (PRE-PREPARE); all who accept it
say so to all (PREPARE); whoever knows that a quorum accepts it says that to all (COMMIT); a value
with a quorum of commits is decided. That is 2 n (n - 1) messages a slot and three delays.

- A member accepts one value in a slot and view, and only one that is acceptable to it.
- A member that has left a view votes in it no more, but still counts: commits of a quorum prove a
  decision to anybody. So a member that gave up alone still follows.
- `window` slots after the last stable checkpoint are open; votes in other slots are not kept.
"""

from collections.abc import Callable
from typing import Any, Final

from sim.protocol.agreement.contract import Decided, Membership, Value
from sim.protocol.agreement.pbft.catch_up import History
from sim.protocol.agreement.pbft.checkpoints import GENESIS, Checkpoints, next_state
from sim.protocol.agreement.pbft.early import Early, Voting
from sim.protocol.agreement.pbft.messages import Checkpoint, Commit, Outcome, Prepare, PrePrepare
from sim.protocol.agreement.pbft.patience import Patience
from sim.protocol.agreement.pbft.settings import Settings
from sim.protocol.agreement.pbft.slots import Slot
from sim.protocol.effects import Broadcast, Effect, Output

NOTHING: Final[list[Effect]] = []
"""Shared, because most votes lead to nothing; nobody may add to it."""


class NormalCase:
    """The log of one member, and its part in a view; `PBFT` adds all that goes wrong."""

    def __init__(self, membership: Membership) -> None:
        settings = Settings.of(membership)
        self._membership, self._member = membership, membership.member
        self._n, self._quorum = membership.committee.n, membership.committee.quorum
        self._every, self._window = settings.checkpoint, settings.window
        self.view = 0
        """The latest view that has begun here."""
        self.promised = 0
        """The view that the member works in or, if it is later than `view`, waits for."""
        self.decided = 0
        """All slots up to this one are done."""
        self._state = GENESIS.state
        self._decided_since: list[bytes] = []
        self._slots: dict[int, Slot] = {}
        self._candidates: dict[int, tuple[Value, int]] = {}
        self._checkpoints = Checkpoints(membership, settings.checkpoint)
        self._early = Early(self._n, 3 * settings.window)
        self._history = History(settings.history)
        self._patience = Patience(settings.timeout_ns)
        self._handlers: dict[type, Callable[[Any, int], list[Effect]]] = {
            PrePrepare: self._on_pre_prepare,
            Checkpoint: self._on_checkpoint,
        }

    @property
    def is_voting(self) -> bool:
        """Whether the member takes part in the view, or only listens."""
        return self.promised == self.view

    def on_message(self, message: Any, now_ns: int) -> list[Effect]:
        """Take in a message; kinds of other protocols are ignored.

        Nearly all are votes, and nearly all votes lead to nothing. So they are counted here and as
        `Votes.add` does it: two calls less for each are a third of what a vote costs.
        """
        kind = message.__class__
        if kind is Commit or kind is Prepare:
            slot = self._slots.get(message.slot)
            if slot is None or message.view != self.view:
                return self._on_unusual_vote(message)
            if slot.decision is not None if kind is Commit else slot.is_prepared:
                return NOTHING
            votes = slot.commits if kind is Commit else slot.prepares
            bit, about = 1 << message.sender, message.digest
            if about != votes.digest:
                count = votes.add(message.sender, about)
            elif votes.voters & bit:
                return NOTHING
            else:
                votes.voters |= bit
                votes.count = count = votes.count + 1
            return NOTHING if count != self._quorum else self._advance(slot)
        handle = self._handlers.get(kind)
        return NOTHING if handle is None else handle(message, now_ns)

    def _on_unusual_vote(self, vote: Prepare | Commit) -> list[Effect]:
        """The first vote of a slot, or one of another view."""
        slot = self._slot_of(vote)
        return NOTHING if slot is None else self.on_message(vote, 0)

    def _slot_of(self, message: Voting) -> Slot | None:
        """The slot that a message of this view is about; one of a later view is put aside."""
        if message.view > self.view:
            low = self._checkpoints.stable.slot
            if low < message.slot <= low + self._window:
                self._early.keep(message)
            return None
        return self._open(message.slot) if message.view == self.view else None

    def _open(self, number: int) -> Slot | None:
        """The log's entry for a slot; None if it is neither there nor within the window."""
        slot = self._slots.get(number)
        low = self._checkpoints.stable.slot
        if slot is None and low < number <= low + self._window:
            slot = self._slots[number] = Slot(number)
        return slot

    # Proposals

    def _on_pre_prepare(self, proposal: PrePrepare, now_ns: int) -> list[Effect]:
        slot = self._slot_of(proposal)
        if slot is None or proposal.sender != self.view % self._n:
            return NOTHING
        is_other = slot.value is not None and slot.value != proposal.value
        if slot.is_accepted or is_other:
            return NOTHING
        slot.value = proposal.value
        if not self._membership.acceptable(proposal.slot, proposal.value):
            return self._advance(slot)
        return self._accept(slot, proposal.value)

    def _lead(self, number: int) -> list[Effect]:
        """Propose the member's own candidate, if it leads and the slot is free and open."""
        if not self.is_voting or self.view % self._n != self._member:
            return NOTHING
        candidate, slot = self._candidates.get(number), self._open(number)
        if candidate is None or slot is None or slot.value is not None:
            return NOTHING
        proposal = PrePrepare(self._member, self.view, number, candidate[0])
        return [Broadcast(proposal), *self._accept(slot, candidate[0])]

    def _accept(self, slot: Slot, value: Value) -> list[Effect]:
        """Vote for what the leader proposed; its proposal counts as its own vote."""
        slot.value = value
        if not self.is_voting:
            return self._advance(slot)
        slot.accept(self.view, value.digest)
        leader = self.view % self._n
        slot.prepares.add(leader, value.digest)
        if leader == self._member:
            return self._advance(slot)
        slot.prepares.add(self._member, value.digest)
        vote = Prepare(self._member, self.view, slot.number, value.digest)
        return [Broadcast(vote), *self._advance(slot)]

    # Decisions

    def _advance(self, slot: Slot) -> list[Effect]:
        """Commit or decide, if the votes for the leader's value suffice."""
        value, quorum = slot.value, self._quorum
        if value is None:
            return NOTHING
        effects: list[Effect] = []
        may_commit = slot.is_accepted and not slot.is_prepared and self.is_voting
        if may_commit and slot.prepares.of(value.digest) >= quorum:
            effects.append(self._commit(slot, value))
        if slot.decision is None and slot.commits.of(value.digest) >= quorum:
            slot.decision = Outcome(value, self.view)
            effects += self._drain()
        return effects

    def _commit(self, slot: Slot, value: Value) -> Effect:
        slot.is_prepared = True
        slot.prepared = (self.view, value)
        slot.commits.add(self._member, value.digest)
        return Broadcast(Commit(self._member, self.view, slot.number, value.digest))

    def _drain(self) -> list[Effect]:
        """Put out what is decided, as far as there is no gap."""
        effects: list[Effect] = []
        while (slot := self._slots.get(self.decided + 1)) is not None:
            if slot.decision is None:
                break
            effects += self._put_out(slot.decision)
        return effects

    def _put_out(self, outcome: Outcome) -> list[Effect]:
        """The next slot is done; it may have been decided in an earlier view, or elsewhere."""
        self.decided += 1
        number, value = self.decided, outcome.value
        self._decided_since.append(value.digest)
        self._history.keep(number, outcome)
        self._candidates.pop(number, None)
        effects: list[Effect] = [Output(Decided(number, value, None, outcome.view))]
        if number % self._every == 0:
            effects += self._checkpoint(number)
        return effects

    # Checkpoints

    def _checkpoint(self, number: int) -> list[Effect]:
        self._patience.shrink()
        self._state = next_state(self._state, self._decided_since)
        self._decided_since = []
        if number <= self._checkpoints.stable.slot:
            return NOTHING
        said = self._checkpoints.sign(number, self._state)
        return [Broadcast(said), *self._on_checkpoint(said, 0)]

    def _on_checkpoint(self, said: Checkpoint, now_ns: int) -> list[Effect]:
        return self._move() if self._checkpoints.keep(said) else NOTHING

    def _move(self) -> list[Effect]:
        """The window has moved: let the log before it go, and propose for what it has reached."""
        self._cut_log()
        return self._lead_all()

    def _cut_log(self) -> None:
        """Slots before the stable checkpoint are not needed by anybody.

        Those that this member is not done with may still be decided by votes that are under way;
        they stay for the length of another window.
        """
        low = self._checkpoints.stable.slot
        done = max(min(low, self.decided), low - self._window)
        for number in [number for number in self._slots if number <= done]:
            del self._slots[number]

    def _lead_all(self) -> list[Effect]:
        """Propose for every slot of the window that this member has a candidate for."""
        if not self.is_voting or self.view % self._n != self._member:
            return NOTHING
        low = self._checkpoints.stable.slot
        effects: list[Effect] = []
        for number in range(low + 1, low + self._window + 1):
            effects += self._lead(number)
        return effects
