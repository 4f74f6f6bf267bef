"""Silence: a member that takes everything in and says nothing; it publishes nothing either."""

from sim.adversary.members.contract import Shim
from sim.protocol.effects import Effect


class Silence(Shim):
    """Without options."""

    expects = (
        "is one of the f that quorums do without; a silent leader costs a view change, a silent "
        "writer of a broadcast all its snapshots"
    )

    def out(self, effects: list[Effect], now_ns: int) -> list[Effect]:  # noqa: ARG002
        """See `Shim.out`."""
        kept: list[Effect] = []
        for effect in effects:
            to_itself: list[Effect] = [s for s in self.sends(effect) if s.to == self.seat.name]
            kept += to_itself if self.is_told(effect) else [effect]
            self.deeds += self.is_told(effect)
        return kept
