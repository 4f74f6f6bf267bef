"""What a leader does in one view of one slot: collects new-views, proposes, collects votes.

It keeps one message a member and phase, whatever a liar sends.
"""

from typing import Final

from sim.protocol.agreement.contract import Membership, Value
from sim.protocol.agreement.hotstuff.certificates import Phase, combine, is_justified, statement
from sim.protocol.agreement.hotstuff.messages import (
    Certified,
    Commit,
    Decide,
    NewView,
    PreCommit,
    Prepare,
    Vote,
)
from sim.protocol.signatures import Signature

ENDS: Final[dict[Phase, type[Certified]]] = {
    Phase.PREPARE: PreCommit,
    Phase.PRE_COMMIT: Commit,
    Phase.COMMIT: Decide,
}
"""With which message the certificate of a phase goes out."""


class Leadership:
    """Of the member itself; what other leaders do, it never hears of."""

    def __init__(self, membership: Membership, view: int, slot: int) -> None:
        self._self, self._view, self._slot = membership, view, slot
        self._quorum = membership.committee.quorum
        self._new_views: dict[int, NewView] = {}
        self._proposed: Value | None = None
        self._has_given_way = False
        self._votes: dict[Phase, dict[int, Signature]] = {phase: {} for phase in Phase}

    def on_new_view(self, step: NewView, candidate: Value | None) -> Prepare | None:
        """The first of each member counts, and one that says it has a candidate now."""
        before = self._new_views.get(step.sender)
        is_news = before is None or (step.has_candidate and not before.has_candidate)
        if not is_news or not is_justified(step, self._self):
            return None
        self._new_views[step.sender] = step
        return self.propose(candidate)

    def propose(self, candidate: Value | None) -> Prepare | None:
        """Once, and once a quorum is there: what their highest certificate demands, else ours."""
        if self._proposed is not None or len(self._new_views) < self._quorum:
            return None
        best = self._highest()
        value = candidate if best.high is None else best.value
        if value is None:
            return None
        self._proposed = value
        return Prepare(self._self.member, self._view, self._slot, value, best.high)

    def gives_way(self) -> bool:
        """Whether to leave the lead to others, who could propose what this member cannot. Once."""
        asked = self._new_views.values()
        is_asked = len(asked) >= self._quorum and any(step.has_candidate for step in asked)
        if not is_asked or self._proposed is not None or self._has_given_way:
            return False
        self._has_given_way = True
        return True

    def on_vote(self, vote: Vote) -> Certified | None:
        """What to tell everybody if this vote is the last that was missing in its phase."""
        votes = self._votes[vote.phase]
        if vote.sender in votes or not self._is_good(vote):
            return None
        votes[vote.sender] = vote.signature
        if len(votes) != self._quorum:
            return None
        threshold = self._self.options.get("threshold_signatures", True)
        certificate = combine(
            vote.phase, self._view, self._slot, vote.value, votes, threshold=threshold
        )
        return ENDS[vote.phase](self._self.member, certificate)

    def _highest(self) -> NewView:
        by_member = [self._new_views[member] for member in sorted(self._new_views)]
        return max(by_member, key=lambda one: -1 if one.high is None else one.high.view)

    def _is_good(self, vote: Vote) -> bool:
        return (
            self._proposed is not None
            and vote.value == self._proposed.digest
            and vote.signature.member == vote.sender
            and self._self.notary.is_signed(
                vote.signature, statement(vote.phase, self._view, self._slot, vote.value)
            )
        )
