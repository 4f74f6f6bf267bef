"""From the block `routing` to its part of a plan."""

from sim.scenario.blocks.routing.plan import AdmissionPlan, ClassesPlan, RoutingPlan
from sim.scenario.blocks.routing.schema import Admission, Routing
from sim.scenario.variants import variant


def resolve_routing(block: Routing | None) -> RoutingPlan | None:
    """None where no updates of single agents travel."""
    if block is None:
        return None
    return RoutingPlan(
        discipline=variant(block.discipline),
        admission=_admission(block.admission),
        send=variant(block.send),
        rate_bps=block.rate,
        capacity=block.capacity,
        replace=block.replace,
        padding_bytes=block.padding,
        every_ns=block.every,
        heartbeat_ns=block.heartbeat,
        missed=block.missed,
        classes=ClassesPlan(block.classes.urgent, block.classes.critical),
        learn_ns=block.learn,
        window_ns=block.window,
    )


def _admission(block: Admission | None) -> AdmissionPlan | None:
    return None if block is None else AdmissionPlan(block.claims, block.burst)
