"""How many lie, and when: what the adversaries of a plan amount to before anybody is chosen.

Which nodes they are is drawn when the run is built; how many is known here, by the same arithmetic.
Candidates are ranges of numbers of one tier, ascending and apart.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sim.scenario.catalogue import ADVERSARIES
from sim.scenario.plan import AdversaryPlan, Plan
from sim.scenario.selectors import TreeShape, highest, ranges, tree_shape

Spans = list[tuple[int, int]]
"""First node and one past the last."""


def candidates(adversary: AdversaryPlan, tree: TreeShape) -> Spans:
    """The nodes that may lie. Its names must be valid."""
    named = merged(_of_tier(name, adversary.tier, tree) for name in adversary.nodes)
    if not adversary.under:
        return named
    return shared(named, merged(_of_tier(name, adversary.tier, tree) for name in adversary.under))


def chosen(adversary: AdversaryPlan, tree: TreeShape) -> int:
    """How many nodes lie."""
    wanted = round(adversary.share * size(candidates(adversary, tree)))
    return wanted if adversary.budget is None else min(wanted, adversary.budget)


def acts_at(adversary: AdversaryPlan, now_ns: int) -> bool:
    """Whether it acts at an instant."""
    return adversary.at_ns <= now_ns and (adversary.until_ns is None or now_ns < adversary.until_ns)


def false_shares(plan: Plan) -> list[tuple[int, float]]:
    """The run in pieces: length in ns, and the share of agents that make up values all the while.

    Only the time from the baseline bound on, in which errors are judged. Liars who are late, silent
    or claim what they did measure make up nothing.
    """
    tree, begin_ns, end_ns = tree_shape(plan), plan.staleness.baseline_ns, plan.duration_ns
    liars = [one for one in plan.adversaries if one.tier == 0 and ADVERSARIES[one.kind].makes_up]
    edges = {one.at_ns for one in liars} | {one.until_ns or end_ns for one in liars}
    inner = sorted(edge for edge in edges if begin_ns < edge < end_ns)
    return [
        (last - first, _share(plan, [one for one in liars if acts_at(one, first)], tree))
        for first, last in pairwise([min(begin_ns, end_ns), *inner, end_ns])
    ]


def _share(plan: Plan, liars: Sequence[AdversaryPlan], tree: TreeShape) -> float:
    return sum(_admitted(one, plan, tree) for one in liars) / plan.agents.count


def _admitted(liar: AdversaryPlan, plan: Plan, tree: TreeShape) -> int:
    """Of a Sybil's identities only the first may join where admission is one for each owner."""
    count = chosen(liar, tree)
    if liar.kind != "sybil" or plan.registry.admission == "open":
        return count
    return math.ceil(count / int(liar.options["identities"]))


def _of_tier(name: str, tier: int, tree: TreeShape) -> tuple[int, int]:
    """The nodes of a tier that a name stands for: those it names, or all below what it names."""
    named = ranges(name, tree)
    if named is None:
        return (0, 0)
    top, span = highest(named, tree)
    return tree.below(top, *span)[tier] if top >= tier else (0, 0)


def size(spans: Spans) -> int:
    """How many nodes there are."""
    return sum(last - first for first, last in spans)


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """The union."""
    found: Spans = []
    for first, last in sorted(span for span in spans if span[0] < span[1]):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def shared(one: Spans, other: Spans) -> Spans:
    """The intersection."""
    return merged(
        (max(first, begin), min(last, end)) for first, last in one for begin, end in other
    )
