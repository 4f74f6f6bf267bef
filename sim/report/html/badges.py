"""Who lies and who raises an alarm, region by region: marks beside the state of a region.

A region *lies* while a named adversary below it does; who lies at random everywhere is said in
words and marks nobody. It *alerts* while an alert that was raised in it is provisional, or while
the last decision raised an alarm about one of its agents (`alarms` says about how many).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.measure.alerts import PROVISIONAL, raised, states
from sim.measure.tables import NEVER, Table, Tables
from sim.report.control.alert_history import history
from sim.report.html.facts import Run
from sim.scenario.plan import AdversaryPlan, Plan
from sim.scenario.selectors import TreeShape, ranges, tree_shape
from sim.telemetry.tree import Tree

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Stretch = tuple[range, int, int]
"""Some regions, and from when to when (ns) something holds of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Badges:
    """Marks of regions at every sample; arrays (samples, regions)."""

    lying: Bools
    alerting: Bools
    alarms: Ints
    everywhere: tuple[str, ...]
    """Adversaries that mark nobody, because they are in every region."""
    everywhere_ns: list[tuple[int, int]]
    """From when to when each of these lies."""


def badges_of(run: Run, time_ns: Ints, regions: Ints) -> Badges:
    """The marks of some regions at some instants."""
    plan, shape = run.plan, tree_shape(run.plan)
    named, everywhere = _liars(run.tables, plan, shape)
    alarms = _alarms(run.tables.points, shape, time_ns, regions)
    alerts = list(_alerts(run.tables, plan, shape))
    return Badges(
        lying=marked(named, time_ns, regions),
        alerting=marked(alerts, time_ns, regions) | (alarms > 0),
        alarms=alarms,
        everywhere=tuple(f"{one.path} ({one.kind})" for one in everywhere),
        everywhere_ns=[(one.at_ns, _until_ns(one, plan)) for one in everywhere],
    )


def marked(stretches: list[Stretch], time_ns: Ints, regions: Ints) -> Bools:
    """Where (instants, regions) any of the stretches holds."""
    found = np.zeros((len(time_ns), len(regions)), np.bool_)
    for some, begin_ns, end_ns in stretches:
        during = (time_ns >= begin_ns) & (time_ns < end_ns)
        found |= during[:, None] & ((regions >= some.start) & (regions < some.stop))
    return found


def region_range(shape: TreeShape, tier: int, first: int, last: int) -> range:
    """The regions above the nodes [first, last) of a tier; none above the root."""
    if tier >= shape.top:
        return range(0)
    edges = np.arange(shape.regions + 1)
    for level in reversed(Tree(shape.counts).levels[tier : shape.top - 1]):
        edges = level.starts[edges]
    begin = int(np.searchsorted(edges, first, side="right")) - 1
    return range(begin, int(np.searchsorted(edges, last - 1, side="right")))


def _liars(
    tables: Tables, plan: Plan, shape: TreeShape
) -> tuple[list[Stretch], list[AdversaryPlan]]:
    """When named liars lie, and the adversaries that are everywhere."""
    named: list[Stretch] = []
    everywhere = []
    for one in plan.adversaries:
        if one.tier and plan.attest is not None:
            continue  # what they did is in the table of convictions, node by node
        found = list(_regions_of(one, shape))
        if found and sum(map(len, found)) < shape.regions:
            named += [(some, one.at_ns, _until_ns(one, plan)) for some in found]
        else:
            everywhere.append(one)
    return [*named, *_convicted(tables.convictions, plan, shape)], everywhere


def _until_ns(one: AdversaryPlan, plan: Plan) -> int:
    return plan.duration_ns if one.until_ns is None else one.until_ns


def _regions_of(one: AdversaryPlan, shape: TreeShape) -> Iterator[range]:
    """The regions with candidates of an adversary; nothing where only the run could tell."""
    for selector in one.under or one.nodes:
        nodes = ranges(selector, shape)
        if nodes is None:
            return
        tier = max(row for row in nodes if row <= shape.top)
        yield region_range(shape, tier, *nodes[tier])


def _convicted(convictions: Table, plan: Plan, shape: TreeShape) -> Iterator[Stretch]:
    """From the first lie of an aggregator until it is replaced."""
    for row in np.flatnonzero(convictions["lied_ns"] != NEVER):
        node, end_ns = int(convictions["node"][row]), int(convictions["replaced_ns"][row])
        some = region_range(shape, int(convictions["tier"][row]), node, node + 1)
        until_ns = plan.duration_ns if end_ns == NEVER else end_ns
        yield some, int(convictions["lied_ns"][row]), until_ns


def _alerts(tables: Tables, plan: Plan, shape: TreeShape) -> Iterator[Stretch]:
    """While an alert is provisional, the region of who raised it."""
    rows = states(tables.alerts)
    for alert in raised(tables.alerts):
        raiser = str(rows["node"][rows["alert"] == alert][0])
        some = _region_of_name(raiser, shape)
        for state, begin_ns, end_ns in history(tables.alerts, alert, plan.duration_ns):
            if state == PROVISIONAL and some is not None:
                yield some, begin_ns, end_ns


def _region_of_name(node: str, shape: TreeShape) -> range | None:
    name, _, number = node.partition("/")[0].rpartition("-")
    if name not in shape.names:
        return None
    return region_range(shape, shape.names.index(name), int(number), int(number) + 1)


def _alarms(points: Table, shape: TreeShape, time_ns: Ints, regions: Ints) -> Ints:
    """Agents with an alarm at the last decision before each instant, by region."""
    found = np.zeros((len(time_ns), len(regions)), np.int64)
    decided_ns = np.unique(points["time_ns"])
    if not len(decided_ns) or not points["alarm"].any():
        return found
    rows = np.flatnonzero(points["alarm"])
    region = Tree(shape.counts).region_of(0)[points["agent"][rows]]
    column, known = np.searchsorted(regions, region), np.isin(region, regions)
    when = np.searchsorted(decided_ns, points["time_ns"][rows])
    counts = np.zeros((len(decided_ns) + 1, len(regions)))
    np.add.at(counts, (when[known] + 1, column[known]), points["weight"][rows][known])
    last = np.searchsorted(decided_ns, time_ns, side="right")
    return np.asarray(np.rint(counts[last]), np.int64)
