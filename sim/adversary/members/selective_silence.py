"""Selective silence: says nothing to one half of the others, and is correct to the rest."""

from collections.abc import Mapping
from typing import Any

from sim.adversary.members.contract import Seat, Shim
from sim.protocol.effects import Effect


class SelectiveSilence(Shim):
    """Option: side, whether the members of `low` or of `high` numbers hear nothing of it.

    Of an odd number of others the smaller part is left out.
    """

    expects = (
        "leaves some members to learn from the others what it said; where its word alone would do, "
        "they decide later or not at all"
    )

    def __init__(self, seat: Seat, options: Mapping[str, Any]) -> None:
        super().__init__(seat, options)
        half = len(seat.others) // 2
        shunned = seat.others[:half] if options["side"] == "low" else seat.others[-half:]
        self._shunned = frozenset(shunned if half else ())

    def out(self, effects: list[Effect], now_ns: int) -> list[Effect]:  # noqa: ARG002
        """See `Shim.out`."""
        kept: list[Effect] = []
        for effect in effects:
            sends = self.sends(effect)
            heard: list[Effect] = [send for send in sends if send.to not in self._shunned]
            self.deeds += len(sends) - len(heard)
            kept += [effect] if len(heard) == len(sends) else heard
        return kept
