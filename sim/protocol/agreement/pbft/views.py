"""View changes: collected, checked, and turned into the beginning of the next view.

Castro and Liskov, TOCS 2002, section 4.4. Of each member the latest view change counts, so a liar
takes no more room than anybody. Nothing that a member claims is believed without its signature.
"""

from collections.abc import Iterable

from sim.protocol.agreement.contract import Membership
from sim.protocol.agreement.pbft.checkpoints import Checkpoints
from sim.protocol.agreement.pbft.choice import Plan, choose
from sim.protocol.agreement.pbft.messages import (
    NewView,
    Prepared,
    PrePrepared,
    ViewChange,
    new_view_digest,
    view_change_digest,
)
from sim.protocol.agreement.pbft.slots import DIGESTS_MAX, Slot


class ViewChanges:
    """Who wants to leave for which view; signs and checks in a member's name."""

    def __init__(self, membership: Membership, checkpoints: Checkpoints, window: int) -> None:
        self._membership, self._checkpoints, self._window = membership, checkpoints, window
        self._committee = membership.committee
        self._latest: dict[int, ViewChange] = {}

    def sign(self, view: int, slots: Iterable[Slot]) -> ViewChange:
        """This member's own, from what is in its log after the stable checkpoint."""
        stable, member = self._checkpoints.stable, self._membership.member
        later = sorted(
            (slot for slot in slots if slot.number > stable.slot), key=lambda slot: slot.number
        )
        prepared = tuple(claim for slot in later for claim in slot.prepared_claims())
        preprepared = tuple(claim for slot in later for claim in slot.preprepared_claims())
        signed = view_change_digest(member, view, stable, prepared, preprepared)
        signature = self._membership.seal.sign(signed)
        change = ViewChange(member, view, stable, prepared, preprepared, signature)
        self._latest[member] = change
        return change

    def keep(self, change: ViewChange) -> bool:
        """Take in a view change; whether it is sound and later than its sender's last one."""
        held = self._latest.get(change.sender)
        if (held is not None and held.view >= change.view) or not self._is_sound(change):
            return False
        self._latest[change.sender] = change
        return True

    def forget(self, view: int) -> None:
        """This view has begun: drop what led to it or to earlier ones."""
        for member, change in list(self._latest.items()):
            if change.view <= view:
                del self._latest[member]

    def last_of(self, member: int) -> ViewChange:
        """The latest one of a member that has sent one. Raises KeyError if it has not."""
        return self._latest[member]

    def wanted(self) -> int:
        """The highest view that f + 1 other members want, or go beyond; 0 if there is none."""
        others = (
            change.view
            for member, change in self._latest.items()
            if member != self._membership.member
        )
        views = sorted(others, reverse=True)
        return views[self._committee.f] if len(views) > self._committee.f else 0

    def has_quorum(self, view: int) -> bool:
        """Whether a quorum wants this view, or one beyond."""
        wanting = sum(change.view >= view for change in self._latest.values())
        return wanting >= self._committee.quorum

    def begin(self, view: int) -> tuple[NewView, Plan] | None:
        """The new view, to be sent by its leader, and what follows from it; None: not yet."""
        found = (self._latest[member] for member in sorted(self._latest))
        changes = tuple(change for change in found if change.view == view)
        plan = self._plan(changes)
        if plan is None:
            return None
        signature = self._membership.seal.sign(new_view_digest(view, changes))
        return NewView(self._membership.member, view, changes, signature), plan

    def plan_of(self, new_view: NewView) -> Plan | None:
        """What follows from somebody's new view; None if it is not sound."""
        view, changes = new_view.view, new_view.changes
        members = [change.sender for change in changes]
        is_sound = (
            len(changes) <= self._committee.n
            and members == sorted(set(members))
            and new_view.signature.member == view % self._committee.n
            and self._membership.notary.is_signed(
                new_view.signature, new_view_digest(view, changes)
            )
            and all(change.view == view and self._is_sound(change) for change in changes)
        )
        return self._plan(changes) if is_sound else None

    def _plan(self, changes: tuple[ViewChange, ...]) -> Plan | None:
        if len(changes) < self._committee.quorum:
            return None
        return choose(changes, self._committee)

    def _is_sound(self, change: ViewChange) -> bool:
        signed = view_change_digest(
            change.sender, change.view, change.stable, change.prepared, change.preprepared
        )
        return (
            self._is_within_bounds(change)
            and change.signature.member == change.sender
            and self._membership.notary.is_signed(change.signature, signed)
            and self._checkpoints.is_valid(change.stable)
        )

    def _is_within_bounds(self, change: ViewChange) -> bool:
        """Whether a correct member could claim as much: slots, views and repetitions."""
        claims: list[Prepared | PrePrepared] = [*change.prepared, *change.preprepared]
        slots = [claim.slot for claim in change.prepared]
        pairs = {(claim.slot, claim.digest) for claim in change.preprepared}
        low = change.stable.slot
        return (
            len(slots) <= self._window
            and len(change.preprepared) <= self._window * DIGESTS_MAX
            and len(set(slots)) == len(slots)
            and len(pairs) == len(change.preprepared)
            and all(low < claim.slot <= low + self._window for claim in claims)
            and all(0 <= claim.view < change.view for claim in claims)
        )
