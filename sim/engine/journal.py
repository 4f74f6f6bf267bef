"""What happened, row by row: append-only tables with typed columns.

A record is a NamedTuple; its class names the table (``FaultStarted`` -> ``fault_started``) and its
fields the columns, after ``at_ns``, the true instant. Nodes define records of their own and hand
them over as `Record` effects. The journal is written and never read during a run, so keeping more
or less of it cannot change what happens. Rows become arrays in chunks: a long run stays small.
"""

import re
from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple, get_type_hints

import numpy as np

Table = dict[str, np.ndarray]

_CHUNK: Final = 1 << 14


class Sent(NamedTuple):
    """A node handed a message to the network."""

    sender: str
    receiver: str
    kind: str


class Delivered(NamedTuple):
    """A message reached the host of its receiver."""

    sender: str
    receiver: str
    kind: str
    sent_ns: int


class Dropped(NamedTuple):
    """The network lost a message, or found its receiver down.

    Of each kind, sent = delivered + dropped + in flight.
    """

    sender: str
    receiver: str
    kind: str
    reason: str


class Discarded(NamedTuple):
    """A delivered message was lost inside its host: queue full, displaced, crashed."""

    node: str
    kind: str
    reason: str


class NodeChanged(NamedTuple):
    """A host was crashed, restarted, paused or resumed."""

    node: str
    state: str


class FaultStarted(NamedTuple):
    """A fault of the scenario set in; `fault` is its place in the file, such as ``faults[0]``."""

    fault: str
    kind: str


class FaultEnded(NamedTuple):
    """It mended, after hitting so many messages or nodes."""

    fault: str
    kind: str
    hits: int


_KNOWN: Final = (Sent, Delivered, Dropped, Discarded, NodeChanged, FaultStarted, FaultEnded)
MESSAGE_RECORDS: Final = (Sent, Delivered, Dropped, Discarded)
"""One row or more for each message: what a long run may want to leave out."""


class Journal:
    """The tables of one replication. Records of the classes in `without` are not kept.

    >>> journal = Journal()
    >>> journal.append(5, NodeChanged("root-0", "crashed"))
    >>> journal.table("node_changed")["at_ns"].tolist()
    [5]
    """

    def __init__(self, without: Collection[type] = ()) -> None:
        self._without = frozenset(without)
        self._open: dict[type, _Rows] = {record: _Rows(record) for record in _KNOWN}
        self._provided: dict[type, list[Callable[[], Table]]] = {}

    def keeps(self, record: type) -> bool:
        """Whether records of this class are kept."""
        return record not in self._without

    def provide(self, record: type, table: Callable[[], Table]) -> None:
        """Have rows of a known class that somebody else keeps, in columns and sorted by time."""
        self._provided.setdefault(record, []).append(table)

    def append(self, at_ns: int, record: tuple[object, ...]) -> None:
        """Write a record down, as of a true instant."""
        rows = self._open.get(record.__class__)
        if rows is None:
            rows = self._add(record.__class__)
        if record.__class__ not in self._without:
            rows.append(at_ns, record)

    def names(self) -> list[str]:
        """The tables there are, sorted; the built-in ones also while they are empty."""
        return sorted(rows.name for rows in self._open.values())

    def table(self, name: str) -> Table:
        """The columns of a table, in order of writing; int64, float64, bool or text (``<U``).

        Raises KeyError if there is no such table.
        """
        for record, rows in self._open.items():
            if rows.name == name:
                return self._whole(record, rows.columns())
        raise KeyError(f"no table {name!r}; there are {', '.join(self.names())}")

    def _whole(self, record: type, written: Table) -> Table:
        """With the rows that somebody else keeps, by time."""
        if record in self._without or record not in self._provided:
            return written
        parts = [written, *(table() for table in self._provided[record])]
        at_ns = np.concatenate([part["at_ns"] for part in parts])
        order = np.argsort(at_ns, kind="stable")
        return {name: np.concatenate([part[name] for part in parts])[order] for name in written}

    def _add(self, record: type) -> "_Rows":
        rows = _Rows(record)
        assert rows.name not in self.names(), f"two kinds of record are called {rows.name}"
        self._open[record] = rows
        return rows


class _Rows:
    """The rows of one kind of record: the newest as they came, the older ones as arrays."""

    def __init__(self, record: type) -> None:
        hints = {"at_ns": int, **get_type_hints(record)}
        assert set(hints.values()) <= {int, float, bool, str}, (record, hints)
        self.name = re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()
        self._columns = {column: _Column(kind) for column, kind in hints.items()}
        self._times: list[int] = []
        self._records: list[tuple[Any, ...]] = []

    def append(self, at_ns: int, record: tuple[object, ...]) -> None:
        self._times.append(at_ns)
        self._records.append(record)
        if len(self._times) == _CHUNK:
            self._pack()

    def columns(self) -> Table:
        self._pack()
        return {name: column.values() for name, column in self._columns.items()}

    def _pack(self) -> None:
        if not self._times:
            return
        for column, values in zip(
            self._columns.values(), (self._times, *zip(*self._records, strict=True)), strict=True
        ):
            column.pack(values)
        self._times, self._records = [], []


class _Column:
    """One typed column in chunks; text is kept as codes into the texts seen so far."""

    def __init__(self, kind: type) -> None:
        self._is_text = kind is str
        self._dtype = np.dtype(np.int32 if self._is_text else kind)
        self._codes: dict[str, int] = {}
        self._chunks: list[np.ndarray] = [np.empty(0, self._dtype)]

    def pack(self, values: Collection[Any]) -> None:
        if self._is_text:
            codes = self._codes
            values = [codes.setdefault(text, len(codes)) for text in values]
        self._chunks.append(np.array(values, self._dtype))

    def values(self) -> np.ndarray:
        whole = np.concatenate(self._chunks)
        if not self._is_text:
            return whole
        texts = np.array(list(self._codes) or [""])
        return np.take(texts, whole)
