"""Set reconciliation: the peer streams coded symbols of its items until the initiator has decoded.

A stream that only a "stop" ends would waste what a link carries in a round trip, which is far more
than most differences need. So it is asked for in portions: the first is the answer to the opening
and gives an estimate of the difference (`riblt.Decoder.estimate`), the second is of that size; a
third and small one is needed about every other time. Elements are 64-bit ids of whole items, keyed
by the session, so a key with a newer version on one side is two differences.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sim.protocol.antientropy.comparison import Difference, Options, Session
from sim.protocol.antientropy.messages import (
    SYMBOL_BYTES,
    Compare,
    InSession,
    More,
)
from sim.protocol.antientropy.messages import Symbols as Portion
from sim.protocol.antientropy.riblt import Decoder, Elements, Lie, Symbols
from sim.protocol.antientropy.siphash import Words
from sim.protocol.antientropy.store import Rows, Store

SYMBOLS_A_DIFFERENCE: Final = 1.4
"""How many symbols to ask for: 1.35 is the limit for many differences, and few need some more."""


def symbols_a_message(options: Options) -> int:
    """Of every message but the last of a portion; both ends have to know it."""
    return options.chunk_bytes // SYMBOL_BYTES


class RatelessComparison:
    """Decodes as symbols come in; keeps those that came before their turn."""

    def __init__(self, session: Session, store: Store, options: Options) -> None:
        self.difference: Difference | None = None
        self.round_trips = self.answers = 0
        self._session, self._store, self._options = session, store, options
        self._ids = session.ids(store)
        self._decoder: Decoder | None = None
        self._early: dict[int, bytes] = {}
        self._taken, self._upto = 0, options.portion

    def take(self, message: InSession) -> Sequence[InSession]:
        """Symbols: whole portions of what has been asked for, so that no two of them overlap."""
        if not isinstance(message, Portion) or self.difference is not None:
            return []
        start, each = message.start, symbols_a_message(self._options)
        if not self._taken <= start < self._upto or (start - self._taken) % each:
            return []
        if len(message.cells) != min(each, self._upto - start) * SYMBOL_BYTES:
            return []
        self.answers += start not in self._early
        self._early[start] = message.cells
        try:
            return self._decode()
        except Lie:
            self.difference = Difference()
            return []

    def pending(self) -> Sequence[InSession]:
        """What is left of the portion."""
        return [self._more()] if self._taken and self.difference is None else []

    def _decode(self) -> Sequence[InSession]:
        if self._decoder is None:
            self._decoder = Decoder(self._session.check_key, self._ids)
        while (cells := self._early.pop(self._taken, None)) is not None:
            self._taken += len(cells) // SYMBOL_BYTES
            self._decoder.take(cells)
        if self._decoder.is_decoded:
            self.round_trips += 1
            self.difference = self._found(self._decoder)
        elif self._taken == self._upto:
            self.round_trips += 1
            return self._go_on(self._decoder)
        return []

    def _found(self, decoder: Decoder) -> Difference:
        order = np.argsort(self._ids)
        rows = order[np.searchsorted(self._ids, decoder.ours, sorter=order)]
        return Difference(np.sort(decoder.theirs), np.sort(rows))

    def _go_on(self, decoder: Decoder) -> Sequence[InSession]:
        """Ask for as many as the estimate says, and at least for an eighth more."""
        estimated = round(SYMBOLS_A_DIFFERENCE * min(decoder.estimate(), self._options.symbols_max))
        self._upto = max(estimated, self._taken + self._taken // 8)
        if self._upto > self._options.symbols_max:
            self.difference = Difference()
            return []
        return [self._more()]

    def _more(self) -> More:
        said = self._session.said_by(self._session.initiator)
        return More(*said, self._taken, self._upto)


class RatelessAnswering:
    """Codes its items, as they were at the opening; 56 bytes an item until the session ends."""

    ships_unasked = False

    def __init__(
        self, session: Session, member: int, store: Store, options: Options, opened: Compare
    ) -> None:
        self._options, self._said = options, session.said_by(member)
        self._ids = session.ids(store)
        self._elements = Elements(session.check_key)
        self._elements.append(self._ids, np.ones(len(self._ids), np.int64))
        self._symbols = Symbols()
        self._order = np.argsort(self._ids)

    def take(self, message: InSession) -> Sequence[InSession]:
        """Symbols, those of the first portion unasked."""
        if isinstance(message, Compare):
            return self._portion(0, self._options.portion)
        if not isinstance(message, More):
            return []
        if not 0 <= message.start < message.upto <= self._options.symbols_max:
            return []
        return self._portion(message.start, message.upto)

    def rows(self, ids: Words) -> Rows:
        """By the ids that were coded."""
        if not len(self._ids):
            return np.zeros(0, np.int64)
        places = np.searchsorted(self._ids, ids, sorter=self._order)
        rows = self._order[np.minimum(places, len(self._ids) - 1)]
        known: Rows = rows[self._ids[rows] == ids]
        return known

    def _portion(self, start: int, upto: int) -> Sequence[InSession]:
        if upto > len(self._symbols):
            self._symbols.lengthen(upto)
            self._elements.add_to(self._symbols)
        each = symbols_a_message(self._options)
        return [
            Portion(*self._said, first, self._symbols.to_bytes(first, min(first + each, upto)))
            for first in range(start, upto, each)
        ]
