"""An adversary over pure nodes: it delivers what it likes when it likes, and one member is its own.

``Adversary(choices)`` holds four members. Each choice, a number, is one step: deliver a message
under way (any of them), deliver it and keep it for later, fire a timer, or let the liar speak. The
liar is two copies of member 0 with the same seal and different candidates, which tell different
members different things in every phase; and a forger, who signs whatever comes to mind. Safety is
checked at each output. ``finish`` then lets the correct members talk to each other in good time.
"""

from sim.protocol.agreement.contract import Decided, Membership, Propose
from sim.protocol.agreement.pbft.messages import (
    Checkpoint,
    Commit,
    Decisions,
    NewView,
    Outcome,
    Prepare,
    Prepared,
    PrePrepare,
    PrePrepared,
    ViewChange,
    checkpoint_digest,
    new_view_digest,
    view_change_digest,
)
from sim.protocol.agreement.pbft.node import PBFT
from sim.protocol.committee import Committee
from sim.protocol.effects import Broadcast, Output, Send, SetTimer
from sim.protocol.signatures import Notary
from tests.protocol.net import value

N, LIAR, CORRECT = 4, 0, (1, 2, 3)
TIMEOUT_NS = 1_000
JUNK = value("nobody would have this")
OPTIONS = {"timeout_ns": TIMEOUT_NS, "checkpoint": 2}


class Adversary:
    """One history; `slots` candidates are open from the beginning."""

    def __init__(self, slots: int, make=PBFT) -> None:
        self.slots, self.now_ns = slots, 0
        self.names = tuple("abcd")
        self.notary = Notary(b"schedule", N)
        self.under_way: list[tuple[int, object]] = []
        self.changes: dict[tuple[int, int], ViewChange] = {}
        self.decided = {member: [] for member in CORRECT}
        self.candidates = {value(f"{who} {slot}") for who in range(N + 1) for slot in self._all}
        self.nodes = {member: make(self._membership(member)) for member in CORRECT}
        self.twins = [PBFT(self._membership(LIAR)) for _ in range(2)]
        self._begin()

    @property
    def _all(self) -> range:
        return range(1, self.slots + 1)

    def _membership(self, member: int) -> Membership:
        return Membership(
            Committee(self.names, 1),
            member,
            self.notary.seal(member),
            self.notary,
            acceptable=lambda slot, candidate: candidate != JUNK,
            options=OPTIONS,
        )

    def _begin(self) -> None:
        for member, node in self.nodes.items():
            self._carry_out(member, node.start(0))
            for slot in self._all:
                self._tell(member, Propose(slot, value(f"{member} {slot}")))
        for copy, twin in enumerate(self.twins):
            self._carry_out_twin(copy, twin.start(0), 5)
            for slot in self._all:
                candidate = Propose(slot, value(f"{copy * N} {slot}"))
                self._carry_out_twin(copy, twin.on_message(candidate, 0), 5)

    # The adversary's steps

    def step(self, choice: int) -> None:
        """Do one thing; every number means something."""
        kind, rest = choice % 64, choice // 64
        if kind < 32:
            self.deliver(rest % 12, keep=False)
        elif kind < 46:
            self.deliver(rest, keep=False)
        elif kind < 56:
            self.deliver(rest, keep=True)
        elif kind < 57:
            self.fire(rest)
        elif kind < 58:
            self.fire_twin(rest)
        else:
            self.forge(rest)

    def deliver(self, choice: int, *, keep: bool) -> None:
        if self.under_way:
            place = choice % len(self.under_way)
            receiver, message = self.under_way[place] if keep else self.under_way.pop(place)
            self.now_ns += 1
            self._arrive(receiver, message, choice)

    def fire(self, choice: int) -> None:
        member = CORRECT[choice % len(CORRECT)]
        self.now_ns += (choice % 7) * TIMEOUT_NS // 4
        self._carry_out(member, self.nodes[member].on_timer("pbft", self.now_ns))

    def fire_twin(self, choice: int) -> None:
        copy = choice % 2
        effects = self.twins[copy].on_timer("pbft", self.now_ns + 40 * TIMEOUT_NS)
        self._carry_out_twin(copy, effects, choice // 2 % 8)

    def forge(self, choice: int) -> None:
        """Any lie, to any one member: at most as many as there are numbers."""
        receiver, choice = CORRECT[choice % 3], choice // 3
        slot, choice = 1 + choice % self.slots, choice // self.slots
        view, choice = choice % 6, choice // 6
        about = [JUNK, value(f"0 {slot}"), value(f"{N} {slot}"), value(f"2 {slot}")][choice % 4]
        lies = (
            self._false_vote,
            self._false_change,
            self._false_new_view,
            self._false_decision,
            self._false_checkpoint,
        )
        lie = lies[choice // 4 % len(lies)](slot, view, about, choice // 20)
        if isinstance(lie, ViewChange):
            self.changes[LIAR, lie.view] = lie
        self.under_way.append((receiver, lie))

    def _false_vote(self, slot, view, about, choice):
        if choice % 3 == 2:
            return PrePrepare(LIAR, view, slot, about)
        return (Prepare, Commit)[choice % 3](LIAR, view, slot, about.digest)

    def _false_change(self, slot, view, about, choice):
        stable = self.nodes[CORRECT[choice % 3]]._checkpoints.stable
        claimed = (Prepared(slot, max(0, view - 1), about),) if slot > stable.slot else ()
        vouched = tuple(PrePrepared(one.slot, one.view, about.digest) for one in claimed)
        signed = view_change_digest(LIAR, view, stable, claimed, vouched)
        signature = self.notary.seal(LIAR).sign(signed)
        return ViewChange(LIAR, view, stable, claimed, vouched, signature)

    def _false_new_view(self, slot, view, about, choice):
        found = [change for (_, of), change in sorted(self.changes.items()) if of == view]
        changes = tuple(found[: choice % 4] + found[choice % 4 + 1 :] if len(found) > 3 else found)
        signature = self.notary.seal(LIAR).sign(new_view_digest(view, changes))
        return NewView(LIAR, view, changes, signature)

    def _false_decision(self, slot, view, about, choice):
        stable = self.nodes[CORRECT[choice % 3]]._checkpoints.stable
        return Decisions(LIAR, slot, (Outcome(about, view),) * (1 + choice % 3), stable)

    def _false_checkpoint(self, slot, view, about, choice):
        signature = self.notary.seal(LIAR).sign(checkpoint_digest(slot, about.digest))
        return Checkpoint(LIAR, slot, about.digest, signature)

    # The world

    def _tell(self, member: int, message: object) -> None:
        self._carry_out(member, self.nodes[member].on_message(message, self.now_ns))

    def _arrive(self, receiver: int, message: object, choice: int) -> None:
        if receiver != LIAR:
            self._tell(receiver, message)
            return
        for copy, twin in enumerate(self.twins):
            effects = twin.on_message(message, self.now_ns)
            self._carry_out_twin(copy, effects, choice % 8)

    def _carry_out(self, member: int, effects: list) -> None:
        for effect in effects:
            if isinstance(effect, Output):
                self._check(member, effect.event)
            elif not isinstance(effect, SetTimer):
                for receiver in self._receivers(effect):
                    self.under_way.append((receiver, effect.message))
                if isinstance(effect.message, ViewChange):
                    self.changes[member, effect.message.view] = effect.message

    def _carry_out_twin(self, copy: int, effects: list, side: int) -> None:
        """Copy 0 talks to the members in `side` (three bits), copy 1 to the others."""
        for effect in effects:
            if isinstance(effect, Send | Broadcast):
                for receiver in self._receivers(effect):
                    is_in_side = receiver == LIAR or side >> (receiver - 1) & 1
                    if bool(is_in_side) == (copy == 0):
                        self.under_way.append((receiver, effect.message))
                if isinstance(effect.message, ViewChange):
                    self.changes[LIAR, effect.message.view] = effect.message

    def _receivers(self, effect: Send | Broadcast) -> list[int]:
        if isinstance(effect, Send):
            return [self.names.index(effect.to)]
        return list(range(N))

    def _check(self, member: int, event: Decided) -> None:
        mine = self.decided[member]
        assert event.slot == len(mine) + 1, "not in order, or twice"
        assert event.value in self.candidates, "nobody proposed it"
        for other in CORRECT:
            theirs = self.decided[other]
            assert len(theirs) < event.slot or theirs[event.slot - 1] == event.value, "disagreement"
        mine.append(event.value)

    # Good times

    def finish(self, rounds: int = 2000) -> None:
        """Messages between correct members arrive, timers fire when due, the liar is silent."""
        for _ in range(rounds):
            while self.under_way:
                receiver, message = self.under_way.pop(0)
                if receiver != LIAR:
                    self._tell(receiver, message)
            if all(len(values) == self.slots for values in self.decided.values()):
                return
            self.now_ns += TIMEOUT_NS // 2
            for member in CORRECT:
                effects = self.nodes[member].on_timer("pbft", self.now_ns)
                self._carry_out(member, effects)
