"""What partitions do to committees and to bounds on age, said before anything runs.

A committee commits only where a quorum sees each other; with a clean split in halves that is
nowhere. And no choice keeps data fresh that cannot arrive: B after the last report at the latest a
bound of B is broken (the CAP theorem, as a number).
"""

from collections.abc import Iterator
from typing import NamedTuple

from sim.scenario.committee_facts import CommitteeFacts
from sim.scenario.document import Path
from sim.scenario.mute import entry_number
from sim.scenario.partitions import Groups
from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.selectors import REST, TreeShape, ranges, tree_shape
from sim.units import format_duration, write_duration

Remark = tuple[Path, str, str]


class _Cut(NamedTuple):
    """How everybody is cut apart for a while."""

    at_ns: int
    until_ns: int
    groups: Groups


def about_quorums(plan: Plan, committee: CommitteeFacts) -> Iterator[Remark]:
    """Partitions that leave no quorum anywhere. Cuts one way only are left out of this."""
    for number, fault in _partitions(plan):
        if fault.options["one_way"]:
            continue
        reach = fault.options.get("reach")
        idle = [
            cut
            for cut in _cuts(fault, plan.duration_ns)
            if _most_together(cut.groups, reach, plan, committee) < committee.quorum
        ]
        if idle:
            span = f"from {write_duration(idle[0].at_ns)} to {write_duration(idle[-1].until_ns)}"
            quorum = f"{committee.quorum} of {committee.n} replicas"
            problem = f"no side keeps a quorum, {quorum}: nothing is committed {span}"
            yield ("faults", number), problem, ""


def about_bounds(plan: Plan) -> Iterator[Remark]:
    """Readers whose bound on age is shorter than the longest partition."""
    cuts = [cut for _, fault in _partitions(plan) for cut in _cuts(fault, plan.duration_ns)]
    longest_ns = max((cut.until_ns - cut.at_ns for cut in cuts), default=0)
    bounds = {"baseline": plan.staleness.baseline_ns, "anomaly": plan.staleness.anomaly_ns}
    usual_ns = sum(tier.period_ns for tier in plan.tiers[:-1])
    told: list[str] = []
    for number, consumer in enumerate(plan.control.reads):
        bound_ns = bounds.get(consumer.what)
        if bound_ns is None or bound_ns >= longest_ns or consumer.what in told:
            continue
        told.append(consumer.what)
        left = format_duration(max(bound_ns - usual_ns, 0))
        problem = (
            f"a partition of {write_duration(longest_ns)} outlasts the bound on the age of "
            f"{consumer.what}, {write_duration(bound_ns)}: it is broken no later than "
            f"{left} after the cut"
        )
        yield ("reads", number), problem, "whatever is preferred; ages of the other side only grow"


def _partitions(plan: Plan) -> Iterator[tuple[int, FaultPlan]]:
    for fault in plan.faults:
        if fault.kind == "partition":
            yield entry_number(fault), fault


def _cuts(fault: FaultPlan, end_ns: int) -> list[_Cut]:
    """One after the other: some partitions change into another halfway."""
    until_ns = end_ns if fault.until_ns is None else min(fault.until_ns, end_ns)
    options = fault.options
    if "then" not in options:
        return [_Cut(fault.at_ns, until_ns, options["groups"])]
    again_ns = options["again_ns"]
    first = _Cut(fault.at_ns, again_ns, options["groups"])
    return [first, _Cut(again_ns, until_ns, options["then"])]


def _most_together(groups: Groups, reach: int | None, plan: Plan, committee: CommitteeFacts) -> int:
    """How many replicas the one sees that sees most, itself included."""
    shape = tree_shape(plan)
    sides = [
        _side(groups, shape.row(shape.top, replica), shape, site)
        for replica, site in enumerate(committee.sites)
    ]
    return max(sum(_sees(one, other, reach, len(groups)) for other in sides) for one in sides)


def _side(groups: Groups, row: int, shape: TreeShape, site: str) -> int | None:
    """The group of a replica; None if it is in none, and cut off from nobody."""
    for number, group in enumerate(groups):
        if any(_names(selector, row, shape, site) for selector in group):
            return number
    return next((number for number, group in enumerate(groups) if REST in group), None)


def _names(selector: str, row: int, shape: TreeShape, site: str) -> bool:
    if selector.startswith("site:"):
        return selector.removeprefix("site:") == site
    return row in (ranges(selector, shape) or ())


def _sees(one: int | None, other: int | None, reach: int | None, groups: int) -> bool:
    if one is None or other is None:
        return True
    apart = abs(one - other)
    return min(apart, groups - apart) <= (reach or 0)
