"""Forge: proposes a snapshot with other means, and publishes such a one whatever was decided."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sim.adversary.members.contract import Seat, Shim
from sim.protocol.agreement.contract import Decided, Value
from sim.protocol.effects import Effect, Output


class Forge(Shim):
    """Option: by, in sd between correct agents. Otherwise it follows the protocol."""

    expects = (
        "has its own way consensus-free; as leader or writer only within the tolerance of the "
        "others; what it publishes below bears no valid certificate"
    )

    def __init__(self, seat: Seat, options: Mapping[str, Any]) -> None:
        super().__init__(seat, options)
        self._own: tuple[int, Value | None] = (0, None)
        """The last slot for which it forged a candidate, and that one."""

    def candidate(self, slot: int, value: Value, now_ns: int) -> Value:  # noqa: ARG002
        """See `Shim.candidate`."""
        self._own = slot, self._forged(slot, value)
        return self._own[1]

    def out(self, effects: list[Effect], now_ns: int) -> list[Effect]:  # noqa: ARG002
        """See `Shim.out`."""
        return [self._published(effect) for effect in effects]

    def _published(self, effect: Effect) -> Effect:
        match effect:
            case Output(event=Decided() as decided) if (decided.slot, decided.value) != self._own:
                self.deeds += 1
                forged = self._forged(decided.slot, decided.value)
                return Output(replace(decided, value=forged))
        return effect

    def _forged(self, slot: int, value: Value) -> Value:
        return self.seat.falsify(slot, value, self.options["by"])
