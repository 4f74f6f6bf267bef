"""How many agents are anomalous at once, as far as a scenario says: in all, and of one local.

Where agents are chosen by chance (``5%``) their number is known and where they are is not: they
count as spread evenly. Of those at a site, and of labels of a trace, nothing is known: None.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from sim.scenario.liars import Spans, merged, size
from sim.scenario.plan import AnomalyPlan, Plan
from sim.scenario.selectors import TreeShape, agents_of, tree_shape
from sim.units import parse_share


def most_at_once(plan: Plan) -> int | None:
    """The most agents of all that are anomalous at one instant."""
    if not _is_known(plan):
        return None
    at_once = (size(_named(now, plan)) + _share(now) * plan.agents.count for now in _instants(plan))
    return min(round(max(at_once)), plan.agents.count)


def most_of_a_local(plan: Plan) -> int | None:
    """The most agents of one local that are anomalous at one instant."""
    if not _is_known(plan):
        return None
    tree, largest = tree_shape(plan), largest_local(plan)
    at_once = (
        _of_one_local(_named(now, plan), tree, largest) + _share(now) * largest
        for now in _instants(plan)
    )
    return min(round(max(at_once)), largest)


def largest_local(plan: Plan) -> int:
    """The agents of the local that has most."""
    return -(-plan.agents.count // plan.tiers[1].count)


def _is_known(plan: Plan) -> bool:
    at_sites = any(name.startswith("site:") for one in plan.anomalies for name in one.agents)
    return bool(plan.anomalies) and not at_sites and not _has_labels(plan)


def _has_labels(plan: Plan) -> bool:
    return plan.agents.behaviour.options.get("labels") is not None


def _instants(plan: Plan) -> Iterator[Sequence[AnomalyPlan]]:
    """The anomalies that there are when each of them begins: no instant has more."""
    for first in plan.anomalies:
        at_ns = first.at_ns
        yield [
            one
            for one in plan.anomalies
            if one.at_ns <= at_ns and (one.until_ns is None or at_ns < one.until_ns)
        ]


def _named(now: Sequence[AnomalyPlan], plan: Plan) -> Spans:
    tree = tree_shape(plan)
    spans = (agents_of(name, tree) for one in now for name in one.agents)
    return merged(span for span in spans if span is not None)


def _share(now: Sequence[AnomalyPlan]) -> float:
    return sum(parse_share(name) for one in now for name in one.agents if name.endswith("%"))


def _of_one_local(spans: Spans, tree: TreeShape, largest: int) -> int:
    """A span that reaches beyond the next local holds all of that; others lie in two at most."""
    found: Counter[int] = Counter({0: 0})
    for first, last in spans:
        begin, end = _local_of(first, tree), _local_of(last - 1, tree)
        if end - begin > 1:
            return largest
        border = min(last, tree.first_child(1, begin + 1))
        found[begin] += border - first
        found[end] += last - border
    return max(found.values())


def _local_of(agent: int, tree: TreeShape) -> int:
    locals_ = range(tree.counts[1] + 1)
    return bisect_right(locals_, agent, key=lambda node: tree.first_child(1, node)) - 1
