"""Reports and mail, one row a message: who, to whom, when sent, when known to arrive.

Keeping them changes nothing: the log is told what was decided, after it was decided. Who
sends a report is a seat of the tree; all other ends are machines, so a seat that moves is shown
where it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.hops import Hop, Inlet
from sim.engine.kept import Kept
from sim.engine.roster import Roster
from sim.telemetry.emission import NEVER, Emission, FloatArray
from sim.telemetry.way import Log, Way

Bools = NDArray[np.bool_]
Table = dict[str, NDArray[Any]]

LOST: Final = -1
"""`arrived_ns` of a message that never arrives."""

Over = Inlet | Hop
"""What a message goes over."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Messages that were sent over one way in one step; all arrays have shape (messages,)."""

    over: Over
    number: NDArray[np.int64]
    """Of the way among those of its line."""
    sender: NDArray[np.int64]
    receiver: NDArray[np.int64]
    version: NDArray[np.int64]
    sent_ns: FloatArray
    arrived_ns: FloatArray

    @property
    def way(self) -> Way:
        """What they were sent over."""
        return _way(self.over)


class Messages:
    """The log of one run. A report may be logged again when its step is cut in two; once each."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._parts: list[_Part] = []

    def listen(self, every: Iterable[Over]) -> None:
        """Hear of everything that is sent from now on over these."""
        for over in every:
            _way(over).log = self._log_of(over)

    def interrupt(self, over: Over, ways: Bools, now_ns: int, until_ns: float, lost: bool) -> None:
        """What was on these ways at `now_ns` is lost, or taken in at `until_ns`."""
        for part in self._parts:
            if part.way is not _way(over):
                continue
            arrived_ns = part.arrived_ns
            coming = ways[part.number] & (part.sent_ns < now_ns) & (arrived_ns >= now_ns)
            arrived_ns[coming & (arrived_ns < until_ns)] = NEVER if lost else until_ns

    def tables(self, roster: Roster) -> dict[str, Table]:
        """`messages` (reports) and `mail`, in the order of sending; arrived_ns -1 = never.

        messages: tier, node, parent, version, sent_ns, arrived_ns. `tier` is that of the sender,
        with ``/1`` for what goes to, or comes from, a further replica; `node` is its seat.
        mail: kind, from_tier, sender, to_tier, receiver, version, sent_ns, arrived_ns.
        """
        shape = roster.shape
        names = [shape.row_name(row) for row in range(len(shape.rows))]
        reports = [part for part in self._parts if isinstance(part.over, Inlet)]
        mail = [part for part in self._parts if isinstance(part.over, Hop)]
        return {"messages": _reports(reports), "mail": _mail(mail, names)}

    def _log_of(self, over: Over) -> Log:
        source, target = over.line.source, over.line.target

        def log(emission: Emission, arrivals_ns: FloatArray, first: int) -> None:
            kept = self._kept.among(emission.sent_ns, emission.sent, source, target, first)
            if kept is None:
                return
            tick, child = np.nonzero(kept)
            if len(tick):
                self._parts.append(
                    _Part(
                        over,
                        child + first,
                        source.node[child + first].astype(np.int64),
                        target.node[child + first].astype(np.int64),
                        tick + emission.first_tick,
                        emission.sent_ns[tick, child],
                        arrivals_ns[tick, child],
                    )
                )

        return log


def _way(over: Over) -> Way:
    return over.way if isinstance(over, Inlet) else over.post.way


def _reports(parts: list[_Part]) -> Table:
    tier = _texts((part.way.name, part) for part in parts)
    columns: Table = {"tier": tier, "node": _joined(part.number for part in parts)}
    columns |= {"parent": _joined(part.receiver for part in parts), **_fate(parts)}
    return _in_order(columns, ("node", "tier"))


def _mail(parts: list[_Part], names: list[str]) -> Table:
    ends = [(part, part.over.line.source, part.over.line.target) for part in parts]
    kinds = ((part.over.kind, part) for part in parts if isinstance(part.over, Hop))
    columns: Table = {"kind": _texts(kinds)}
    columns["from_tier"] = _texts((names[source.tier], part) for part, source, _ in ends)
    columns["sender"] = _joined(part.sender for part in parts)
    columns["to_tier"] = _texts((names[target.tier], part) for part, _, target in ends)
    columns["receiver"] = _joined(part.receiver for part in parts)
    return _in_order(columns | _fate(parts), ("receiver", "sender", "from_tier", "kind"))


def _fate(parts: list[_Part]) -> Table:
    """Version, and when each was sent and came."""
    arrived = np.concatenate([np.empty(0), *(part.arrived_ns for part in parts)])
    return {
        "version": _joined(part.version for part in parts),
        "sent_ns": _joined(part.sent_ns for part in parts),
        "arrived_ns": np.where(arrived < NEVER, arrived, LOST).astype(np.int64),
    }


def _joined(columns: Iterable[NDArray[Any]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *columns]).astype(np.int64)


def _texts(named: Iterable[tuple[str, _Part]]) -> NDArray[np.str_]:
    whole = [np.full(len(part.number), name) for name, part in named]
    return np.concatenate([np.empty(0, np.str_), *whole])


def _in_order(columns: Table, ties: tuple[str, ...]) -> Table:
    order = np.lexsort([*(columns[name] for name in ties), columns["sent_ns"]])
    return {name: column[order] for name, column in columns.items()}
