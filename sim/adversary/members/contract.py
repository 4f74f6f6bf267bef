"""What every liar in a committee is: a shim around its node, which rewrites what goes in or out.

The node inside is the protocol's own, with the seal of its member; a shim can therefore say
whatever that member could, and nothing in another's name. Outside of its time a shim passes
everything on as it is. It reacts to what reaches it and knows nothing else of the run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sim.protocol.agreement.contract import Propose, Value
from sim.protocol.effects import Broadcast, Effect, Output, Send
from sim.protocol.messages import Message
from sim.protocol.node import Node

Falsify = Callable[[int, Value, float], Value]
"""A genuine value (its digest is right) for a slot: this one with all means so many sd higher."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The place of a liar in a committee, and what it needs to lie there."""

    name: str
    names: tuple[str, ...]
    """Of all members, its own among them."""
    make: Callable[[], Node]
    """Builds the node that a correct member would have."""
    begin_ns: int
    end_ns: int | None
    """None = to the end of the run."""
    bound_ns: int
    """How long the others wait before they act without it."""
    falsify: Falsify

    @property
    def others(self) -> tuple[str, ...]:
        """The names of the other members, in their order."""
        return tuple(name for name in self.names if name != self.name)

    def acts_at(self, now_ns: int) -> bool:
        """Whether it lies at an instant on its own clock."""
        return self.begin_ns <= now_ns and (self.end_ns is None or now_ns < self.end_ns)


class Shim:
    """One kind of liar in a seat, with the options of its entry. Overrides the hooks it needs.

    `deeds` counts what it has changed: a liar without any was none.
    """

    expects: ClassVar[str]
    """What it is expected to do, and what stops it: one sentence."""

    def __init__(self, seat: Seat, options: Mapping[str, Any]) -> None:
        self.seat, self.options = seat, options
        self.node = seat.make()
        self.deeds = 0

    def start(self, now_ns: int) -> list[Effect]:
        """See `sim.protocol.node.Node`."""
        return self._filtered(self.node.start(now_ns), now_ns)

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """See `sim.protocol.node.Node`."""
        if isinstance(message, Propose):
            message = self._proposed(message, now_ns)
        return self._filtered(self.node.on_message(message, now_ns), now_ns)

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """See `sim.protocol.node.Node`."""
        return self._filtered(self.node.on_timer(name, now_ns), now_ns)

    # Hooks

    def candidate(self, slot: int, value: Value, now_ns: int) -> Value:  # noqa: ARG002
        """What it proposes in place of the candidate of its application."""
        return value

    def out(self, effects: list[Effect], now_ns: int) -> list[Effect]:  # noqa: ARG002
        """What becomes of the effects of the node inside."""
        return effects

    # For the hooks

    def sends(self, effect: Effect) -> list[Send]:
        """The messages of an effect one by one, that to itself among them."""
        match effect:
            case Send():
                return [effect]
            case Broadcast():
                return [Send(name, effect.message) for name in self.seat.names]
        return []

    def is_told(self, effect: Effect) -> bool:
        """Whether anybody else gets to know of an effect: a message, or what it decided."""
        if isinstance(effect, Send):
            return effect.to != self.seat.name
        return isinstance(effect, Broadcast | Output)

    def _proposed(self, own: Propose, now_ns: int) -> Propose:
        value = self.candidate(own.slot, own.value, now_ns)
        if not self.seat.acts_at(now_ns) or value == own.value:
            return own
        self.deeds += 1
        return Propose(own.slot, value)

    def _filtered(self, effects: list[Effect], now_ns: int) -> list[Effect]:
        return self.out(effects, now_ns) if self.seat.acts_at(now_ns) else effects


MakeShim = Callable[[Seat, Mapping[str, Any]], Shim]
