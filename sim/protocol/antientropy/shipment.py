"""Items on their way: in chunks, each acknowledged, no more than a window of them under way.

Chunks may be lost, repeated and reordered: the receiver takes each as it comes and says so. The
sender repeats a chunk once when later ones have overtaken it, and the oldest ones again and again
when a timer says that nothing moves; never all of them, since the link may only be slow.
"""

from itertools import islice
from typing import Final

import numpy as np

from sim.protocol.antientropy.messages import Items
from sim.protocol.antientropy.store import Rows, Store

CHUNKS_MAX: Final = 1 << 20
"""More than that nobody ships in a session; the rest is for the next one."""

_OVERTAKEN_BY: Final = 3
"""As TCP has it (RFC 5681): fewer may just have been reordered."""
_AT_A_TIME: Final = 16


class Shipment:
    """The sender's side. Rows are shipped as they are when their chunk leaves."""

    def __init__(self, said: tuple[int, int, int], store: Store, chunk_bytes: int) -> None:
        self._said, self._store, self._chunk_bytes = said, store, chunk_bytes
        self._chunks: list[Rows] = []
        self._sent = 0
        self._under_way: dict[int, bool] = {}
        self._highest = 0
        self.items = 0

    def add(self, rows: Rows) -> None:
        """Ship these too: alerts first, then newest first."""
        rows = self._store.ordered(rows)
        ends = np.cumsum(self._store.sizes(rows))
        first = before = 0
        while first < len(rows) and len(self._chunks) < CHUNKS_MAX:
            fitting = int(np.searchsorted(ends, before + self._chunk_bytes, side="right"))
            last = max(fitting, first + 1)
            self._chunks.append(rows[first:last])
            self.items += last - first
            first, before = last, int(ends[last - 1])

    def add_nothing(self) -> None:
        """An empty chunk, if there is no other: it tells the receiver that nothing follows."""
        if not self._chunks:
            self._chunks.append(np.zeros(0, np.int64))

    @property
    def is_done(self) -> bool:
        """Whether the receiver has everything."""
        return self._sent == len(self._chunks) and not self._under_way

    def fill(self, window: int) -> list[Items]:
        """Chunks to send now: those that were overtaken, and as many new ones as may leave."""
        late = self._overtaken()
        last = min(self._sent + window - len(self._under_way), len(self._chunks))
        numbers = range(self._sent, max(self._sent, last))
        self._under_way.update(dict.fromkeys(numbers, False))
        self._sent += len(numbers)
        return [self._chunk(number) for number in (*late, *numbers)]

    def acknowledge(self, number: int) -> bool:
        """The receiver has a chunk; whether that was news."""
        is_news = self._under_way.pop(number, None) is not None
        self._highest = max(self._highest, number) if is_news else self._highest
        return is_news

    def again(self) -> list[Items]:
        """The oldest that are under way, once more."""
        return [self._chunk(number) for number in islice(self._under_way, _AT_A_TIME)]

    def _overtaken(self) -> list[int]:
        """Chunks that count as lost; each is named once."""
        late = []
        for number, is_repeated in self._under_way.items():
            if number + _OVERTAKEN_BY > self._highest:
                break
            if not is_repeated:
                late.append(number)
        self._under_way.update(dict.fromkeys(late, True))
        return late

    def _chunk(self, number: int) -> Items:
        items = tuple(self._store.item(row) for row in self._chunks[number].tolist())
        return Items(*self._said, number, len(self._chunks), items)


class Arrivals:
    """The receiver's side: which chunks of a shipment are here. At most a megabyte."""

    def __init__(self) -> None:
        self._seen: bytearray | None = None
        self._missing = 0

    @property
    def is_complete(self) -> bool:
        """Whether every chunk has come."""
        return self._seen is not None and self._missing == 0

    @property
    def is_begun(self) -> bool:
        """Whether any has."""
        return self._seen is not None

    def has(self, number: int) -> bool:
        """Whether this chunk is here."""
        seen = self._seen
        return seen is not None and 0 <= number < len(seen) and seen[number] == 1

    def take(self, number: int, total: int) -> bool:
        """A chunk is here; whether it is a new one. The first says how many there are."""
        if self._seen is None:
            if not 0 < total <= CHUNKS_MAX:
                return False
            self._seen, self._missing = bytearray(total), total
        if not 0 <= number < len(self._seen) or self._seen[number]:
            return False
        self._seen[number] = 1
        self._missing -= 1
        return True
