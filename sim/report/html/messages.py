"""Single messages of a few nodes and a short time, for a space-time diagram (Lamport 1978).

A run keeps millions of messages and a reader follows a hundred, so a few nodes are chosen tier by
tier (a region that was cut off and what is below it first), and those of their messages that are
nearest the instant that is most worth seeing. What was left out is said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.recovery import cuts
from sim.report.export.messages import Sendings, missing, sendings
from sim.report.export.window import Window
from sim.report.html.facts import Run
from sim.scenario.selectors import TreeShape, tree_shape

AROUND_NS: Final = (2_000_000_000, 8_000_000_000)
"""Before and after the instant that is most worth seeing."""
ROOTS_MAX: Final = 7
REGIONS_MAX: Final = 6
BELOW_MAX: Final = 4
"""Nodes of each tier below the regions."""
READ_MAX: Final = 1_000_000
IN_VIEW: Final = 60
"""Messages at first sight."""
LISTED: Final = 30
LOOKS: Final = 16
"""Lines that can be told apart: four colours, each with four dashes."""
USUAL: Final = ("report", "baseline")
"""Kinds of messages that nearly every run has; they have the first looks."""

Node = tuple[int, int, int]
"""Tier, number and replica."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message between two lanes; `arrived_ns` is -1 if it was lost."""

    sent_ns: int
    arrived_ns: int
    sender: str
    receiver: str
    kind: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """The messages to draw, in order of sending, and the lanes from the root down."""

    lanes: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    focus_ns: int = 0
    notes: list[str] = field(default_factory=list)
    """What is not there, and how to get it."""

    def as_data(self) -> dict[str, Any]:
        """Columns for the page: lanes and kinds by their numbers, times in us, -1 for lost."""
        kinds = list(dict.fromkeys(one.kind for one in self.messages))
        lane = {name: number for number, name in enumerate(self.lanes)}
        return {
            "lanes": self.lanes,
            "kinds": kinds,
            "looks": looks(kinds),
            "focus": self.focus_ns // 1000,
            "view": self.view_us(),
            "from": [lane[one.sender] for one in self.messages],
            "to": [lane[one.receiver] for one in self.messages],
            "kind": [kinds.index(one.kind) for one in self.messages],
            "sent": [one.sent_ns // 1000 for one in self.messages],
            "arrived": [one.arrived_ns // 1000 for one in self.messages],
        }

    def view_us(self) -> int:
        """How wide a view has about `IN_VIEW` messages: 1, 2 or 5 times a power of ten."""
        if not self.messages:
            return 1
        length_us = (self.messages[-1].sent_ns - self.messages[0].sent_ns) / 1000 + 1
        wanted_us = max(length_us * IN_VIEW / len(self.messages), 100.0)
        power = 10 ** int(np.log10(wanted_us))
        steps: list[int] = [step * power for step in (1, 2, 5, 10)]
        return min(steps, key=lambda step: abs(step - wanted_us))

    def nearest(self) -> list[Message]:
        """Some messages around the focus, to be read as text."""
        ranked = sorted(self.messages, key=lambda one: abs(one.sent_ns - self.focus_ns))
        return sorted(ranked[:LISTED], key=lambda one: one.sent_ns)


def looks(kinds: Iterable[str]) -> list[int]:
    """The number of the look of each kind: the same on every page, unless two would be alike."""
    names = list(kinds)
    taken = {name: place for place, name in enumerate(USUAL) if name in names}
    for name in sorted(set(names) - set(USUAL)):
        first = len(USUAL) + crc32(name.encode()) % (LOOKS - len(USUAL))
        free = [look % LOOKS for look in range(first, first + LOOKS)]
        taken[name] = next((look for look in free if look not in taken.values()), first)
    return [taken[name] for name in names]


def diagram(run: Run, most: int) -> Diagram:
    """At most so many messages of a run; where it kept none, the call that keeps them.

    Raises ResultsError if another version stored them.
    """
    window = _window(run)
    asked = run.window or window
    focus_ns = _focus_ns(run, window)
    try:
        found = sendings(run.stored, window, READ_MAX)
    except KeyError as error:
        raise ResultsError(
            f"{run.folder}: its single messages have no column {error}; another version of the "
            "simulator stored them"
        ) from error
    if not len(found):
        return Diagram(
            notes=missing(run.stored, asked, found) or [f"Nothing was sent from {_told(window)}."]
        )
    shape = tree_shape(run.plan)
    shown = _shown(found, _chosen(found, shape, _cut_regions(run)), focus_ns, most)
    names = dict.fromkeys(name for one in shown for name in (one.sender, one.receiver))
    lanes = sorted(names, key=lambda name: _order(name, shape))
    notes = [_left_out(shown, found, window), *missing(run.stored, asked, found)]
    return Diagram(lanes, shown, focus_ns, notes)


def _events_ns(run: Run) -> list[int]:
    """When something happened that is worth seeing: heals first, then faults, then lies."""
    found = cuts(run.tables, run.plan.duration_ns)
    heals = [cut.at_ns if cut.heal_ns is None else cut.heal_ns for cut in found]
    faults = sorted(run.tables.faults["at_ns"].tolist())
    lies = sorted(run.tables.adversaries["at_ns"].tolist())
    return [int(at_ns) for at_ns in (*heals, *faults, *lies)]


def _focus_ns(run: Run, window: Window) -> int:
    """The first event in the window; in one without events its middle."""
    inside = [at_ns for at_ns in _events_ns(run) if window.from_ns <= at_ns < window.until_ns]
    return inside[0] if inside else int((window.from_ns + window.until_ns) / 2)


def _window(run: Run) -> Window:
    """What the run kept of what was asked for; unasked, what it kept around the first event."""
    ends = _kept(run)
    if run.window is not None:
        whole = Window(0, run.plan.duration_ns)
        return _within(run.window, ends) or _within(run.window, whole) or whole
    event_ns = next(iter(_events_ns(run)), 0)
    around = Window(max(event_ns - AROUND_NS[0], 0), event_ns + AROUND_NS[1])
    start = Window(ends.from_ns, ends.from_ns + sum(AROUND_NS))
    return _within(around, ends) or _within(start, ends) or start


def _kept(run: Run) -> Window:
    """From when to when the run kept messages; of a run that kept none, all of it."""
    kept, end_ns = run.plan.journal.messages, run.plan.duration_ns
    if kept is None:
        return Window(0, end_ns)
    return Window(kept.from_ns, end_ns if kept.until_ns is None else min(kept.until_ns, end_ns))


def _within(window: Window, ends: Window) -> Window | None:
    """The part of a window that is within another; None if there is none."""
    begin_ns = max(window.from_ns, ends.from_ns)
    until_ns = min(window.until_ns, ends.until_ns)
    return Window(begin_ns, until_ns) if begin_ns < until_ns else None


def _cut_regions(run: Run) -> tuple[int, ...]:
    found = cuts(run.tables, run.plan.duration_ns)
    return tuple(region for cut in found for region in cut.regions)


def _chosen(found: Sendings, shape: TreeShape, first: Sequence[int]) -> list[str]:
    """The names of the nodes to draw: the roots, some regions, and a few below the first one."""
    names = np.unique(np.concatenate([found.sender, found.receiver])).tolist()
    nodes = {_node(name, shape): name for name in names}
    chosen: list[Node] = sorted(node for node in nodes if node[0] == shape.top)[:ROOTS_MAX]
    above: list[Node] = []
    for tier in range(shape.top - 1, -1, -1):
        mine = [node for node in nodes if node[0] == tier]
        if tier == shape.top - 1:
            mine.sort(key=lambda node: (node[2], node[1] not in first, node[1]))
            above = mine[:REGIONS_MAX]
        else:
            mine.sort(key=lambda node: (not _is_below(node, above[:1], shape), node[1:]))
            above = mine[:BELOW_MAX]
        chosen += above
    return [nodes[node] for node in chosen]


def _is_below(node: Node, above: Sequence[Node], shape: TreeShape) -> bool:
    """Whether the first of these is the parent of a node."""
    return any(
        first <= node[1] < last
        for tier, number, _ in above
        for first, last in [shape.below(tier, number, number + 1).get(node[0], (0, 0))]
    )


def _node(name: str, shape: TreeShape) -> Node:
    """Tier, number and replica of ``regional-3/1``; tier -1 for what is not in the tree."""
    machine, _, replica = name.partition("/")
    tier, _, number = machine.rpartition("-")
    if machine in shape.names:
        tier, number = machine, "0"
    if tier not in shape.names:
        return -1, 0, 0
    return shape.names.index(tier), int(number), int(replica or 0)


def _order(name: str, shape: TreeShape) -> tuple[int, int, int]:
    tier, number, replica = _node(name, shape)
    return -tier, number, replica


def _shown(found: Sendings, chosen: Sequence[str], focus_ns: int, most: int) -> list[Message]:
    """The messages between chosen nodes that are nearest the focus, in order of sending."""
    both: NDArray[np.bool_] = np.isin(found.sender, chosen) & np.isin(found.receiver, chosen)
    rows = np.flatnonzero(both)
    near = np.argsort(np.abs(found.sent_ns[rows] - focus_ns), kind="stable")[:most]
    return [
        Message(
            int(found.sent_ns[row]),
            int(found.arrived_ns[row]),
            str(found.sender[row]),
            str(found.receiver[row]),
            str(found.kind[row]),
        )
        for row in np.sort(rows[near])
    ]


def _left_out(shown: Sequence[Message], found: Sendings, window: Window) -> str:
    """How many of how many, from when to when; who kept a part counts nothing beside it."""
    total = len(found) + found.left_out
    if len(shown) == total:
        return f"All {total:,} messages that were kept of those sent from {_told(window)}."
    left = f"{total - len(shown):,} more of those that were kept were sent from {_told(window)}"
    more = f"{left}: choose others with --window."
    if not shown:
        return f"No message between the chosen nodes; {more}"
    span = f"{_instant(shown[0].sent_ns)} to {_instant(shown[-1].sent_ns)}"
    return f"{len(shown):,} messages between some of the nodes, sent from {span}; {more}"


def _told(window: Window) -> str:
    """A window in seconds and nothing but seconds."""
    return f"{_instant(window.from_ns)} to {_instant(window.until_ns)}"


def _instant(at_ns: float) -> str:
    return f"{round(at_ns / 1e9, 4):.12g} s"


def listed(messages: Sequence[Message]) -> Iterator[list[str]]:
    """Messages as text: sent, from, to, what, and what became of it."""
    for one in messages:
        took_ms = (one.arrived_ns - one.sent_ns) / 1e6
        fate = "lost" if one.arrived_ns < 0 else f"arrived after {took_ms:.3g} ms"
        yield [f"{one.sent_ns / 1e9:.4f} s", one.sender, one.receiver, one.kind, fate]
