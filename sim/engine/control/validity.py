"""External validity: how near its own a replica wants a snapshot before it lends its voice to it.

All replicas hear the same children, so what they know differs by little; a snapshot that is far off
is a lie, and none is decided for which a quorum has to vote. Cachin, Kursawe, Petzold and Shoup,
"Secure and efficient asynchronous broadcast protocols" (CRYPTO 2001), gave the property its name.
"""

import math

from sim.engine.control.replicas import Snapshot
from sim.protocol.agreement.contract import Value
from sim.protocol.signatures import digest
from sim.stats.moments import error_mean, moments


class Validity:
    """What the replicas of one run accept; `tolerance` in sd of the own baseline, None = all."""

    def __init__(self, tolerance: float | None, features: int) -> None:
        self._tolerance, self._features = tolerance, features
        self._own: dict[tuple[int, int], Snapshot] = {}
        self._newest = 0

    def know(self, slot: int, replica: int, own: Snapshot) -> None:
        """What a replica would publish itself; whatever it knows of a slot is the newest."""
        self._own[replica, slot] = own
        self._newest = max(self._newest, slot)

    def accepts(self, replica: int, slot: int, value: Value) -> bool:
        """Whether a replica would have a value decided.

        Never for a slot that is not due yet, nor a value that is not what its digest says; a
        replica that knows nothing accepts everything else.
        """
        if not 1 <= slot <= self._newest or not _is_genuine(slot, value):
            return False
        if self._tolerance is None:
            return True
        # Where nothing varies there is no distance (nan), and nothing to refuse for.
        return not self.distance_sd(replica, slot, value) > self._tolerance

    def distance_sd(self, replica: int, slot: int, value: Value) -> float:
        """How far the means of a snapshot are from a replica's own, at worst; infinite for none."""
        own, content = self._own.get((replica, slot)), value.content
        if own is None or not own.moments.count:
            return 0.0
        if not isinstance(content, Snapshot) or not content.moments.count:
            return math.inf
        return error_mean(moments(content.row, self._features), own.moments)


def _is_genuine(slot: int, value: Value) -> bool:
    content = value.content
    return isinstance(content, Snapshot) and value.digest == digest(slot, content.row.tobytes())
