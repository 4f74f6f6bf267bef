"""Rules that cannot keep their promise: more liars than so few items withstand, or no digests.

What is asked about lies where nobody lies and nothing guards against it is refused here, too.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sim.errors import Mistake
from sim.scenario.checks import Case, needs_locals
from sim.scenario.measured import lacks
from sim.scenario.plan import RulePlan, Variant
from sim.scenario.selectors import TreeShape
from sim.stats.robust.needs import least, liars
from sim.units import format_count, write_duration

PERMILLE: Final = 1000
"""The share of liars that is offered instead is a multiple of a tenth of a percent."""


class Group(NamedTuple):
    """A group of items that an estimator is given: what to call it, and how many there are."""

    name: str
    items: int
    waits: bool = False
    """Whether it takes the first n - f items only."""

    def lacks(self, estimator: Variant, share: float) -> tuple[int, int, int] | None:
        """Liars, items that are needed, items that there are; None if they are enough."""
        f = liars(share, self.items)
        there = self.items - f if self.waits else self.items
        needed = least(estimator.kind, f, estimator.options)
        return (f, needed, there) if there < needed else None


def check_rule(case: Case) -> Iterator[Mistake]:
    """Every mistake in the baseline's rule, and in what is asked about lies."""
    rule = case.plan.baseline.rule
    if rule.estimator is not None:
        flat = [*needs_locals(case, ("baseline", "rule"), "which send digests")]
        yield from flat or _too_few(case, rule, rule.estimator)
        yield from _lead(case, rule)
        yield from _guard(case, rule, rule.estimator)
    # With a mistake anywhere a block may have been taken out, so nothing is known to be missing.
    if () not in case.document.unsure:
        yield from _asked(case)


def groups_of(rule: RulePlan, tree: TreeShape) -> list[Group]:
    """The groups of items that the estimator is given, smallest and largest of each tier."""
    agents = tree.counts[0]
    if rule.over == "sample":
        return [Group("the sample", min(rule.sample, agents))]
    if rule.over == "sketch":
        return [Group("the sketch", agents)]
    groups = []
    for tier in range(1, len(tree.counts)):
        below, nodes = tree.counts[tier - 1 : tier + 1]
        smallest, largest = below // nodes, -(-below // nodes)
        name, waits = tree.names[tier], rule.quorum and tier == 1
        if nodes == 1:
            groups.append(Group(f"the {name}", smallest, waits))
        else:
            groups.append(Group(f"the smallest {name}", smallest, waits))
            if largest > smallest:
                groups.append(Group(f"the largest {name}", largest, waits))
    return groups


def _too_few(case: Case, rule: RulePlan, estimator: Variant) -> Iterator[Mistake]:
    """The first group that is too small, and the largest f for which all groups would do."""
    groups = groups_of(rule, case.tree)
    for group in groups:
        lack = group.lacks(estimator, rule.f)
        if lack is None:
            continue
        f, needed, there = lack
        against = f"{estimator.kind} against {format_count(f, 'liar')}"
        which = f"{group.name} has {there}" + (" in its quorum" if group.waits and f else "")
        path, hint = ("baseline", "rule", "f"), _largest_f(estimator, groups, rule.f)
        if not hint:
            path, hint = ("baseline", "rule", "estimator"), _instead(estimator, group)
        problem = f"{against} needs {needed} items, {which}"
        yield case.document.mistake(path, problem, hint)
        return


def _largest_f(estimator: Variant, groups: Sequence[Group], share: float) -> str:
    """What to say in place of `share`; empty if nothing would do."""
    for permille in range(int(share * PERMILLE), -1, -1):
        if not any(group.lacks(estimator, permille / PERMILLE) for group in groups):
            return f"say f of at most {_told(permille, groups) / 10:g} %"
    return ""


def _told(permille: int, groups: Sequence[Group]) -> int:
    """The smallest share that lets as many lie in every group: 30 % of 10, not 39.9 %."""
    share = permille / PERMILLE
    same = max(liars(share, group.items) / group.items for group in groups)
    return math.ceil(same * PERMILLE - 1e-9) or permille


def _instead(estimator: Variant, group: Group) -> str:
    if estimator.options.get("buckets"):
        return f"say at most {group.items} buckets"
    return "choose another"


def _guard(case: Case, rule: RulePlan, estimator: Variant) -> Iterator[Mistake]:
    """A guard that could never raise an alert."""
    if rule.kind == "guarded_mean" and estimator.kind == "mean":
        problem = "is what is guarded: a mean withstands nobody, so there would never be an alert"
        yield case.document.mistake(("baseline", "rule", "estimator"), problem, "say median")


def _lead(case: Case, rule: RulePlan) -> Iterator[Mistake]:
    publish_ns, path = case.plan.baseline.publish_ns, ("baseline", "rule", "lead")
    if rule.lead_ns >= publish_ns:
        problem = f"must be less than `publish`, {write_duration(publish_ns)}"
        yield case.document.mistake(path, problem)
    if rule.lead_ns == 0:
        yield case.document.mistake(path, "must be more than 0s: digests need time to arrive")


def _asked(case: Case) -> Iterator[Mistake]:
    """Thresholds and tolerances of what is not measured in such a scenario."""
    asked = [("thresholds", threshold.metric) for threshold in case.plan.thresholds]
    asked += [("gate", tolerance.metric) for tolerance in case.plan.gate]
    for path in asked:
        needed = lacks(path[1], case.plan)
        if needed and not path[1].startswith("detection."):
            yield case.document.mistake(path, f"is measured only with {needed}")
