"""The routing that a plan asks for, as a component of the run."""

from sim.engine.control.plane import ControlPlane
from sim.engine.lies.lies import Lies
from sim.engine.parts import Parts
from sim.engine.routing.mischief import Mischief
from sim.engine.routing.routing import Routing
from sim.scenario.blocks.routing.plan import RoutingPlan


def add_routing(parts: Parts, plan: RoutingPlan, plane: ControlPlane, lies: Lies) -> Routing:
    """Put routers, the root's sink and the agents' side of it onto a control plane."""
    return Routing(parts, plan, plane, Mischief(lies, parts.plan.agents.count))
