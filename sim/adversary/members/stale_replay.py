"""Stale replay: proposes old snapshots as new ones, and says again what it said long ago."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from sim.adversary.members.contract import Seat, Shim
from sim.protocol.agreement.contract import Value
from sim.protocol.effects import Effect, Send

KEPT: Final = 512
"""Values and messages that it remembers, the newest."""


class StaleReplay(Shim):
    """Option: by_ns, how old what it repeats is at least."""

    expects = (
        "publishes what has been true; members ignore messages of slots that are closed, and "
        "readers see the age of what they get"
    )

    def __init__(self, seat: Seat, options: Mapping[str, Any]) -> None:
        super().__init__(seat, options)
        self._by_ns = int(options["by_ns"])
        self._values: deque[tuple[int, Value]] = deque(maxlen=KEPT)
        self._said: deque[tuple[int, Send]] = deque(maxlen=KEPT)

    def candidate(self, slot: int, value: Value, now_ns: int) -> Value:
        """See `Shim.candidate`. Remembers the true ones also while it is correct."""
        self._values.append((now_ns, value))
        if self._values[0][0] > now_ns - self._by_ns:
            return value
        while len(self._values) > 1 and self._values[1][0] <= now_ns - self._by_ns:
            self._values.popleft()
        return self.seat.falsify(slot, self._values[0][1], 0.0)

    def out(self, effects: list[Effect], now_ns: int) -> list[Effect]:
        """See `Shim.out`."""
        sends = [s for effect in effects for s in self.sends(effect) if s.to != self.seat.name]
        again: list[Effect] = []
        for _ in sends:
            if self._said and self._said[0][0] <= now_ns - self._by_ns:
                again.append(self._said.popleft()[1])
        self._said.extend((now_ns, send) for send in sends)
        self.deeds += len(again)
        return [*effects, *again]
