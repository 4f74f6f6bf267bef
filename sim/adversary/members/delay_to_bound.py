"""Delay to the bound: every message leaves as late as the others' patience allows."""

from collections.abc import Mapping
from typing import Any, Final

from sim.adversary.members.contract import Seat, Shim
from sim.protocol.effects import Effect, Send, SetTimer

_HELD: Final = "held back "


class DelayToBound(Shim):
    """Option: margin_ns, how long before the protocol's timeout each message leaves.

    The margin has to cover the way and what the others still have to do; with less of it a leader
    loses its view. Clement and others, "Making Byzantine fault tolerant systems tolerate Byzantine
    faults" (NSDI 2009), call this slow leader the attack that no timeout finds.
    """

    expects = (
        "as leader it makes every decision nearly a timeout late and is never replaced; "
        "elsewhere the others' quorums do without it"
    )

    def __init__(self, seat: Seat, options: Mapping[str, Any]) -> None:
        super().__init__(seat, options)
        self._delay_ns = max(0, seat.bound_ns - int(options["margin_ns"]))
        self._held: dict[str, Send] = {}

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Its own timers let a message go, whether or not it still lies."""
        if name.startswith(_HELD):
            held = self._held.pop(name, None)
            return [] if held is None else [held]
        return super().on_timer(name, now_ns)

    def out(self, effects: list[Effect], now_ns: int) -> list[Effect]:  # noqa: ARG002
        """See `Shim.out`."""
        kept: list[Effect] = []
        for effect in effects:
            sends = self.sends(effect)
            kept += [self._hold(send) for send in sends] if sends else [effect]
        return kept

    def _hold(self, send: Send) -> Effect:
        if send.to == self.seat.name:
            return send
        self.deeds += 1
        name = f"{_HELD}{self.deeds}"
        self._held[name] = send
        return SetTimer(name, self._delay_ns)
