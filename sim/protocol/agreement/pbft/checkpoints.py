"""Checkpoints: a quorum signs the digest of its decisions, and the log before it can go.

Castro and Liskov, OSDI 1999, section 4.3. The state of a member is a digest over all values that
it decided up to a checkpoint, so equal digests mean equal decisions in all slots so far.
"""

from typing import Final

from sim.protocol.agreement.contract import Membership
from sim.protocol.agreement.pbft.messages import Checkpoint, Stable, checkpoint_digest
from sim.protocol.signatures import Certificate, digest

GENESIS: Final = Stable(0, digest("nothing decided"), None)
KEPT_MAX: Final = 4
"""How many checkpoints of one member wait for a quorum; the oldest one goes first."""


def next_state(state: bytes, decided: list[bytes]) -> bytes:
    """The state at a checkpoint, from that at the one before and the digests decided since."""
    return digest(state, b"".join(decided))


class Checkpoints:
    """Collects signed states; `stable` is the latest that a quorum signed."""

    def __init__(self, membership: Membership, every: int) -> None:
        self._membership, self._every = membership, every
        self._quorum = membership.committee.quorum
        self._said: list[dict[int, Checkpoint]] = [{} for _ in range(membership.committee.n)]
        self._counts: dict[tuple[int, bytes], int] = {}
        self._latest_digest = (0, b"", b"")
        self.stable = GENESIS

    def sign(self, slot: int, state: bytes) -> Checkpoint:
        """This member's own."""
        signature = self._membership.seal.sign(checkpoint_digest(slot, state))
        return Checkpoint(self._membership.member, slot, state, signature)

    def keep(self, said: Checkpoint) -> bool:
        """Take in a checkpoint; whether it makes a later one stable."""
        mine = self._said[said.sender]
        if said.slot in mine or not self._is_sound(said):
            return False
        mine[said.slot] = said
        key = (said.slot, said.state)
        self._counts[key] = self._counts.get(key, 0) + 1
        if len(mine) > KEPT_MAX:
            self._forget(mine, min(mine))
        return self._counts.get(key) == self._quorum and self.adopt(self._certified(said))

    def waiting(self) -> list[Checkpoint]:
        """This member's own that are not stable yet."""
        return list(self._said[self._membership.member].values())

    def adopt(self, stable: Stable) -> bool:
        """Somebody shows a certificate that was found valid; whether it is later than ours."""
        if stable.slot <= self.stable.slot:
            return False
        self.stable = stable
        for said in self._said:
            for slot in [slot for slot in said if slot <= stable.slot]:
                self._forget(said, slot)
        return True

    def is_valid(self, stable: Stable) -> bool:
        """Whether a quorum signed it, or it is the beginning."""
        if stable.certificate is None:
            return stable == GENESIS
        return (
            stable.slot > 0
            and stable.slot % self._every == 0
            and stable.certificate.digest == checkpoint_digest(stable.slot, stable.state)
            and self._membership.notary.is_certified(stable.certificate, self._quorum)
        )

    def _is_sound(self, said: Checkpoint) -> bool:
        return (
            said.slot > self.stable.slot
            and said.slot % self._every == 0
            and said.signature.member == said.sender
            and self._membership.notary.is_signed(
                said.signature, self._digest_of(said.slot, said.state)
            )
        )

    def _digest_of(self, slot: int, state: bytes) -> bytes:
        """What is signed; one after the other the members say the same, so the last is kept."""
        if self._latest_digest[:2] != (slot, state):
            self._latest_digest = (slot, state, checkpoint_digest(slot, state))
        return self._latest_digest[2]

    def _forget(self, said: dict[int, Checkpoint], slot: int) -> None:
        key = (slot, said.pop(slot).state)
        self._counts[key] -= 1
        if not self._counts[key]:
            del self._counts[key]

    def _certified(self, said: Checkpoint) -> Stable:
        states = (others.get(said.slot) for others in self._said)
        equal = [other.signature for other in states if other and other.state == said.state]
        certificate = Certificate(checkpoint_digest(said.slot, said.state), tuple(equal))
        return Stable(said.slot, said.state, certificate)
