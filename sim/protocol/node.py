"""What a node is: a pure state machine.

A message or a timer goes in, effects come out. A node has no clock, no randomness, no engine and no
files: `now_ns` is handed in, and so is anything random when the node is built. The same class
therefore runs in a unit test, in the simulator, and in a real deployment.
"""

from typing import Protocol

from sim.protocol.effects import Effect
from sim.protocol.messages import Message


class Node(Protocol):
    """One participant. `now_ns` is always the time on its own clock, which may be wrong."""

    def start(self, now_ns: int) -> list[Effect]:
        """Begin, or begin again after a restart with the state that survived."""
        ...

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Take in a message. Anything may arrive late, twice, out of order, or never."""
        ...

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """A timer that was set has fired."""
        ...
