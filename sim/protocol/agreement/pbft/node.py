"""PBFT: state machine replication's agreement under a leader, with n > 3f and partial synchrony.

Castro and Liskov, OSDI 1999 and TOCS 2002. Agreement holds whatever the network does; decisions
come while messages take less than the timeout. This file adds to the normal case all that is needed
when something goes wrong:

- A candidate that is undecided for a timeout makes a member give up the view: it signs what it
  knows (VIEW-CHANGE) and votes no more until the next view begins (NEW-VIEW). f + 1 such messages
  for later views make it join. Where nothing was prepared, the new leader proposes its own
  candidate, and none of the paper's null requests: every member has one for every slot, or gets it
  late. Until then views pass, a timeout each, and a leader that has one proposes it.
- The clock for the new view's leader starts when a quorum has given up; so members that are cut
  off do not run through views, and after a heal all meet in the next one.
- Whoever waits asks the others every half timeout (FETCH), and repeats its view change. They
  answer with the new view, with decided values, and with the votes that they have cast. After a
  heal, therefore, half a timeout and five delays suffice if the next leader is correct.

A node that restarts without its state may vote twice; until its committee has decided all that was
open, it counts among the f.
"""

from typing import Final

from sim.protocol.agreement.contract import Membership, Propose
from sim.protocol.agreement.pbft.catch_up import BATCH, Answers
from sim.protocol.agreement.pbft.choice import Plan
from sim.protocol.agreement.pbft.messages import (
    Commit,
    Decisions,
    Fetch,
    NewView,
    Prepare,
    PrePrepare,
    Stable,
    ViewChange,
)
from sim.protocol.agreement.pbft.normal import NOTHING, NormalCase
from sim.protocol.agreement.pbft.slots import Slot
from sim.protocol.agreement.pbft.views import ViewChanges
from sim.protocol.effects import Broadcast, Effect, Send, SetTimer
from sim.protocol.messages import Message

TIMER: Final = "pbft"
"""There is one, and it runs only while something is waited for."""


class PBFT(NormalCase):
    """One member. Raises ValueError for options that are not positive whole numbers."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(membership)
        self._views = ViewChanges(membership, self._checkpoints, self._window)
        self._answers = Answers(membership.committee.one_correct)
        self._new_view: NewView | None = None
        self._answered: dict[int, tuple[int, int]] = {}
        self._has_started = self._is_ticking = self._is_timing_leader = False
        self._decided_before = self._excused = 0
        self._handlers |= {
            Propose: self._on_propose,
            ViewChange: self._on_view_change,
            NewView: self._on_new_view,
            Fetch: self._on_fetch,
            Decisions: self._on_decisions,
        }

    def start(self, now_ns: int) -> list[Effect]:
        """Begin; after a restart with its state, ask at once for what was missed."""
        effects: list[Effect] = [self._fetch()] if self._has_started else []
        self._has_started, self._is_ticking = True, False
        self._patience.begin(now_ns)
        return effects + self._keep_ticking(now_ns)

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Ask, repeat, or give up, as long as something is waited for."""
        self._is_ticking = False
        if self._is_idle:
            return NOTHING
        wait = self._wait_for_decision if self.is_voting else self._wait_for_view
        return wait(now_ns) + self._keep_ticking(now_ns)

    def _on_propose(self, candidate: Propose, now_ns: int) -> list[Effect]:
        if candidate.slot <= self.decided or candidate.slot in self._candidates:
            return NOTHING
        self._candidates[candidate.slot] = (candidate.value, now_ns)
        return self._lead(candidate.slot) + self._keep_ticking(now_ns)

    # Waiting

    @property
    def _is_idle(self) -> bool:
        is_behind = self._checkpoints.stable.slot > self.decided
        return self.is_voting and not self._candidates and not is_behind

    def _keep_ticking(self, now_ns: int) -> list[Effect]:
        if self._is_ticking or self._is_idle:
            return NOTHING
        self._is_ticking = True
        tick_ns = self._patience.tick_ns
        left_ns = self._patience.timeout_ns - self._waited_ns(now_ns)
        return [SetTimer(TIMER, min(tick_ns, left_ns) if left_ns > 0 else tick_ns)]

    def _waited_ns(self, now_ns: int) -> int:
        """For how long the oldest candidate is undecided in this view, or a leader silent."""
        if not self.is_voting:
            return self._patience.waited_ns(now_ns) if self._is_timing_leader else 0
        asked_ns = next((asked_ns for _, asked_ns in self._candidates.values()), now_ns)
        return self._patience.waited_ns(now_ns, asked_ns)

    def _wait_for_decision(self, now_ns: int) -> list[Effect]:
        waited_ns = self._waited_ns(now_ns)
        if waited_ns >= self._patience.timeout_ns:
            return self._give_up(self.view + 1, now_ns)
        is_long = waited_ns >= self._patience.tick_ns or not self._candidates
        return [self._fetch()] if is_long else NOTHING

    def _wait_for_view(self, now_ns: int) -> list[Effect]:
        if self._waited_ns(now_ns) >= self._patience.timeout_ns:
            return self._give_up(self.promised + 1, now_ns)
        return [Broadcast(self._views.last_of(self._member)), self._fetch()]

    # Changing views

    def _give_up(self, view: int, now_ns: int) -> list[Effect]:
        """Leave all views before this one."""
        self._lose_patience()
        self.promised, self._is_timing_leader = view, False
        change = self._views.sign(view, self._slots.values())
        return [Broadcast(change), *self._try_to_begin(now_ns)]

    @property
    def _misses_next(self) -> bool:
        """Whether it has candidates, but none for the slot that all others wait for."""
        return bool(self._candidates) and self.decided + 1 not in self._candidates

    def _lose_patience(self) -> None:
        """Wait longer if nothing was decided. But the leader may lack a slot that this one lacks.

        For as many views as there are leaders that is no failure; so one that has it comes soon.
        """
        if self.decided != self._decided_before:
            self._decided_before, self._excused = self.decided, 0
        elif self._misses_next and self._excused < self._n:
            self._excused += 1
        else:
            self._patience.grow()

    def _on_view_change(self, change: ViewChange, now_ns: int) -> list[Effect]:
        if change.view <= self.view or not self._views.keep(change):
            return NOTHING
        wanted = self._views.wanted()
        if wanted > self.promised:
            return self._give_up(wanted, now_ns) + self._keep_ticking(now_ns)
        return self._try_to_begin(now_ns)

    def _try_to_begin(self, now_ns: int) -> list[Effect]:
        """Begin the next view, if this member leads it; if not, give its leader time from now."""
        if self.is_voting or not self._views.has_quorum(self.promised):
            return NOTHING
        if not self._is_timing_leader:
            self._is_timing_leader = True
            self._patience.begin(now_ns)
        if self.promised % self._n != self._member:
            return NOTHING
        begun = self._views.begin(self.promised)
        if begun is None:
            return NOTHING
        return [Broadcast(begun[0]), *self._enter(*begun, now_ns)]

    def _on_new_view(self, new_view: NewView, now_ns: int) -> list[Effect]:
        plan = self._views.plan_of(new_view) if new_view.view > self.view else None
        return NOTHING if plan is None else self._enter(new_view, plan, now_ns)

    def _enter(self, new_view: NewView, plan: Plan, now_ns: int) -> list[Effect]:
        """The view begins, with the values of its plan; then whatever came too early counts."""
        self.view, self._new_view = new_view.view, new_view
        self.promised = max(self.promised, self.view)
        self._views.forget(self.view)
        if self.is_voting:
            self._patience.begin(now_ns)
        for slot in self._slots.values():
            slot.renew()
        self._checkpoints.adopt(plan.stable)
        self._cut_log()
        effects = [*self._take_over(plan), *self._lead_all()]
        for message in self._early.take(self.view):
            effects += self.on_message(message, now_ns)
        return effects + self._keep_ticking(now_ns)

    def _take_over(self, plan: Plan) -> list[Effect]:
        """Vote for what must be proposed again; all of it is known before anything follows."""
        planned = [self._open(number) for number in plan.values]
        slots = [slot for slot in planned if slot is not None]
        for slot in slots:
            slot.value = plan.values[slot.number]
        return [effect for slot in slots for effect in self._accept(slot, plan.values[slot.number])]

    # Catching up

    def _fetch(self) -> Effect:
        stable = self._checkpoints.stable.slot
        return Broadcast(Fetch(self._member, self.view, self.decided + 1, stable))

    def _on_fetch(self, asked: Fetch, now_ns: int) -> list[Effect]:
        """Answer with all that can help."""
        if asked.sender == self._member or not self._may_answer(asked, now_ns):
            return NOTHING
        name = self._membership.committee.names[asked.sender]
        return [Send(name, message) for message in self._help_for(asked)]

    def _help_for(self, asked: Fetch) -> list[Message]:
        """The view, decisions, the stable checkpoint, and what this member said itself."""
        answer: list[Message] = []
        if self._new_view is not None and asked.view < self.view:
            answer.append(self._new_view)
        stable = self._checkpoints.stable
        if asked.slot <= self.decided or asked.stable < stable.slot:
            answer.append(Decisions(self._member, *self._history.since(asked.slot), stable))
        answer += self._checkpoints.waiting()
        for number in sorted(number for number in self._slots if number >= asked.slot):
            answer += self._said_in(self._slots[number])
        return answer

    def _may_answer(self, asked: Fetch, now_ns: int) -> bool:
        """Whoever asks on gets on; whoever asks again has to wait, or it could flood itself."""
        slot, at_ns = self._answered.get(asked.sender, (-1, 0))
        if asked.slot <= slot and 0 <= now_ns - at_ns < self._patience.tick_ns // 2:
            return False
        self._answered[asked.sender] = (asked.slot, now_ns)
        return True

    def _said_in(self, slot: Slot) -> list[Message]:
        """What this member has said of a slot in this view."""
        said: list[Message] = []
        if slot.value is None or not slot.is_accepted:
            return said
        if self.view % self._n == self._member:
            said.append(PrePrepare(self._member, self.view, slot.number, slot.value))
        else:
            said.append(Prepare(self._member, self.view, slot.number, slot.value.digest))
        if slot.is_prepared:
            said.append(Commit(self._member, self.view, slot.number, slot.value.digest))
        return said

    def _on_decisions(self, answer: Decisions, now_ns: int) -> list[Effect]:
        """Take over what f + 1 members decided, and ask on if there may be more."""
        self._answers.keep(answer)
        effects = list(self._follow(answer.stable))
        while (outcome := self._answers.vouched(self.decided + 1)) is not None:
            effects += self._put_out(outcome)
        effects += self._drain() or self._skip()
        self._answers.forget(self.decided)
        if effects and answer.at(self.decided) and len(answer.outcomes) == BATCH:
            effects.append(self._fetch())
        return effects

    def _follow(self, stable: Stable) -> list[Effect]:
        """Let the window move with a checkpoint whose certificate somebody shows."""
        is_news = stable.slot > self._checkpoints.stable.slot and self._checkpoints.is_valid(stable)
        return self._move() if is_news and self._checkpoints.adopt(stable) else NOTHING

    def _skip(self) -> list[Effect]:
        """Go on from a checkpoint if the others do not keep what this member lacks."""
        for stable in self._answers.beyond(self.decided + 1):
            if stable.slot > self.decided and self._checkpoints.is_valid(stable):
                self.decided, self._state = stable.slot, stable.state
                self._decided_since = []
                self._history.clear()
                for slot in [slot for slot in self._candidates if slot <= self.decided]:
                    del self._candidates[slot]
                self._checkpoints.adopt(stable)
                return [*self._move(), *self._drain(), self._fetch()]
        return NOTHING
