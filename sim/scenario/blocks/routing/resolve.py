"""From the block `routing` to its part of a plan."""

from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.blocks.routing.schema import Routing
from sim.scenario.variants import variant


def resolve_routing(block: Routing | None) -> RoutingPlan | None:
    """None where no updates of single agents travel."""
    if block is None:
        return None
    discipline, send = variant(block.discipline), variant(block.send)
    return RoutingPlan(discipline, send, block.rate, block.every, block.heartbeat)
