"""How much of a run with `routing` has to be simulated: looks in columns, messages one by one.

What `on_delta` and `geometric` send depends on what agents measure, and is not counted.
"""

from typing import Final

from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.floods import MESSAGES_MAX, flooded_updates
from sim.scenario.plan import Plan
from sim.scenario.selectors import TreeShape

LOOKS_MAX: Final = 50_000_000
"""Of all agents in a run; with few agents a look takes up to a microsecond."""


def looks(plan: Plan, routing: RoutingPlan) -> int:
    """How often all agents together look at themselves."""
    return plan.agents.count * -(-plan.duration_ns // routing.every_ns)


def least_every_ns(plan: Plan, routing: RoutingPlan) -> int:
    """The shortest time between looks, in whole us, at which looks and what is sent of them do."""
    most = min(LOOKS_MAX, round(MESSAGES_MAX / (_share(routing) or 1e-9)))
    return -(-plan.agents.count * plan.duration_ns // (most * 1000)) * 1000


def messages(plan: Plan, routing: RoutingPlan, tree: TreeShape) -> int:
    """What all agents send in the run as far as a scenario says, floods and heartbeats included."""
    updates = round(_share(routing) * looks(plan, routing))
    beat_ns = routing.heartbeat_ns
    beats = plan.agents.count * plan.duration_ns // beat_ns if beat_ns else 0
    return updates + beats + flooded_updates(plan, tree)


def _share(routing: RoutingPlan) -> float:
    """Of all looks, what is sent; 0 where that depends on what agents measure."""
    return float(routing.send.options.get("share", routing.send.kind == "periodic"))
