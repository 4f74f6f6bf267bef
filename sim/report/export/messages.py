"""Single messages of every kind in one form: who, to whom, what, when sent, when it came.

Reports, mail and messages of the control plane are kept in tables of their own, with the numbers of
nodes or the names of hosts; here they are all from a node to a node, in the order of sending.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import NEVER
from sim.report.export.stored import Columns, Stored
from sim.report.export.window import Window
from sim.scenario.plan import MessagesPlan
from sim.scenario.selectors import TreeShape, tree_shape

REPORTS: Final = "messages"
MAIL: Final = "mail"
CONTROL: Final = "control_messages"
TABLES: Final = (REPORTS, MAIL, CONTROL)
MESSAGES_MAX: Final = 100_000
"""Of a trace: a viewer shows no more of them, and a file of more is hundreds of megabytes."""


@dataclass(frozen=True, slots=True)
class Sendings:
    """Messages in the order of sending; all arrays have shape (messages,)."""

    sender: NDArray[np.str_]
    receiver: NDArray[np.str_]
    kind: NDArray[np.str_]
    detail: NDArray[np.str_]
    """The version of a report or a baseline; the part of the control plane."""
    sent_ns: NDArray[np.int64]
    arrived_ns: NDArray[np.int64]
    """-1 = never."""
    left_out: int = 0
    """Messages in the window beside these, all sent later."""

    def __len__(self) -> int:
        return len(self.sent_ns)

    @property
    def came(self) -> NDArray[np.bool_]:
        """Which of them arrived."""
        return np.asarray(self.arrived_ns != NEVER)


def sendings(run: Stored, window: Window, most: int = MESSAGES_MAX) -> Sendings:
    """The first `most` messages that were sent in the window and were kept."""
    shape = tree_shape(run.plan)
    told = {REPORTS: _reports, MAIL: _mail, CONTROL: _control}
    parts = [told[name](run.messages(name, window), shape) for name in TABLES if _has(run, name)]
    if not parts:
        nobody, nothing = np.empty(0, np.str_), np.empty(0, np.int64)
        return Sendings(nobody, nobody, nobody, nobody, nothing, nothing)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[4], kind="stable")
    chosen = [column[order[:most]] for column in columns]
    sender, receiver, kind, detail, sent_ns, arrived_ns = chosen
    left_out = len(order) - len(sent_ns)
    return Sendings(sender, receiver, kind, detail, sent_ns, arrived_ns, left_out)


def missing(run: Stored, window: Window, shown: Sendings) -> list[str]:
    """What of the messages in a window is not shown, and the call that keeps or shows it."""
    kept = run.plan.journal.messages
    if kept is None or not _has(run, REPORTS):
        return [f"this run kept no single messages; a run that does: {_call(run, window)}"]
    notes = []
    if not _covers(kept, window, run.plan.duration_ns):
        until = kept.until_ns
        span = Window(kept.from_ns, float("inf") if until is None else until)
        notes.append(f"of the messages this run kept only those sent from {span}")
    if kept.nodes:
        notes.append(f"of the messages this run kept only those of {' '.join(kept.nodes)}")
    if shown.left_out:
        last = shown.sent_ns[-1] / 1e9
        notes.append(
            f"{len(shown):,} messages are shown, to {last:.3f}s, and {shown.left_out:,} left out; "
            "choose others with --window"
        )
    return notes


def tier_of(node: str) -> str:
    """The tier in the name of a node; of who is in no tree, its whole name.

    >>> tier_of("local-3"), tier_of("root-0/2"), tier_of("auditor")
    ('local', 'root', 'auditor')
    """
    return node.partition("/")[0].rpartition("-")[0] or node


def _has(run: Stored, name: str) -> bool:
    return name in run.names


def _covers(kept: MessagesPlan, window: Window, duration_ns: int) -> bool:
    until_ns = min(window.until_ns, duration_ns)
    ends_ns = duration_ns if kept.until_ns is None else kept.until_ns
    return kept.from_ns <= window.from_ns and until_ns <= ends_ns


def _call(run: Stored, window: Window) -> str:
    """The call that keeps what was asked for."""
    if window == Window():
        return f"sim run {run.file} --set journal.messages=true"
    begin, _, end = str(window).partition(" to ")
    until = "" if end == "the end" else f", until: {end}"
    return f"sim run {run.file} --set 'journal.messages={{from: {begin}{until}}}'"


# Tables as columns: sender, receiver, kind, detail, sent_ns, arrived_ns


def _reports(rows: Columns, shape: TreeShape) -> tuple[np.ndarray, ...]:
    ends = {tier: _ends_of(tier, shape) for tier in np.unique(rows["tier"]).tolist()}
    below = np.array([ends[tier][0] for tier in rows["tier"].tolist()], np.int64)
    above = np.array([ends[tier][1] for tier in rows["tier"].tolist()], np.int64)
    sender = _names(below, rows["node"], shape)
    receiver = _names(above, rows["parent"], shape)
    kind = np.full(len(below), "report")
    return sender, receiver, kind, _versions(rows), rows["sent_ns"], rows["arrived_ns"]


def _ends_of(tier: str, shape: TreeShape) -> tuple[int, int]:
    """Rows of those who report as ``local`` or ``local/1``, and of those who are told."""
    name, _, replica = tier.partition("/")
    number, of = shape.names.index(name), int(replica or 0)
    return shape.row(number, of), shape.row(number + 1, of)


def _mail(rows: Columns, shape: TreeShape) -> tuple[np.ndarray, ...]:
    known = {shape.row_name(row): row for row in range(len(shape.rows))}
    ends = [
        _names(np.array([known[name] for name in rows[tier].tolist()], np.int64), rows[who], shape)
        for tier, who in (("from_tier", "sender"), ("to_tier", "receiver"))
    ]
    return *ends, rows["kind"], _versions(rows), rows["sent_ns"], rows["arrived_ns"]


def _control(rows: Columns, _shape: TreeShape) -> tuple[np.ndarray, ...]:
    sender, receiver = (_machines(rows[end]) for end in ("sender", "receiver"))
    return sender, receiver, rows["kind"], rows["part"], rows["sent_ns"], rows["arrived_ns"]


def _machines(hosts: np.ndarray) -> np.ndarray:
    """The machine of each host: all of its name but the last word."""
    names, which = np.unique(hosts.astype(np.str_), return_inverse=True)
    return np.array([name.rpartition(" ")[0] or name for name in names.tolist()] or [""])[which]


def _names(row: np.ndarray, number: np.ndarray, shape: TreeShape) -> np.ndarray:
    """What nodes are called, by row and number."""
    keys, which = np.unique(row * (1 << 40) + number, return_inverse=True)
    pairs = [divmod(key, 1 << 40) for key in keys.tolist()]
    return np.array([shape.node_name(*pair) for pair in pairs] or [""])[which]


def _versions(rows: Columns) -> np.ndarray:
    return rows["version"].astype(np.str_)
