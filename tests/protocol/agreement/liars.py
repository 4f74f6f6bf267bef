"""Byzantine members for tests of agreement, and links that repeat themselves.

Each stands in for the node of a member (``Net(wrap=...)``); messages keep the member's own number,
as authenticated links make them.
"""

from dataclasses import dataclass, field

from sim.protocol.agreement.contract import Propose, Value
from sim.protocol.effects import Broadcast, Send


class Silent:
    """Crashed from the start."""

    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        return []

    def on_timer(self, name, now_ns):
        return []


@dataclass
class TwoFaced:
    """Runs the protocol twice, as if it were correct, and shows some members the other run.

    `faces` are two nodes; the second gets `lie` as its candidate, and what it sends goes to the
    members named in `shown_other`. Both see all that comes in.
    """

    faces: tuple
    names: tuple[str, ...]
    shown_other: frozenset[str]
    lie: Value

    def start(self, now_ns):
        return self._shown([face.start(now_ns) for face in self.faces])

    def on_message(self, message, now_ns):
        other = Propose(message.slot, self.lie) if isinstance(message, Propose) else message
        first, second = self.faces
        return self._shown([first.on_message(message, now_ns), second.on_message(other, now_ns)])

    def on_timer(self, name, now_ns):
        return self._shown([face.on_timer(name, now_ns) for face in self.faces])

    def _shown(self, effects_of_faces):
        shown = []
        for is_other, effects in enumerate(effects_of_faces):
            for effect in effects:
                receivers = {Send: lambda e: [e.to], Broadcast: lambda e: self.names}
                for name in receivers.get(type(effect), lambda e: [])(effect):
                    if (name in self.shown_other) == bool(is_other):
                        shown.append(Send(name, effect.message))
        return shown


@dataclass
class Scripted:
    """At each message that comes in sends the next few of a list of (receiver, message)."""

    script: list
    at_once: int = 4

    def start(self, now_ns):
        return []

    def on_timer(self, name, now_ns):
        return []

    def on_message(self, message, now_ns):
        now, self.script = self.script[: self.at_once], self.script[self.at_once :]
        return [Send(name, said) for name, said in now]


@dataclass
class Repeating:
    """A correct node whose links bring every message twice, and each time an old one again."""

    node: object
    seen: list = field(default_factory=list)

    def start(self, now_ns):
        return self.node.start(now_ns)

    def on_timer(self, name, now_ns):
        return self.node.on_timer(name, now_ns)

    def on_message(self, message, now_ns):
        self.seen.append(message)
        again = [message, message, self.seen[len(self.seen) // 2]]
        return [effect for said in again for effect in self.node.on_message(said, now_ns)]


def liars(who, make_liar):
    """For ``Net(wrap=...)``: the members in `who` are replaced by ``make_liar(member, node)``."""
    return lambda member, node: make_liar(member, node) if member in who else node
