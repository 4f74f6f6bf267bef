"""The timeline: a lane for whatever goes wrong, and one for each region, on one axis of time.

Places are percents of the run, so lanes need no script and fit any screen. Bars that lie closer
together than a reader can see become one; what a lane shows is said in words beside it, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.alerts import raised
from sim.measure.recovery import cuts
from sim.measure.spans import Spans, length_ns, union
from sim.measure.tables import NEVER, Tables
from sim.report.control.alert_history import history
from sim.report.control.watch_lanes import spans as watch_spans
from sim.report.control.watch_lanes import watched
from sim.report.detection.lanes import anomaly_lanes
from sim.report.groups import noun
from sim.report.html.clock import clock_of
from sim.report.html.facts import Run
from sim.report.html.states import FRESH, KEYS, UNUSED, WORDS, Member, States
from sim.report.lanes import Lane
from sim.report.lies.lanes import liar_lanes
from sim.report.series import when
from sim.report.words import the_root
from sim.scenario.mute import AnyEntry
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

TITLES_MAX: Final = 12
"""Of more bars than these in a lane nobody reads each one's words."""
HEALS_MAX: Final = 100
ALERTS_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a lane; `left` and `width` in percent of the run."""

    key: str
    """Its look: fault, cut-fault, lies, anomaly, stale, cut, down, lying, provisional ..."""
    left: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled lane; `group` says under which heading it stands."""

    group: str
    label: str
    bars: tuple[Bar, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A time in which a fault is in force, in seconds; drawn behind every chart."""

    begin_s: float
    end_s: float
    key: str
    """fault, cut or lies."""


def rows(run: Run, states: States | None, parts: int) -> list[Row]:
    """All lanes from top to bottom: what was done, what came of it region by region, alerts.

    Gaps shorter than one of so many `parts` of the run are closed.
    """
    tables, plan = run.tables, run.plan
    smallest_ns = plan.duration_ns // parts
    return [
        *_done(tables, plan, smallest_ns),
        *_regions(states, plan, smallest_ns),
        *_alerts(tables, plan, smallest_ns),
        *_missed(tables, plan, smallest_ns),
    ]


def muted_entries(plan: Plan) -> list[AnyEntry]:
    """What the scenario has and this run left out, so that it is the twin of a run with it."""
    there = plan.muted
    return [*there.faults, *there.adversaries, *there.liars, *there.anomalies]


def bands(tables: Tables, plan: Plan, parts: int) -> list[Band]:
    """When faults were in force, which of them cut somebody off, and when somebody lied."""
    found, smallest_ns = [], plan.duration_ns // parts
    for table, key in ((tables.faults, "fault"), (tables.adversaries, "lies")):
        until_ns = np.where(table["until_ns"] == NEVER, plan.duration_ns, table["until_ns"])
        until_ns = np.minimum(until_ns, plan.duration_ns)
        is_cut = table["cuts"] if key == "fault" else np.zeros(len(until_ns), np.bool_)
        for name, chosen in (("cut", is_cut), (key, ~is_cut)):
            spans = closed(union(table["at_ns"][chosen], until_ns[chosen]), smallest_ns)
            found += [Band(a, b, name) for a, b in (spans / 1e9).tolist()]
    return found


def heals_s(tables: Tables, plan: Plan) -> list[float]:
    """The instants at which a cut healed, in seconds; of very many some, evenly."""
    found = cuts(tables, plan.duration_ns)
    instants = [cut.heal_ns / 1e9 for cut in found if cut.heal_ns is not None]
    return instants[:: 1 + len(instants) // HEALS_MAX]


def closed(spans: Spans, smallest_ns: int) -> Spans:
    """Disjoint spans in order, without the gaps between them that nobody could see."""
    opens = spans[1:, 0] - spans[:-1, 1] > smallest_ns
    begin_ns = spans[:, 0][np.append(True, opens)[: len(spans)]]
    end_ns = spans[:, 1][np.append(opens, True)[: len(spans)]]
    return np.column_stack([begin_ns, end_ns])


def _done(tables: Tables, plan: Plan, smallest_ns: int) -> Iterator[Row]:
    """Faults, lies and anomalies: what the scenario brings about."""
    for lane in liar_lanes(tables, plan):
        key = "lies" if lane.is_region else "fault"
        yield _row(lane, key, lane.note, plan, smallest_ns)
    for anomaly in anomaly_lanes(tables, plan):
        lane = Lane(f"anomaly {anomaly.label}", anomaly.spans, False)
        is_missed = plan.detection is not None and not anomaly.is_scored
        yield _row(lane, "anomaly", "met no decision" if is_missed else "", plan, smallest_ns)
    for entry in muted_entries(plan):
        yield Row("What was done", f"{entry.kind}: {entry.path}", (), "muted: did nothing")


def _row(lane: Lane, key: str, note: str, plan: Plan, smallest_ns: int) -> Row:
    within = np.minimum(lane.spans, plan.duration_ns)
    spans = closed(union(within[:, 0], within[:, 1]), smallest_ns)
    return Row("What was done", lane.label, tuple(_bars(spans, key, key, plan)), note)


def _bars(spans: Spans, key: str, words: str, plan: Plan) -> Iterator[Bar]:
    """A bar for each span; its words say from when to when, unless there are very many."""
    clock = clock_of(plan.duration_ns)
    for begin_ns, end_ns in spans.tolist():
        told = f"{words} {clock.at(begin_ns)} to {clock.at(end_ns)}"
        left, right = 100 * begin_ns / plan.duration_ns, 100 * end_ns / plan.duration_ns
        is_told = len(spans) <= TITLES_MAX
        yield Bar(key, round(left, 2), round(right - left, 2), told if is_told else "")


def _regions(states: States | None, plan: Plan, smallest_ns: int) -> Iterator[Row]:
    if states is not None:
        yield from (_region(states, member, plan, smallest_ns) for member in states.members)


def _region(states: States, member: Member, plan: Plan, smallest_ns: int) -> Row:
    """One lane of a region (or of several: the worst of them) with all that it was but fresh."""
    grid, end_ns = states.whole, plan.duration_ns
    place = member.places(grid.regions)
    worst: NDArray[np.int64] = np.max(grid.values[:, place], axis=1)
    lies = np.asarray(states.badges.lying[:, place].any(axis=1), np.bool_)
    found: list[Bar] = []
    for code in range(FRESH + 1, len(WORDS)):
        spans = closed(when(grid.time_ns, np.equal(worst, code), end_ns), smallest_ns)
        found += _bars(spans, KEYS[code], WORDS[code], plan)
    spans = closed(when(grid.time_ns, lies, end_ns), smallest_ns)
    found += _bars(spans, "lying", "somebody lies", plan)
    spare = when(grid.time_ns, np.equal(worst, UNUSED), end_ns)
    found += _bars(closed(spare, smallest_ns), KEYS[UNUSED], WORDS[UNUSED], plan)
    group = f"Each {noun(plan)}, as {the_root(plan)} sees it"
    bad = when(grid.time_ns, np.greater(worst, FRESH), end_ns)
    return Row(group, member.label, tuple(found), _share(bad, spare, plan))


def _share(bad: Spans, spare: Spans, plan: Plan) -> str:
    lasted_ns = length_ns(bad)
    while_used = " while in use" if len(spare) else ""
    lasted = f"{clock_of(plan.duration_ns).lasting(lasted_ns)} not fresh"
    return (lasted if lasted_ns else "always fresh") + while_used


def _alerts(tables: Tables, plan: Plan, smallest_ns: int) -> Iterator[Row]:
    """What became of each alert, as a whole."""
    every = raised(tables.alerts)
    for alert in every[:ALERTS_MAX]:
        spans = history(tables.alerts, alert, plan.duration_ns)
        who = str(tables.alerts["node"][tables.alerts["alert"] == alert][0])
        bars = tuple(_thoughts(spans, plan, smallest_ns))
        yield Row("Alerts", f"alert of {who}", bars, f"at last {spans[-1][0]}")
    if len(every) > ALERTS_MAX:
        yield Row("Alerts", f"{len(every) - ALERTS_MAX} more alerts", (), "not drawn")


def _missed(tables: Tables, plan: Plan, smallest_ns: int) -> Iterator[Row]:
    """Members that others suspected or took for failed."""
    for member in watched(tables):
        spans = watch_spans(tables, member, plan.duration_ns)
        yield Row("Whom others miss", member, tuple(_thoughts(spans, plan, smallest_ns)))


def _thoughts(spans: Sequence[tuple[str, int, int]], plan: Plan, smallest_ns: int) -> Iterator[Bar]:
    """Bars of what was thought from when to when (ns), a look each."""
    for state in dict.fromkeys(state for state, _, _ in spans):
        mine = np.array([ends for one, *ends in spans if one == state], np.int64)
        yield from _bars(closed(union(mine[:, 0], mine[:, 1]), smallest_ns), state, state, plan)


def legend(shown: Sequence[Row]) -> list[tuple[str, str]]:
    """Key and words of every look that occurs."""
    there = {bar.key for row in shown for bar in row.bars}
    return [(key, words) for key, words in LEGEND if key in there]


LEGEND: Final = (
    ("fault", "fault in force"),
    ("lies", "adversary lies"),
    ("anomaly", "anomaly"),
    ("stale", "stale: older than the bound"),
    ("cut", "cut off from the root"),
    ("down", "down"),
    ("unused", "not in use: no agents below it"),
    ("lying", "somebody in it lies"),
    ("provisional", "alert provisional"),
    ("committed", "alert committed"),
    ("expired", "alert expired"),
    ("retracted", "alert taken back"),
    ("suspected", "suspected"),
    ("failed", "taken for failed"),
)
"""Every look of a bar, in words."""


def ticks(duration_s: float) -> list[tuple[float, str]]:
    """Round instants for the axis: percent of the run, and words.

    >>> ticks(60)
    [(0.0, '0 s'), (33.333, '20 s'), (66.667, '40 s'), (100.0, '60 s')]
    >>> ticks(90_000)
    [(0.0, '0 h'), (40.0, '10 h'), (80.0, '20 h')]
    """
    clock = clock_of(round(duration_s * NS_PER_S))
    whole = duration_s / clock.size_s
    step = _round_step(whole / 4)
    count = int(whole / step + 1e-9)
    places = range(count + 1)
    return [(round(100 * k * step / whole, 3), f"{k * step:g} {clock.unit}") for k in places]


def _round_step(least_s: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten (of which 6 and 12 would not divide well)."""
    power = 10.0 ** np.floor(np.log10(least_s))
    steps: NDArray[np.float64] = power * np.array([1.0, 2.0, 5.0, 10.0])
    return float(steps[steps >= least_s * (1 - 1e-9)][0])
