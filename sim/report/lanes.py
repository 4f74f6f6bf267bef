"""The top of the figure: what was done to the network, and what the recovery was made of.

A lane a fault, a lane a region that was ever cut off, one lane for all others; below, a lane a
milestone with a bar from each heal to the instant at which it was reached.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.measure.recovery import Recovery, relieved_ns
from sim.measure.spans import Milestone, Spans
from sim.measure.tables import NEVER, Tables
from sim.report.groups import cut_groups, name, noun, other_regions
from sim.report.style import GREEN, GREY, INK, VERMILLION
from sim.report.words import seconds
from sim.scenario.outages import OUTAGES, entry_of
from sim.scenario.plan import Plan

FAULT_LANES: Final = 5
TOLD_HEALS: Final = 8
"""Of more, words would cover each other."""
REGION_LANES: Final = 11
MARKERS: Final = {
    "reconnected": "^",
    "fresh": "D",
    "accurate": "o",
    "converged": "s",
    "settled": "P",
}
FAULT: Final = "#5c5c5c"
OPEN: Final = "#cfe8f7"
HEIGHT: Final = 0.72
HEAL: Final = "heal"
TAKEN_OVER: Final = "taken over before"
"""Of a fault whose cut ended when others had taken over: that was the heal, not its own end."""
CUT_OFF: Final[Any] = {
    "facecolor": VERMILLION,
    "edgecolor": "white",
    "hatch": "////",
    "linewidth": 0,
}


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """A labelled row, with the spans (ns) in which a fault was in force or a region cut off."""

    label: str
    spans: Spans
    is_region: bool
    note: str = ""
    """Stands at the end of the last span."""


def lanes(tables: Tables, plan: Plan) -> list[Lane]:
    """The lanes from top to bottom: faults, regions that were cut, all others."""
    return [*_fault_lanes(tables, plan), *_region_lanes(tables, plan)]


def _fault_lanes(tables: Tables, plan: Plan) -> list[Lane]:
    chance = {one.path: list[int]() for one in plan.faults if one.kind == OUTAGES}
    others: list[int] = []
    for row, fault in enumerate(tables.faults["fault"].tolist()):
        chance.get(entry_of(fault), others).append(row)
    found = [_fault_lane(tables, row, plan) for row in others]
    found += [_chance_lane(tables, rows, plan) for rows in chance.values() if rows]
    if len(found) <= FAULT_LANES:
        return found
    rest = found[FAULT_LANES - 1 :]
    spans = np.concatenate([lane.spans for lane in rest])
    return [*found[: FAULT_LANES - 1], Lane(f"{len(rest)} more faults", spans, False)]


def _chance_lane(tables: Tables, rows: Sequence[int], plan: Plan) -> Lane:
    """All that a process of random faults brought; regions that it cut have lanes of their own."""
    at_ns, until_ns = (tables.faults[column][rows] for column in ("at_ns", "until_ns"))
    kind = str(tables.faults["kind"][rows[0]])
    spans = np.stack([at_ns, np.minimum(until_ns, plan.duration_ns)], axis=1)
    return Lane(f"{len(rows)} times {kind}, by chance", spans, False)


def _fault_lane(tables: Tables, row: int, plan: Plan) -> Lane:
    faults = {column: values[row] for column, values in tables.faults.items()}
    regions = sorted(int(region) for region in str(faults["regions"]).split())
    options = [one.options for one in plan.faults if one.path == faults["fault"]]
    target = aim(*options) if options else ""
    if regions and not target:
        target = name(regions, noun(plan))
    heals = faults["until_ns"] != NEVER and faults["until_ns"] < plan.duration_ns
    end_ns = int(faults["until_ns"]) if heals else plan.duration_ns
    note = (HEAL if heals else "never heals") if faults["cuts"] else ""
    if NEVER < relieved_ns(tables, str(faults["fault"])) < end_ns:
        note = TAKEN_OVER
    spans = np.array([[int(faults["at_ns"]), end_ns]])
    return Lane(f"{faults['kind']}: {target}".removesuffix(": "), spans, False, note)


def aim(options: Mapping[str, Any]) -> str:
    """What a fault was aimed at, if that is one name; what it cut off has lanes of its own.

    >>> aim({"nodes": ("local-3",)}), aim({"groups": (("region-2",), ("rest",))})
    ('local-3', 'region-2')
    >>> aim({"link": ("Bern", "Rome")}), aim({"nodes": ("local-3", "local-5"), "link": None})
    ('Bern to Rome', '')
    """
    if options.get("link"):
        return " to ".join(options["link"])
    names = options.get("nodes") or (options.get("groups") or [()])[0]
    return str(names[0]) if len(names) == 1 else ""


def _region_lanes(tables: Tables, plan: Plan) -> list[Lane]:
    groups = cut_groups(tables, plan, REGION_LANES)
    found = [Lane(group.label, group.cut, True) for group in groups]
    others = len(other_regions(tables, groups))
    if not others:
        return found
    label = others_label(others, bool(groups), unshown(tables, plan), noun(plan))
    return [*found, Lane(label, np.empty((0, 2), np.int64), True)]


def others_label(count: int, is_rest: bool, unshown: int = 0, child: str = "region") -> str:
    """What the regions are called that were never cut off; `unshown` of them have no rows.

    >>> others_label(8, False), others_label(7, True), others_label(63, True, 7079)
    ('all 8 regions', '7 other regions', '63 of 7,142 others')
    >>> others_label(64, False, 336, "agent")
    '64 of 400 agents'
    """
    if unshown:
        return f"{count} of {count + unshown:,} {'others' if is_rest else f'{child}s'}"
    if not is_rest:
        return f"all {count} {child}s" if count > 1 else f"the only {child}"
    return f"{count} other {child}{'s' if count > 1 else ''}"


def unshown(tables: Tables, plan: Plan) -> int:
    """How many regions have no rows of their own, because there are very many."""
    return max(plan.tiers[-2].count - len(np.unique(tables.regions["region"])), 0)


def draw_lanes(
    axes: Axes,
    shown: Sequence[Lane],
    duration_s: float,
    child: str = "region",
    root: str = "the root",
) -> None:
    """One bar chart row a lane, the first on top; `child` is what can reach the `root`."""
    for row, lane in enumerate(shown):
        begin_s, length_s = lane.spans[:, 0] / 1e9, np.diff(lane.spans, axis=1)[:, 0] / 1e9
        rows = np.full(len(begin_s), row)
        if lane.is_region:
            axes.barh(row, duration_s, HEIGHT, color=OPEN)
            axes.barh(rows, length_s, HEIGHT, begin_s, **CUT_OFF)
        else:
            axes.barh(rows, length_s, HEIGHT, begin_s, color=FAULT)
        if lane.note:
            begin, end = float(begin_s[-1]), float(begin_s[-1] + length_s[-1])
            _note(axes, row, (begin, end), lane.note, duration_s)
    label_rows(axes, [lane.label for lane in shown])
    axes.set_title(f"Which {child}s can reach {root}")
    legend(axes, _lane_key(shown))


def _note(axes: Axes, row: int, ends_s: tuple[float, float], note: str, duration_s: float) -> None:
    """How a fault ends: right of its bar, or in the bar where the page ends."""
    room_s = _room_s(note, duration_s)
    if ends_s[1] + room_s > duration_s and ends_s[1] - ends_s[0] > room_s:
        look: Any = {"ha": "right", "va": "center", "fontsize": 9, "color": "white"}
        axes.annotate(note, (ends_s[1], row), (-6, 0), textcoords="offset points", **look)
    else:
        colour = GREEN if note == HEAL else INK
        beside(axes, row, ends_s, note, duration_s, duration_s, colour)


def _room_s(words: str, duration_s: float) -> float:
    """Width of a text on the time axis, generously."""
    return duration_s * (0.02 + 0.0125 * len(words))


def _lane_key(shown: Sequence[Lane]) -> list[Artist]:
    """What the bars mean, as far as there are any."""
    key: list[Artist] = [Patch(facecolor=OPEN, label="can reach the root")]
    if any(lane.is_region and len(lane.spans) for lane in shown):
        key.append(Patch(label="cut off", **CUT_OFF))
    if any(not lane.is_region for lane in shown):
        key.append(Patch(facecolor=FAULT, label="fault in force"))
    if any(lane.note == HEAL for lane in shown):
        key.append(Line2D([], [], color=GREEN, linewidth=1.6, label=HEAL))
    return key


def draw_recovery(axes: Axes, found: Sequence[Recovery], plan: Plan) -> None:
    """A bar from each heal to each milestone, with its seconds; censored ones said in words."""
    limits_s = [*(one.heal_ns / 1e9 for one in found[1:]), plan.duration_ns / 1e9]
    milestones = list(found[0].parts)
    is_told = len(found) <= TOLD_HEALS
    for row, milestone in enumerate(milestones):
        for one, limit_s in zip(found, limits_s, strict=True):
            _milestone(axes, row, milestone, one)
            if is_told:
                _tell(axes, row, one, one.parts[milestone], (limit_s, plan.duration_ns / 1e9))
    label_rows(axes, milestones)
    axes.set_title("How long after the heal until all is well")
    legend(axes, _milestone_key(plan, milestones))


def _milestone(axes: Axes, row: int, milestone: str, one: Recovery) -> None:
    step: Milestone = one.parts[milestone]
    heal_s, length_s = one.heal_ns / 1e9, step.after_ns / 1e9
    look = CUT_OFF if step.after_ns == one.watched_ns else {"color": GREY}
    axes.barh(row, length_s, 0.3, heal_s, **({"color": GREEN} if step.reached else look))
    if step.reached:
        axes.plot(heal_s + length_s, row, MARKERS[milestone], color=INK, markersize=6, zorder=5)


def _tell(
    axes: Axes, row: int, one: Recovery, step: Milestone, ends_s: tuple[float, float]
) -> None:
    """In words, between this heal and the next one or the end of the run (`ends_s`)."""
    bar_s = one.heal_ns / 1e9, (one.heal_ns + step.after_ns) / 1e9
    beside(axes, row, bar_s, _after(step, one.watched_ns), *ends_s)


def _after(step: Milestone, watched_ns: int) -> str:
    """How long a milestone took, or what is known of it if it was not seen to last."""
    if step.reached:
        return f"+{seconds(step.after_ns)}" if step.after_ns else "at once"
    if step.after_ns == watched_ns:
        return f"not within {seconds(watched_ns)}"
    return f"+{seconds(step.after_ns)}, if it lasts"


def _milestone_key(plan: Plan, milestones: Sequence[str]) -> list[Artist]:
    meaning = {
        "reconnected": "first message across",
        "fresh": f"all ages within {seconds(plan.staleness.baseline_ns)}",
        "accurate": f"error within {plan.baseline.epsilon:g} sd",
        "converged": "all replicas know the same",
        "settled": "no alert is provisional",
    }
    return [
        Line2D([], [], color=INK, marker=MARKERS[key], linestyle="", label=meaning[key])
        for key in milestones
    ]


def beside(
    axes: Axes,
    row: int,
    ends_s: tuple[float, float],
    words: str,
    limit_s: float,
    duration_s: float,
    colour: str = INK,
) -> None:
    """Text right of a bar, or left of it where there is no room before `limit_s`."""
    is_right = ends_s[1] + _room_s(words, duration_s) <= limit_s
    axes.annotate(
        words,
        (ends_s[is_right], row),
        xytext=(9 if is_right else -6, 0),
        textcoords="offset points",
        ha="left" if is_right else "right",
        va="center",
        fontsize=9,
        color=colour,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
    )


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """A label for each row, the first on top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")


def legend(axes: Axes, handles: Sequence[Artist] | None = None) -> None:
    """A legend right of the panel, where it hides nothing."""
    axes.legend(
        handles=axes.get_legend_handles_labels()[0] if handles is None else handles,
        loc="upper left",
        bbox_to_anchor=(1.005, 1.0),
        borderaxespad=0.0,
    )
