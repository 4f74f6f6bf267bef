"""Versioned updates: how knowledge of a source spreads, in three small nodes.

A `Source` numbers its states, a `Relay` passes on what is news to it, a `Monitor` keeps the newest
and notes when it learnt what. Newest wins, so losing, repeating or reordering updates cannot change
what a monitor ends up with.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sim.protocol.effects import Effect, Record, Send, SetTimer
from sim.protocol.messages import Message, Update


class Heard(NamedTuple):
    """A node learnt a newer state of a source."""

    node: str
    source: str
    epoch: int
    version: int
    born_ns: int


class Newest:
    """The newest update of every source, whatever order they come in."""

    def __init__(self) -> None:
        self.of: dict[str, Update] = {}

    def take(self, update: Update) -> bool:
        """Keep the update if it is news, and say whether it was."""
        if not update.is_newer_than(self.of.get(update.source)):
            return False
        self.of[update.source] = update
        return True


class Source:
    """Sends a numbered update to one node after each interval, until there are no more intervals.

    `intervals_ns` are counted on the source's clock; `epoch` is the life of the source, counted by
    whoever restarts it without its old state.
    """

    def __init__(
        self, node_id: str, to: str, intervals_ns: Iterator[int], *, epoch: int = 0
    ) -> None:
        self.node_id = node_id
        self.to = to
        self.epoch = epoch
        self.version = 0
        self._intervals_ns = intervals_ns

    def start(self, now_ns: int) -> list[Effect]:
        """Wait for the first interval."""
        return self._wait()

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Nobody can tell a source anything."""
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Send the next version."""
        self.version += 1
        update = Update(self.node_id, self.epoch, self.version, born_ns=now_ns)
        return [Send(self.to, update), *self._wait()]

    def _wait(self) -> list[Effect]:
        interval_ns = next(self._intervals_ns, None)
        return [] if interval_ns is None else [SetTimer("emit", interval_ns)]


class Relay:
    """Passes on every update that is news to it; the rest goes no further."""

    def __init__(self, to: str) -> None:
        self.to = to
        self.newest = Newest()

    def start(self, now_ns: int) -> list[Effect]:
        """Wait for messages."""
        return []

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Pass news on, as it is: its birth stays the source's."""
        if isinstance(message, Update) and self.newest.take(message):
            return [Send(self.to, message)]
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """A relay sets no timers."""
        return []


class Monitor:
    """Holds the newest update of every source and records each piece of news as `Heard`."""

    def __init__(self, node_id: str) -> None:
        self.node_id = node_id
        self.newest = Newest()

    def start(self, now_ns: int) -> list[Effect]:
        """Wait for messages."""
        return []

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Keep and record news; duplicates and older updates change nothing."""
        if not isinstance(message, Update) or not self.newest.take(message):
            return []
        heard = Heard(self.node_id, message.source, message.epoch, message.version, message.born_ns)
        return [Record(heard)]

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """A monitor sets no timers."""
        return []
