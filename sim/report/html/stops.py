"""Which aggregators next to the root, and whether the root itself, a fault has stopped, and when.

A region whose aggregator stands still is down; one whose root does is only cut off. Who is stopped
follows from the fault's selectors; of a site, from where the engine puts aggregators.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import NEVER, Tables
from sim.report.html.badges import Stretch
from sim.report.html.seats import seats
from sim.scenario.outages import target_of
from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.selectors import ranges, tree_shape

KINDS: Final = ("crash", "pause", "site_down")
"""Faults that stop a node itself, and not its ways."""
SITE: Final = "site:"


@dataclass(frozen=True, slots=True)
class Stopped:
    """Regions whose aggregators do nothing, and the root, each from when to when (ns)."""

    regions: list[Stretch]
    root: list[tuple[int, int]]


def stopped(tables: Tables, plan: Plan) -> Stopped:
    """All that stood still in a run. Raises InputError if the topology cannot be read any more."""
    found = Stopped([], [])
    by_path = {fault.path: fault for fault in plan.faults}
    for row in np.flatnonzero(np.isin(tables.faults["kind"], KINDS)):
        name = str(tables.faults["fault"][row])
        options = by_path[name].options if name in by_path else {"nodes": (target_of(name),)}
        at_ns, until_ns = (int(tables.faults[column][row]) for column in ("at_ns", "until_ns"))
        end_ns = plan.duration_ns if until_ns == NEVER else until_ns
        for tier, some in _hit(options, plan):
            if tier == len(plan.tiers) - 1:
                found.root.append((at_ns, end_ns))
            elif tier == len(plan.tiers) - 2:
                found.regions.append((some, at_ns, end_ns))
    return found


def stops_aggregators(fault: FaultPlan, plan: Plan) -> bool:
    """Whether any of the nodes that a fault names is an aggregator."""
    return fault.kind in KINDS and any(tier > 0 for tier, _ in _hit(fault.options, plan))


def _hit(options: Mapping[str, Any], plan: Plan) -> Iterator[tuple[int, range]]:
    """Tier and numbers of what a fault names; shares are of agents, and stop no aggregator."""
    shape = tree_shape(plan)
    if "site" in options:
        yield from _at_site(str(options["site"]), plan)
    for selector in options.get("nodes") or ():
        if selector.startswith(SITE):
            yield from _at_site(selector.removeprefix(SITE), plan)
            continue
        for row, span in (ranges(selector, shape) or {}).items():
            if row <= shape.top:  # the first replica: it is its view that is shown
                yield row, range(*span)


def _at_site(name: str, plan: Plan) -> Iterator[tuple[int, range]]:
    """The root and its children that stand at a site."""
    placed = seats(plan)
    top = len(plan.tiers) - 1
    if placed.names[placed.root] == name:
        yield top, range(1)
    for region in np.flatnonzero(np.array(placed.names)[placed.regions] == name).tolist():
        yield top - 1, range(region, region + 1)


def all_stopped(regions: Iterable[int], at_ns: int, stops: Stopped) -> bool:
    """Whether each of these regions is one whose own aggregator stands still at an instant."""
    still = [some for some, begin_ns, end_ns in stops.regions if begin_ns <= at_ns < end_ns]
    return all(any(region in some for some in still) for region in regions)


def during(spans: list[tuple[int, int]], time_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """At which instants any of the spans (ns) is."""
    found = np.zeros(len(time_ns), np.bool_)
    for begin_ns, end_ns in spans:
        found |= (time_ns >= begin_ns) & (time_ns < end_ns)
    return found
