"""The court at the root: hears proofs, convicts each once, and takes back what was built on lies.

What it keeps of the past is the roots that were attested, so that it can go back to the last one
before the first round in which a convicted aggregator is known to have lied.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import Conviction, FraudProof, verify_fraud
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.statements import Statement


class Court:
    """`registry` is of the current seating and changes with every replacement."""

    def __init__(self, keys: Keys, registry: Registry, *, memory: int = 16) -> None:
        self.registry = registry
        self._keys = keys
        self._memory = memory
        self._attested: list[Statement] = []
        self._convicted: dict[Name, Conviction] = {}

    @property
    def attested(self) -> Statement | None:
        """The newest root that everybody attested and nobody has disproved since; None if none."""
        return self._attested[-1] if self._attested else None

    @property
    def convicted(self) -> Mapping[Name, Conviction]:
        """Everybody who was convicted, in the order of it."""
        return MappingProxyType(self._convicted)

    def attest(self, root: Statement) -> None:
        """A root was attested. The last `memory` of them are kept."""
        self._attested = [*self._attested, root][-self._memory :]

    def hear(self, proof: FraudProof) -> Conviction | None:
        """The conviction, if the proof holds and its author is not convicted yet.

        A convicted aggregator must be replaced (`replace`) and its rounds are taken back; a
        convicted agent loses its seat's vote, but what it counted was possible and stands.
        """
        conviction = verify_fraud(proof, self._keys, self.registry)
        if conviction is None or conviction.name in self._convicted:
            return None
        self._convicted[conviction.name] = conviction
        if conviction.name.tier > 0:
            self._roll_back(conviction.epoch)
        return conviction

    def replace(self, name: Name) -> Name:
        """Seat somebody new in place of a convicted aggregator, and say whom.

        Raises KeyError if the member has no seat.
        """
        seat = self.registry.seat_of(name)
        if seat is None:
            raise KeyError(name)
        self.registry = self.registry.replaced(name)
        return self.registry.name(name.tier, seat)

    def _roll_back(self, epoch: int) -> None:
        """Forget the attested roots from this round on."""
        self._attested = [root for root in self._attested if root.epoch < epoch]
