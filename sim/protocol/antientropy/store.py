"""What a replica holds: the newest version of every key, or every version ever queued.

Rules of this file:
- A row is never moved and never removed: a newer version takes the place of the older one
  (`snapshots`), or gets a row of its own (`log`: deltas, none of which may be skipped).
- The digest depends on what is held, not on the order in which it came.
- Memory: 73 bytes a row in columns (twice that right after growing) and about 100 in the index; a
  log's, of three numbers an entry, takes 160. With a million rows filled in at once, 171 and 235
  bytes each were measured. Content and signature come on top where items have them.
"""

from collections.abc import Callable, Hashable, Iterable
from hashlib import sha256
from typing import Any, Final, Literal, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from sim.protocol.antientropy.items import Item
from sim.protocol.antientropy.siphash import Words

Flavour = Literal["snapshots", "log"]
Rows = NDArray[np.int64]
T = TypeVar("T")

WORDS: Final = 7
"""Of a row's record: key, epoch, version and the four of its digest; 56 bytes."""


class Store:
    """Single writer per key, newest wins.

    >>> store = Store()
    >>> store.put(Item(3, 0, 2, bytes(32), 528)), store.put(Item(3, 0, 1, bytes(32), 528))
    (True, False)
    """

    def __init__(self, flavour: Flavour = "snapshots") -> None:
        self.flavour: Flavour = flavour
        self._rows: dict[Hashable, int] = {}
        self._records = np.zeros((16, WORDS), "<u8")
        self._sizes, self._born = np.zeros(16, np.int64), np.zeros(16, np.int64)
        self._priorities = np.zeros(16, np.uint8)
        self._attached: dict[int, tuple[Any, object]] = {}
        self._cache: dict[Hashable, object] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, item: Item) -> bool:
        """Keep the item if it is well formed and news; say whether it was."""
        if not self.is_news(item):
            return False
        row = self._rows.setdefault(self._identity(item.key, item.epoch, item.version), len(self))
        if row == len(self._sizes):
            self._grow(2 * row)
        self._records[row, :3] = item.key, item.epoch, item.version
        self._records[row, 3:] = np.frombuffer(item.digest, "<u8")
        self._sizes[row], self._born[row] = item.size_bytes, item.born_ns
        self._priorities[row] = item.priority
        self._attached.pop(row, None)
        if item.signature is not None or item.content is not None:
            self._attached[row] = item.signature, item.content
        self._cache.clear()
        return True

    def fill(self, records: Words, sizes: int | Rows, born_ns: int | Rows = 0) -> None:
        """Put (n, 7) records of new keys at once, all of the lowest priority; `sizes` in bytes.

        Raises ValueError if the store is not empty or two records are of the same key.
        """
        columns = (records[:, column].tolist() for column in range(3))
        rows = {self._identity(*numbers): row for row, numbers in enumerate(zip(*columns))}  # noqa: B905
        if self._rows or len(rows) < len(records):
            raise ValueError("fill() takes each key once, into an empty store")
        self._grow(max(16, len(records)))
        self._rows = rows
        self._records[: len(records)] = records
        self._sizes[: len(records)], self._born[: len(records)] = sizes, born_ns
        self._priorities[:] = 2
        self._cache.clear()

    def find(self, key: int, epoch: int, version: int) -> int | None:
        """The row that such a version has, or (snapshots) would take; None if there is none."""
        return self._rows.get(self._identity(key, epoch, version))

    def is_news(self, item: Item) -> bool:
        """Whether `put` would keep it."""
        if not item.is_well_formed:
            return False
        row = self.find(item.key, item.epoch, item.version)
        return row is None or item.rank > self.rank(row)

    def holds(self, item: Item) -> bool:
        """Whether exactly this version is what the store has."""
        row = self.find(item.key, item.epoch, item.version)
        return row is not None and item.rank == self.rank(row)

    def rank(self, row: int) -> tuple[int, int, bytes]:
        """See `Item.rank`."""
        record = self._records[row]
        return int(record[1]), int(record[2]), record[3:].tobytes()

    def item(self, row: int) -> Item:
        """What the row holds, as it was put."""
        epoch, version, digest = self.rank(row)
        size, born_ns = int(self._sizes[row]), int(self._born[row])
        attached = self._attached.get(row, (None, None))
        key, priority = int(self._records[row, 0]), int(self._priorities[row])
        return Item(key, epoch, version, digest, size, born_ns, priority, *attached)

    def items(self) -> Iterable[Item]:
        """Everything, in the order of rows."""
        return (self.item(row) for row in range(len(self)))

    def records(self, rows: Rows | None = None) -> Words:
        """(n, 7) records: of all rows, or a copy of those of some."""
        return self._records[: len(self)] if rows is None else self._records[rows]

    def sizes(self, rows: Rows) -> Rows:
        """(n,) bytes of each of these rows' items."""
        return self._sizes[rows]

    def is_urgent(self, rows: Rows) -> NDArray[np.bool_]:
        """(n,) whether these rows are alerts."""
        urgent: NDArray[np.bool_] = self._priorities[rows] == 0
        return urgent

    def ordered(self, rows: Rows) -> Rows:
        """The rows as they are shipped: alerts first, and within a class the newest first."""
        return rows[np.lexsort((rows, -self._born[rows], self._priorities[rows]))]

    def digest(self) -> bytes:
        """32 bytes: two stores of one flavour hold the same exactly if these are equal."""
        return self.cached("digest", self._digest)

    def cached(self, name: Hashable, make: Callable[[], T]) -> T:
        """What `make` made of the store as it is now; made anew after a change."""
        if name not in self._cache:
            self._cache[name] = make()
        return cast("T", self._cache[name])

    def _digest(self) -> bytes:
        records = self.records()
        order = np.lexsort((records[:, 2], records[:, 1], records[:, 0]))
        state = sha256(self.flavour.encode())
        state.update(records[order].data)
        return state.digest()

    def _identity(self, key: int, epoch: int, version: int) -> Hashable:
        return key if self.flavour == "snapshots" else (key, epoch, version)

    def _grow(self, rows: int) -> None:
        self._records = _longer(self._records, rows)
        self._sizes, self._born = _longer(self._sizes, rows), _longer(self._born, rows)
        self._priorities = _longer(self._priorities, rows)


def _longer(column: NDArray[Any], rows: int) -> NDArray[Any]:
    result = np.zeros((rows, *column.shape[1:]), column.dtype)
    result[: len(column)] = column[:rows]
    return result
