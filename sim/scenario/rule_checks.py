"""Rules that cannot keep their promise: more liars than so few items withstand, or no digests.

What is asked about lies where nobody lies and nothing guards against it is refused here, too.
"""

from collections.abc import Iterator

from sim.errors import Mistake
from sim.scenario.checks import Case
from sim.scenario.measured import lacks
from sim.scenario.plan import RulePlan, Variant
from sim.scenario.selectors import TreeShape
from sim.stats.robust.needs import least, liars, most
from sim.units import write_duration

Group = tuple[str, int]
"""What a group of items is called in a sentence, and how many items it has."""


def check_rule(case: Case) -> Iterator[Mistake]:
    """Every mistake in the baseline's rule, and in what is asked about lies."""
    rule = case.plan.baseline.rule
    if rule.estimator is not None:
        if len(case.plan.tiers) < 3:
            problem = "needs locals, which send digests: with tree.levels 1 there are none"
            yield case.document.mistake(("baseline", "rule"), problem)
        else:
            yield from _too_few(case, rule, rule.estimator)
        yield from _lead(case, rule)
    # With a mistake anywhere a block may have been taken out, so nothing is known to be missing.
    if () not in case.document.unsure:
        yield from _asked(case)


def groups_of(rule: RulePlan, tree: TreeShape) -> list[Group]:
    """The groups of items that the estimator is given, smallest and largest of each tier."""
    agents = tree.counts[0]
    if rule.over == "sample":
        return [("the sample", min(rule.sample, agents))]
    if rule.over == "sketch":
        return [("the sketch", agents)]
    groups = []
    for tier in range(1, len(tree.counts)):
        below, nodes = tree.counts[tier - 1 : tier + 1]
        smallest, largest = below // nodes, -(-below // nodes)
        name = tree.names[tier]
        if nodes == 1:
            groups.append((f"the {name}", smallest))
        else:
            groups.append((f"the smallest {name}", smallest))
            groups += [(f"the largest {name}", largest)] if largest > smallest else []
    return groups


def _too_few(case: Case, rule: RulePlan, estimator: Variant) -> Iterator[Mistake]:
    """The first group that is too small, and the largest f for which all groups would do."""
    kind, options = estimator.kind, estimator.options
    groups = groups_of(rule, case.tree)
    for name, count in groups:
        f = liars(rule.f, count)
        needed = least(kind, f, options)
        if count >= needed:
            continue
        path, hint = ("baseline", "rule", "f"), _largest_f(kind, groups)
        if count < least(kind, 0, options):
            path, hint = ("baseline", "rule", "estimator"), f"say at most {count} buckets"
            if not options.get("buckets"):
                hint = "choose another"
        against = f"{kind} against {f} liar{'' if f == 1 else 's'}"
        problem = f"{against} needs {needed} items, {name} has {count}"
        yield case.document.mistake(path, problem, hint)
        return


def _largest_f(kind: str, groups: list[Group]) -> str:
    """Rounded down to what can be written in a few digits."""
    share = min(most(kind, count) / count for _, count in groups)
    return f"say f of at most {int(share * 1000 + 1e-9) / 10:g} %"


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
