"""The safety rules of one slot: when a member may vote. All of agreement rests on this file.

- It votes once at most in each phase of a view, and never for an earlier phase or view.
- It locks on the certificate of the pre-commit phase, because others may decide that value.
- It votes to prepare another value only if shown a prepare certificate from a later view than its
  lock: then a quorum was free to vote for something else, so nobody decided what is locked.

Two values cannot both have a certificate in one phase of one view, since two quorums share a
correct member. PODC 2019, Algorithm 1 (safeNode) and Theorem 2. A slot begins only where the one
before is decided, so "extends the locked node" means "is the locked value" here.
"""

from sim.protocol.agreement.contract import Value
from sim.protocol.agreement.hotstuff.certificates import Phase, QuorumCertificate


class Safety:
    """What a member must not forget while a slot is open, even if it crashes."""

    def __init__(self) -> None:
        self.voted = (-1, 0)
        self.locked: QuorumCertificate | None = None
        self.high: QuorumCertificate | None = None
        self.high_value: Value | None = None

    def is_safe(self, value: bytes, high: QuorumCertificate | None) -> bool:
        """Whether a proposal of this digest, justified by `high`, cannot undo a decision."""
        if self.locked is None or self.locked.value == value:
            return True
        return high is not None and high.view > self.locked.view

    def vote(self, view: int, phase: Phase) -> bool:
        """Whether a vote is still to be given in this phase of this view; from now on it is not."""
        is_first = (view, phase) > self.voted
        if is_first:
            self.voted = (view, phase)
        return is_first

    def prepared(self, certificate: QuorumCertificate, value: Value) -> None:
        """Keep the highest prepare certificate, and what it is for: the next leader needs both."""
        if self.high is None or certificate.view > self.high.view:
            self.high, self.high_value = certificate, value

    def lock(self, certificate: QuorumCertificate) -> None:
        """A quorum has seen a prepare certificate; it may be decided any time now."""
        if self.locked is None or certificate.view > self.locked.view:
            self.locked = certificate
