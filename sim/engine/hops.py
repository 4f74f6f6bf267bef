"""The ways of the tree, each with who is at its ends: lines, inlets of reports, hops of mail."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.engine.rules import Ends
from sim.network.channel import Channel
from sim.telemetry.leaves import Leaves
from sim.telemetry.mail import Post
from sim.telemetry.parents import Aggregators, Parents
from sim.telemetry.way import Way


@dataclass(frozen=True, slots=True)
class Line:
    """A channel of the tree with both ends of each of its ways."""

    channel: Channel
    source: Ends
    target: Ends
    reliable: bool = False
    """What is lost by chance is sent again, also where a fault is to blame."""


@dataclass(frozen=True, slots=True)
class Inlet:
    """Where reports are taken in: by the parents of one row, over one line."""

    row: int
    sender: Leaves | Aggregators
    parent: Parents
    line: Line
    way: Way


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop of a kind of mail: its line, and who sends and takes up what goes over it."""

    kind: str
    line: Line
    post: Post
    size_bytes: int
    """Of each message, or at least where `sent_bytes` counts."""
    sent_bytes: Callable[[], int] | None = None
    """Bytes of all that was sent on it so far, where messages differ in size."""

    @property
    def mean_bytes(self) -> float:
        """Mean size of what was sent on it."""
        if self.sent_bytes is None or not self.post.sent:
            return self.size_bytes
        return self.sent_bytes() / self.post.sent
