"""Equivocate: two nodes with one seal, each the whole truth for half of the others.

Bano and others, "Twins: BFT systems made robust" (OPODIS 2021): running a correct node twice
reaches nearly all that equivocation can do, without a line of attack for each protocol.
"""

from collections.abc import Mapping
from typing import Any

from sim.adversary.members.contract import Seat, Shim
from sim.protocol.agreement.contract import Propose
from sim.protocol.effects import Broadcast, CancelTimer, Effect, Output, Record, Send, SetTimer
from sim.protocol.messages import Message
from sim.protocol.node import Node


class Equivocate(Shim):
    """Option: by, in sd: how much higher the second twin's candidates are.

    Both twins hear everything. The first is believed by the members of even numbers and speaks for
    the application; the second exists for those of odd numbers alone. While it does not lie, the
    second twin takes part and is heard by nobody.
    """

    expects = (
        "would make correct members decide differently where quorums did not intersect; they do, "
        "so it delays or prevents a decision at most"
    )

    def __init__(self, seat: Seat, options: Mapping[str, Any]) -> None:
        super().__init__(seat, options)
        self._twins: tuple[Node, Node] = (self.node, seat.make())
        self._second = frozenset(seat.names[1::2])
        """Those for whom the second twin is the only one."""

    def start(self, now_ns: int) -> list[Effect]:
        """Both start."""
        return [
            effect
            for twin, node in enumerate(self._twins)
            for effect in self._said(twin, node.start(now_ns), now_ns)
        ]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Both hear it; candidates differ."""
        return [*self._hear(0, message, now_ns), *self._hear(1, self._other(message), now_ns)]

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Each has timers of its own."""
        twin, _, inner = name.partition(" ")
        effects = self._twins[int(twin)].on_timer(inner, now_ns)
        return self._said(int(twin), effects, now_ns)

    def _other(self, message: Message) -> Message:
        if not isinstance(message, Propose):
            return message
        other = self.seat.falsify(message.slot, message.value, self.options["by"])
        return Propose(message.slot, other)

    def _hear(self, twin: int, message: Message, now_ns: int) -> list[Effect]:
        return self._said(twin, self._twins[twin].on_message(message, now_ns), now_ns)

    def _said(self, twin: int, effects: list[Effect], now_ns: int) -> list[Effect]:
        """What comes of the effects of one twin; what it says to itself it hears at once."""
        shown: list[Effect] = []
        for effect in effects:
            match effect:
                case Send() | Broadcast():
                    for send in self.sends(effect):
                        if send.to == self.seat.name:
                            shown += self._hear(twin, send.message, now_ns)
                        elif self._is_for(twin, send.to, now_ns):
                            shown.append(send)
                case SetTimer():
                    shown.append(SetTimer(f"{twin} {effect.name}", effect.delay_ns))
                case CancelTimer():
                    shown.append(CancelTimer(f"{twin} {effect.name}"))
                case Output() | Record() if twin == 0:
                    shown.append(effect)
        return shown

    def _is_for(self, twin: int, name: str, now_ns: int) -> bool:
        lies = self.seat.acts_at(now_ns) and name in self._second
        self.deeds += lies and twin == 1
        return twin == int(lies)
