"""How a member votes in one slot: it checks what the leader of a view says, and asks `Safety`.

Values are known by digest once their proposal was voted for; certificates name the digest alone.
"""

from sim.protocol.agreement.contract import Membership, Value
from sim.protocol.agreement.hotstuff.certificates import (
    Phase,
    is_certified,
    is_justified,
    statement,
)
from sim.protocol.agreement.hotstuff.messages import Commit, PreCommit, Prepare, Vote
from sim.protocol.agreement.hotstuff.safety import Safety


class Voter:
    """Of one slot, through all its views."""

    def __init__(self, membership: Membership, slot: int) -> None:
        self._self, self._slot = membership, slot
        self._proposal: Value | None = None
        self.safety = Safety()

    @property
    def is_involved(self) -> bool:
        """Whether it has voted: then a decision may be near, and it waits for one."""
        return self._proposal is not None

    def on_prepare(self, step: Prepare) -> Vote | None:
        """From the leader of the view. A value that a quorum prepared needs no other reason."""
        is_wanted = step.high is not None or self._self.acceptable(self._slot, step.value)
        if not is_wanted or not is_justified(step, self._self):
            return None
        if not self.safety.is_safe(step.value.digest, step.high):
            return None
        vote = self._vote(step.view, Phase.PREPARE, step.value.digest)
        if vote is not None:
            self._proposal = step.value
        return vote

    def on_pre_commit(self, step: PreCommit) -> Vote | None:
        """A quorum prepared: remember it for leaders to come."""
        value = self.known(step.certificate.value)
        if value is None or not is_certified(step.certificate, Phase.PREPARE, self._self):
            return None
        self.safety.prepared(step.certificate, value)
        return self._vote(step.view, Phase.PRE_COMMIT, value.digest)

    def on_commit(self, step: Commit) -> Vote | None:
        """A quorum pre-committed: lock."""
        value = self.known(step.certificate.value)
        if value is None or not is_certified(step.certificate, Phase.PRE_COMMIT, self._self):
            return None
        self.safety.lock(step.certificate)
        return self._vote(step.view, Phase.COMMIT, value.digest)

    def known(self, value: bytes) -> Value | None:
        """The value of this digest, if this member has it."""
        for one in (self._proposal, self.safety.high_value):
            if one is not None and one.digest == value:
                return one
        return None

    def _vote(self, view: int, phase: Phase, value: bytes) -> Vote | None:
        if not self.safety.vote(view, phase):
            return None
        signature = self._self.seal.sign(statement(phase, view, self._slot, value))
        return Vote(self._self.member, phase, view, self._slot, value, signature)
