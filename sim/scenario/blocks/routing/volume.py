"""How much of a run with `routing` has to be simulated: looks in columns, messages one by one.

What `on_delta` and `geometric` send depends on what agents measure, and is not counted.
"""

from typing import Final

from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.floods import flooded_updates
from sim.scenario.plan import Plan
from sim.scenario.selectors import TreeShape

LOOKS_MAX: Final = 50_000_000
"""Of all agents in a run; with few agents a look takes up to a microsecond."""


def looks(plan: Plan, routing: RoutingPlan) -> int:
    """How often all agents together look at themselves."""
    return plan.agents.count * -(-plan.duration_ns // routing.every_ns)


def least_every_ns(plan: Plan) -> int:
    """The shortest time between looks with no more than LOOKS_MAX of them, in whole us."""
    return -(-plan.agents.count * plan.duration_ns // (LOOKS_MAX * 1000)) * 1000


def messages(plan: Plan, routing: RoutingPlan, tree: TreeShape) -> int:
    """What all agents send in the run as far as a scenario says, floods and heartbeats included."""
    share = float(routing.send.options.get("share", routing.send.kind == "periodic"))
    updates = round(share * looks(plan, routing))
    beat_ns = routing.heartbeat_ns
    beats = plan.agents.count * plan.duration_ns // beat_ns if beat_ns else 0
    return updates + beats + flooded_updates(plan, tree)
