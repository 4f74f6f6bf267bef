"""One member of a HotStuff committee: between its voter, its leadership and its pacemaker.

Rules of this file:
- One slot is open at a time. A member asks for it by a new-view as soon as it has decided the slot
  before and has a candidate, so a decision takes 8 (n - 1) messages and nothing is sent in vain.
- A candidate for a later slot will do: the open one is then missing here, and comes late or from
  others. A leader that misses it gives way at once to the next, if others say that they have it.
- What comes ahead of its time (next slot, later view) is put by, one message a sender and kind.
- Nothing is sent again but wishes and questions: whatever else gets lost, the next view repeats it.
- Whoever is told of a later slot asks for the decisions it missed; each proves itself.
"""

from typing import Final

from sim.protocol.agreement.contract import Decided, Membership, Propose, Value
from sim.protocol.agreement.hotstuff.certificates import (
    Phase,
    QuorumCertificate,
    is_certified,
)
from sim.protocol.agreement.hotstuff.early import Early
from sim.protocol.agreement.hotstuff.leader import ENDS, Leadership
from sim.protocol.agreement.hotstuff.messages import (
    Certified,
    Commit,
    Decide,
    Decision,
    Fetch,
    NewView,
    PreCommit,
    Prepare,
    Step,
    Vote,
    Wish,
    is_well_formed,
)
from sim.protocol.agreement.hotstuff.pacemaker import Pacemaker
from sim.protocol.agreement.hotstuff.voter import Voter
from sim.protocol.effects import Broadcast, CancelTimer, Effect, Output, Send, SetTimer
from sim.protocol.messages import Message, Said

TIMER: Final = "view"
TIMEOUT_NS: Final = 500_000_000
KEPT: Final = 1024
_CERTIFIES: Final = {kind: phase for phase, kind in ENDS.items()}


class HotStuff:
    """Options: `timeout_ns` of a first view (ten delays at least, or good leaders are left);

    `threshold_signatures`, whether a certificate costs one signature (default) or a quorum;
    `kept` decisions for members that missed them. A member that crashed may go on only with the
    state that it had: one that forgets its locks counts as a liar. Raises ValueError if a number
    is not positive.
    """

    def __init__(self, membership: Membership) -> None:
        self._self, self._committee = membership, membership.committee
        timeout_ns = _positive(membership, "timeout_ns", TIMEOUT_NS)
        self._pacemaker = Pacemaker(membership.committee, membership.member, timeout_ns)
        self._kept = _positive(membership, "kept", KEPT)
        self._candidates: dict[int, Value] = {}
        self._decisions: dict[int, tuple[Value, QuorumCertificate]] = {}
        self._early = Early()
        self._asked: dict[int, tuple[int, int]] = {}
        self._announced = (0, 0, False)
        self._is_timing = False
        self._slot = 0
        self._open_next_slot()

    def start(self, now_ns: int) -> list[Effect]:
        """Begin, or go on after a restart: what was asked for then may be lost, so ask again."""
        self._announced = (0, 0, False)
        return [*self._restart_timer(), *self._ask_for_slot()]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Whatever a liar sends, it is one of these, and its numbers fit a wire."""
        if isinstance(message, Propose):
            return self._on_candidate(message)
        if not isinstance(message, Said) or not is_well_formed(message, self._committee.n):
            return []
        match message:
            case NewView() | Prepare() | Vote() | Certified():
                return self._on_step(message)
            case Wish():
                return self._on_wish(message)
            case Fetch():
                return self._answer(message.sender, message.slot)
            case Decision():
                return self._on_decision(message)
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """This view takes too long."""
        if name != TIMER or not self._is_timing:
            return []
        wish = self._wish(self._pacemaker.wish())
        return [*wish, *self._follow_wishes()]

    # One slot after the other

    def _on_candidate(self, message: Propose) -> list[Effect]:
        """One for the open slot that others are waiting behind is a beginning: patience anew."""
        if message.slot < self._slot or message.slot in self._candidates:
            return []
        is_late = message.slot == self._slot and bool(self._candidates)
        self._candidates[message.slot] = message.value
        if is_late:
            self._pacemaker.renew()
        return [*(self._restart_timer() if is_late else []), *self._ask_for_slot()]

    def _ask_for_slot(self) -> list[Effect]:
        if not self._candidates:
            return []
        timer = [] if self._is_timing else self._restart_timer()
        return [*self._announce(), *timer, *self._lead()]

    def _announce(self) -> list[Effect]:
        slot, view, safety = self._slot, self._pacemaker.view, self._voter.safety
        now = (slot, view, slot in self._candidates)
        if now == self._announced:
            return []
        self._announced = now
        return self._to_leader(
            NewView(self._self.member, view, slot, safety.high, safety.high_value, now[2])
        )

    def _lead(self, step: NewView | None = None) -> list[Effect]:
        """Propose, or give way: to have a candidate for a later slot is to have missed this one."""
        if not self._is_leader:
            return []
        candidate, leading = self._candidates.get(self._slot), self._leadership
        prepare = leading.on_new_view(step, candidate) if step else leading.propose(candidate)
        if candidate is None and self._candidates and leading.gives_way():
            return [*self._wish(self._pacemaker.give_way(), gives_way=True), *self._follow_wishes()]
        return _to_all(prepare)

    def _open_next_slot(self) -> None:
        self._slot += 1
        self._voter = Voter(self._self, self._slot)
        self._leadership = Leadership(self._self, self._pacemaker.view, self._slot)

    def _decide(self, value: Value, certificate: QuorumCertificate) -> list[Effect]:
        slot, view = self._slot, certificate.view
        self._decisions[slot] = (value, certificate)
        self._decisions.pop(slot - self._kept, None)
        self._candidates.pop(slot, None)
        self._pacemaker.worked(view)
        self._open_next_slot()
        decided = Output(Decided(slot, value, certificate.proof, view))
        return [decided, *self._restart_timer(), *self._ask_for_slot(), *self._take_early()]

    # Steps of a view

    def _on_step(self, step: Step) -> list[Effect]:
        view = self._pacemaker.view
        if step.slot != self._slot:
            return self._on_other_slot(step)
        if step.view > view:
            return self._on_later_view(step)
        if step.view < view and not isinstance(step, Decide):
            return []
        return self._take(step)

    def _take(self, step: Step) -> list[Effect]:
        match step:
            case Decide():
                return self._on_decide(step)
            case NewView() if self._is_leader:
                return self._lead(step)
            case Vote() if self._is_leader:
                return _to_all(self._leadership.on_vote(step))
            case Prepare() if step.sender == self._pacemaker.leader:
                return self._voted(self._voter.on_prepare(step))
            case PreCommit():
                return self._voted(self._voter.on_pre_commit(step))
            case Commit():
                return self._voted(self._voter.on_commit(step))
        return []

    def _voted(self, vote: Vote | None) -> list[Effect]:
        if vote is None:
            return []
        return [*self._to_leader(vote), *([] if self._is_timing else self._restart_timer())]

    def _on_decide(self, step: Decide) -> list[Effect]:
        if not is_certified(step.certificate, Phase.COMMIT, self._self):
            return []
        value = self._voter.known(step.certificate.value)
        return self._ask(step) if value is None else self._decide(value, step.certificate)

    # What comes ahead of its time

    def _on_other_slot(self, step: Step) -> list[Effect]:
        if step.slot == self._slot + 1:
            return self._early.put_by(step)
        return self._ask(step) if step.slot > self._slot else []

    def _on_later_view(self, step: Step) -> list[Effect]:
        """A certificate proves that a quorum is in its view already; anything else must wait."""
        if not isinstance(step, Certified):
            return self._early.put_by(step)
        if not is_certified(step.certificate, _CERTIFIES[type(step)], self._self):
            return []
        if isinstance(step, Decide):
            return self._on_decide(step)
        return [*self._enter(step.view), *self._on_step(step)]

    def _take_early(self) -> list[Effect]:
        return [effect for step in self._early.take(self._slot) for effect in self._on_step(step)]

    # Decisions that were missed

    def _ask(self, told: Step | Wish) -> list[Effect]:
        """Once for each slot here and there: whoever speaks of a later slot has our decision."""
        now = (self._slot, told.slot)
        if now <= self._asked.get(told.sender, (0, 0)):
            return []
        self._asked[told.sender] = now
        return [self._to(told.sender, Fetch(self._self.member, self._slot))]

    def _answer(self, member: int, slot: int) -> list[Effect]:
        found = self._decisions.get(slot)
        if found is None:
            return []
        return [self._to(member, Decision(self._self.member, *found, self._slot - 1))]

    def _on_decision(self, message: Decision) -> list[Effect]:
        value, certificate = message.value, message.certificate
        if message.slot != self._slot or value.digest != certificate.value:
            return []
        if not is_certified(certificate, Phase.COMMIT, self._self):
            return []
        effects = self._decide(value, certificate)
        if message.newest >= self._slot:
            effects.append(self._to(message.sender, Fetch(self._self.member, self._slot)))
        return effects

    # Views

    def _on_wish(self, message: Wish) -> list[Effect]:
        gives_way = message.gives_way and message.slot == self._slot
        wanted = self._pacemaker.heard(message.sender, message.view, gives_way=gives_way)
        effects = [] if wanted is None else self._wish(wanted)
        if message.slot < self._slot:
            effects += self._answer(message.sender, message.slot)
        elif message.slot > self._slot:
            effects += self._ask(message)
        return [*effects, *self._follow_wishes()]

    def _wish(self, view: int, *, gives_way: bool = False) -> list[Effect]:
        """Say it until it comes true."""
        self._is_timing = True
        wish = Wish(self._self.member, view, self._slot, gives_way)
        return [Broadcast(wish), SetTimer(TIMER, self._pacemaker.repeat_ns)]

    def _follow_wishes(self) -> list[Effect]:
        view = self._pacemaker.next_view()
        return [] if view is None else self._enter(view)

    def _enter(self, view: int) -> list[Effect]:
        self._pacemaker.view = view
        self._leadership = Leadership(self._self, view, self._slot)
        return [*self._restart_timer(), *self._announce(), *self._take_early()]

    def _restart_timer(self) -> list[Effect]:
        """A member waits if it wants a decision, helps to make one, or is called to a new view."""
        self._is_timing = (
            bool(self._candidates) or self._voter.is_involved or self._pacemaker.is_called
        )
        if not self._is_timing:
            return [CancelTimer(TIMER)]
        return [SetTimer(TIMER, self._pacemaker.patience_ns)]

    # Small things

    @property
    def _is_leader(self) -> bool:
        return self._pacemaker.leader == self._self.member

    def _to(self, member: int, message: Message) -> Effect:
        return Send(self._committee.names[member], message)

    def _to_leader(self, message: Message) -> list[Effect]:
        return [self._to(self._pacemaker.leader, message)]


def _to_all(message: Message | None) -> list[Effect]:
    return [] if message is None else [Broadcast(message)]


def _positive(membership: Membership, name: str, default: int) -> int:
    given = membership.options.get(name, default)
    if type(given) is not int or given < 1:
        raise ValueError(f"{name} must be a positive whole number, not {given!r}")
    return given
