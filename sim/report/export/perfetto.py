"""A trace for Perfetto's viewer (https://ui.perfetto.dev): tracks, slices, arrows and counters.

Every node that sends or receives has a track in the group of its tier. A message is a slice there
from its sending to its arrival, with an arrow to a mark on its receiver's track; one that never
arrives is a mark. What overlaps goes to tracks of the same name, which the viewer shows as one.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.report.export.drafts import draft_file
from sim.report.export.messages import Sendings, missing, sendings, tier_of
from sim.report.export.perfetto_trace import Event, Trace, check_installed
from sim.report.export.stacking import stacked
from sim.report.export.stored import Stored
from sim.report.export.story import GROUPS, Moment, Stretch, gauges, moments, stretches
from sim.report.export.window import Window
from sim.scenario.selectors import tree_shape

Ints = NDArray[np.int64]

MESSAGE: Final = "message"
LOST: Final = "lost"


def write_perfetto(run: Stored, window: Window, path: Path) -> list[str]:
    """Write the trace. Raises SimError without the package, ResultsError if it cannot be written.

    Times are those of the run, in ns from its start.
    """
    check_installed()
    shown = sendings(run, window)
    with draft_file(path) as draft, Trace(draft) as trace:
        _tell_story(trace, run)
        _tell_messages(trace, run, shown)
    return missing(run, window, shown)


def _tell_story(trace: Trace, run: Stored) -> None:
    """Faults, liars, regions, decisions, publications, and what is measured."""
    tracks: dict[tuple[str, str], list[Stretch | Moment]] = {}
    every: list[Stretch | Moment] = [*stretches(run), *moments(run)]
    for one in every:
        tracks.setdefault((one.group, one.track), []).append(one)
    lines = [gauge for gauge in gauges(run) if len(gauge.time_ns)]
    there = {group for group, _ in tracks} | {gauge.group for gauge in lines}
    groups = {name: trace.track(name) for name in GROUPS if name in there}
    for (group, track), ones in tracks.items():
        _lay(trace, groups[group], track, [_event(one) for one in ones])
    for gauge in lines:
        name = f"{gauge.node} {gauge.name}".strip()
        line = trace.counter(name, gauge.unit, groups[gauge.group])
        trace.count(line, gauge.time_ns.tolist(), gauge.value.tolist())


def _event(one: Stretch | Moment) -> Event:
    if isinstance(one, Moment):
        return Event(one.at_ns, one.at_ns, one.name, one.group, dict(one.details))
    return Event(one.begin_ns, one.end_ns, one.name, one.group, dict(one.details))


def _tell_messages(trace: Trace, run: Stored, shown: Sendings) -> None:
    """The tracks of all nodes, tier by tier from the root down."""
    events: dict[str, list[Event]] = {}
    for sender, receiver, sent, came in _message_events(shown):
        events.setdefault(sender, []).append(sent)
        if came is not None:
            events.setdefault(receiver, []).append(came)
    groups = {name: trace.track(name) for name in _tiers(run, list(events))}
    for node in sorted(events, key=_by_number):
        _lay(trace, groups[tier_of(node)], node, events[node])


def _message_events(shown: Sendings) -> Iterator[tuple[str, str, Event, Event | None]]:
    """Of each message: sender, receiver, what the sender shows and what the receiver."""
    columns = (shown.sender, shown.receiver, shown.kind, shown.detail)
    texts = zip(*(column.tolist() for column in columns), strict=True)
    times = zip(shown.sent_ns.tolist(), shown.arrived_ns.tolist(), shown.came.tolist(), strict=True)
    for flow, (words, (sent_ns, arrived_ns, came)) in enumerate(zip(texts, times, strict=True), 1):
        sender, receiver, kind, detail = words
        details = {"to": receiver, "detail": detail}
        if not came:
            yield sender, receiver, Event(sent_ns, sent_ns, f"{kind} {LOST}", LOST, details), None
            continue
        sent = Event(sent_ns, arrived_ns, kind, MESSAGE, details, begins=flow)
        back = {"from": sender, "detail": detail}
        name = f"{kind} from {sender}"
        yield sender, receiver, sent, Event(arrived_ns, arrived_ns, name, MESSAGE, back, ends=flow)


def _lay(trace: Trace, group: int, name: str, events: Sequence[Event]) -> None:
    """Events on a track, or on as many of its name as they need not to overlap."""
    ends = np.array([(event.begin_ns, event.end_ns) for event in events], np.int64).T
    lanes = stacked(*ends)
    tracks = [trace.track(name, group) for _ in range(int(lanes.max()) + 1)]
    for event, lane in zip(events, lanes.tolist(), strict=True):
        trace.add(tracks[lane], event)


def _tiers(run: Stored, nodes: Sequence[str]) -> list[str]:
    """The tiers that have one of these nodes, from the root down, then who else there is."""
    there = dict.fromkeys(tier_of(node) for node in nodes)
    known = list(reversed(tree_shape(run.plan).names))
    return [name for name in known if name in there] + sorted(there.keys() - dict.fromkeys(known))


def _by_number(node: str) -> tuple[str, int, str]:
    """``local-2`` before ``local-10``."""
    tier, _, number = node.partition("/")[0].rpartition("-")
    return tier, int(number) if number.isdigit() else 0, node
