"""How many messages somebody who floods adds to a run, held against how many can be simulated.

Beside `routing` every copy of an agent is a message of its own; copies of reports are counted by
the receiver's queue, which only `tree.ingress` makes, and cost arithmetic alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sim.scenario.liars import chosen
from sim.scenario.plan import AdversaryPlan, Plan
from sim.scenario.selectors import TreeShape

MESSAGES_MAX: Final = 20_000_000
"""One by one, each at every hop: about 40 us each, so many minutes."""
COPIES_MAX: Final = 1_000_000_000
"""Of reports in columns: a year of work for a queue that takes 30 ms a message."""


@dataclass(frozen=True, slots=True)
class Copies:
    """What a flood adds in the run, and the most that can be simulated."""

    count: int
    limit: int


def floods(plan: Plan, adversary: AdversaryPlan, tree: TreeShape) -> Iterator[Copies]:
    """Of one `importance_flood`: updates of agents, and reports that have to queue."""
    if adversary.kind != "importance_flood":
        return
    if plan.routing is not None and adversary.tier == 0:
        updates = _copies(plan, adversary, tree, plan.routing.every_ns)
        yield Copies(updates, MESSAGES_MAX)
    if plan.tiers[adversary.tier + 1].ingress_ns:
        reports = _copies(plan, adversary, tree, plan.tiers[adversary.tier].period_ns)
        yield Copies(reports, COPIES_MAX)


def flooded_updates(plan: Plan, tree: TreeShape) -> int:
    """Copies of updates that all who flood send in the run, on top of what they would send."""
    if plan.routing is None:
        return 0
    every_ns = plan.routing.every_ns
    liars = (one for one in plan.adversaries if one.kind == "importance_flood" and not one.tier)
    return sum(_copies(plan, one, tree, every_ns) for one in liars)


def _copies(plan: Plan, adversary: AdversaryPlan, tree: TreeShape, every_ns: int) -> int:
    until_ns = plan.duration_ns if adversary.until_ns is None else adversary.until_ns
    span_ns = max(min(until_ns, plan.duration_ns) - adversary.at_ns, 0)
    times = int(adversary.options["times"])
    return chosen(adversary, tree) * times * span_ns // every_ns
