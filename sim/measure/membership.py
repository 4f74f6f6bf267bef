"""Membership in one replication: how fast failures are found, and what is found without one.

A member is *absent* while a crash or a pause of the scenario stops it by name, and, as the
aggregator of a region, while that is cut from the root, where its watchers are. Locals that only
the run can tell (of a site, a share) are not followed. An absence that ends, or the run, before
anybody has said "failed" leaves a *censored* duration.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.measure.censored import CensoredSample, censored
from sim.measure.tables import NEVER, Tables
from sim.scenario.outages import OUTAGES, entry_of, target_of
from sim.scenario.plan import Plan
from sim.scenario.selectors import TreeShape, ranges, tree_shape

Figure = Callable[[Tables, Plan], float]

FAILED: Final = "failed"
REHOMED: Final = "rehomed"
STOPS: Final = ("crash", "pause")
"""Kinds of faults that stop the nodes they name."""
REGIONALS: Final = 2


@dataclass(frozen=True, slots=True)
class Absence:
    """A member that was not there, or not to be reached, from when to when."""

    member: str
    at_ns: int
    until_ns: int


def absences(tables: Tables, plan: Plan) -> list[Absence]:
    """All absences of members, each cut off at the end of the run."""
    found = (*_stopped(plan), *_stopped_by_chance(tables, plan), *_cut_off(tables, plan))
    return [one for one in found if one.at_ns < plan.duration_ns]


def _stopped(plan: Plan) -> Iterator[Absence]:
    tree = tree_shape(plan)
    for fault in plan.faults:
        if fault.kind in STOPS:
            until_ns = plan.duration_ns if fault.until_ns is None else fault.until_ns
            for text in fault.options["nodes"]:
                for member in _members(text, tree, _tier(plan)):
                    yield Absence(member, fault.at_ns, min(until_ns, plan.duration_ns))


def _stopped_by_chance(tables: Tables, plan: Plan) -> Iterator[Absence]:
    """What random faults stopped: only the run knows when."""
    entries = {fault.path for fault in plan.faults if fault.kind == OUTAGES}
    rows = (tables.faults[name].tolist() for name in ("fault", "kind", "at_ns", "until_ns"))
    for name, kind, at_ns, until_ns in zip(*rows, strict=True):
        if kind in STOPS and entry_of(name) in entries:
            for member in _members(target_of(name), tree_shape(plan), _tier(plan)):
                yield Absence(member, at_ns, min(until_ns, plan.duration_ns))


def _cut_off(tables: Tables, plan: Plan) -> Iterator[Absence]:
    """Aggregators of regions that a fault cuts from the root; locals are watched inside."""
    tree, tier = tree_shape(plan), _tier(plan)
    if tier != REGIONALS:
        return
    rows = tables.faults
    others = ~np.isin(rows["kind"], STOPS)  # those are known by name
    columns = (rows[name][others].tolist() for name in ("at_ns", "until_ns", "regions"))
    for at_ns, until_ns, regions in zip(*columns, strict=True):
        end_ns = plan.duration_ns if until_ns == NEVER else min(until_ns, plan.duration_ns)
        for region in str(regions).split():
            for member in _members(f"region-{region}", tree, tier):
                yield Absence(member, at_ns, end_ns)


def _tier(plan: Plan) -> int:
    assert plan.control.membership is not None
    return plan.control.membership.watch


def _members(text: str, tree: TreeShape, tier: int) -> list[str]:
    """The names of the nodes of a tier that a selector means; none where only the run can tell."""
    first, last = (ranges(text, tree) or {}).get(tier, (0, 0))
    return [tree.node_name(tier, number) for number in range(first, last)]


def times_to(event: str, tables: Tables, plan: Plan) -> CensoredSample:
    """From the begin of each absence to an event of that member, in seconds."""
    rows = tables.members
    lasted_ns, has_ended = [], []
    for one in absences(tables, plan):
        mine = (rows["member"] == one.member) & (rows["event"] == event)
        mine &= (rows["at_ns"] >= one.at_ns) & (rows["at_ns"] <= one.until_ns)
        until_ns = int(rows["at_ns"][mine].min()) if mine.any() else one.until_ns
        lasted_ns.append(until_ns - one.at_ns)
        has_ended.append(bool(mine.any()))
    return censored(np.array(lasted_ns, np.int64), np.array(has_ended, bool))


def _false(tables: Tables, plan: Plan) -> float:
    """Said of somebody, and by somebody, who was there."""
    gone = absences(tables, plan)
    rows = tables.members
    said = rows["event"] == FAILED
    names = (rows["at_ns"], rows["by"], rows["member"])
    triples = zip(*(column[said].tolist() for column in names), strict=True)
    return float(sum(not _explained(gone, *triple) for triple in triples))


def _explained(gone: list[Absence], at_ns: int, by: str, member: str) -> bool:
    """Whether either was absent; `by` is a node with what it does, such as ``local-3 ward``."""
    both = (by.partition(" ")[0], member)
    return any(one.member in both and one.at_ns <= at_ns <= one.until_ns for one in gone)


def _miscount(tables: Tables, plan: Plan) -> float:
    """Counts at the root of more agents than there are: somebody is counted twice.

    That some are missing (not heard yet, or lost with their aggregator) is what coverage says.
    """
    counted = tables.members["sources"]
    return float((counted > plan.agents.count).sum())


MEMBERSHIP_FIGURES: Final[Mapping[str, Figure]] = {
    "membership.false": _false,
    "membership.miscount": _miscount,
}
"""Metrics of membership that are one figure a replication; the others are over absences."""
