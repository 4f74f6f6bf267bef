"""The root's end: the newest update of every source, in columns, and who has shown signs of life.

Who the sources are is known beforehand; anybody else, and what is no vector of numbers, is counted
and kept out. What is held is a fold over the newest, so losing, repeating or reordering messages
cannot change what it comes to.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from sim.protocol.effects import Effect, Record
from sim.protocol.messages import Message
from sim.protocol.routing.checks import is_bound, is_possible, is_vector
from sim.protocol.routing.contract import Pulse, Ranked
from sim.protocol.routing.importance import claimed
from sim.protocol.routing.sending.contract import Floats, Ints

NEVER: Final = int(np.iinfo(np.int64).min)


class Received(NamedTuple):
    """The root learnt a newer state of a source."""

    node: str
    source: str
    epoch: int
    version: int
    born_ns: int
    importance: int
    """As the last router served it."""


@dataclass(slots=True)
class Book:
    """What is held of n sources, a row each; instants are `NEVER` where there was none."""

    values: Floats
    """(n, d), of the newest update; NaN where there was none."""
    silence: Floats
    """(n,), the bound that came with it."""
    versions: Ints
    """(n, 2): epoch and version of it."""
    announced: Ints
    """(n, 2): of the newest that the source is known to have sent; if that is newer, one is missing
    or on its way."""
    born_ns: Ints
    """(n,), when the newest update was born, on the source's clock."""
    updated_ns: Ints
    """(n,), when the newest update arrived, on the root's clock."""
    alive_ns: Ints
    """(n,), when the newest sign of life arrived, on the root's clock."""
    vouched_ns: Ints
    """(n,), when that was born, on the source's clock: up to then silence has meant something."""

    @classmethod
    def of(cls, sources: int, features: int) -> "Book":
        """Of nothing yet."""
        numbers = [np.full((sources, 2), NEVER) for _ in range(2)]
        instants = [np.full(sources, NEVER) for _ in range(4)]
        values = np.full((sources, features), np.nan)
        return cls(values, np.full(sources, math.inf), *numbers, *instants)


class Sink:
    """Holds `book`, in the order of `sources`; writes down each piece of news as `Received`."""

    def __init__(self, node_id: str, sources: Sequence[str], features: int) -> None:
        self.node_id = node_id
        self.book = Book.of(len(sources), features)
        self.strangers = self.malformed = 0
        self._row = {source: row for row, source in enumerate(sources)}

    def start(self, now_ns: int) -> list[Effect]:
        """Wait for messages."""
        return []

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Keep what is news; duplicates and older updates change nothing."""
        if not isinstance(message, Ranked):
            return []
        row = self._row.get(message.source)
        if row is None:
            self.strangers += 1
            return []
        if not self._is_well_formed(message):
            self.malformed += 1
            return []
        self._live(row, message, now_ns)
        return [] if isinstance(message, Pulse) else self._learn(row, message, now_ns)

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """A sink sets no timers."""
        return []

    def _is_well_formed(self, message: Ranked) -> bool:
        features = self.book.values.shape[1]
        return is_possible(message) and (
            isinstance(message, Pulse) or is_vector(message.state, features)
        )

    def _live(self, row: int, message: Ranked, now_ns: int) -> None:
        """A message that is repeated or late says nothing about now."""
        book, number = self.book, [message.epoch, message.version]
        newest = [*book.announced[row].tolist(), book.vouched_ns[row]]
        if [*number, message.born_ns] <= newest:
            return
        book.announced[row] = number
        book.alive_ns[row], book.vouched_ns[row] = now_ns, message.born_ns

    def _learn(self, row: int, message: Ranked, now_ns: int) -> list[Effect]:
        book, number = self.book, [message.epoch, message.version]
        if number <= book.versions[row].tolist():
            return []
        book.values[row], book.versions[row] = message.state, number
        book.silence[row] = message.silence if is_bound(message.silence) else math.inf
        book.born_ns[row], book.updated_ns[row] = message.born_ns, now_ns
        rank = int(claimed(message.importance))
        news = Received(
            self.node_id, message.source, message.epoch, message.version, message.born_ns, rank
        )
        return [Record(news)]
