"""The control plane that a plan asks for, as components of the run."""

from sim.engine.component import Component
from sim.engine.control.alarms import Alarms
from sim.engine.control.council import Council
from sim.engine.control.liars import MemberLiars
from sim.engine.control.membership import Members
from sim.engine.control.plane import ControlPlane
from sim.engine.control.readers import Readers
from sim.engine.control.registrar import Registrar
from sim.engine.control.replicas import Replicas
from sim.engine.control.retractions import Retractions
from sim.engine.control.sync import Sync
from sim.engine.kernel import Kernel
from sim.engine.lies.lies import Lies
from sim.engine.parts import Parts
from sim.engine.publisher import Publisher
from sim.engine.routing.build import add_routing
from sim.engine.world import World
from sim.scenario.plan_control import ControlPlan


def add_control(
    parts: Parts, world: World, kernel: Kernel, publisher: Publisher, lies: Lies
) -> tuple[Component, ...]:
    """Nothing at all for a scenario of which nothing reacts message by message."""
    control, routing = parts.plan.control, parts.plan.routing
    if control.is_empty and routing is None:
        return ()
    rate_bps = None if control.agreement is None else control.agreement.rate_bps
    plane = ControlPlane(parts, world, kernel, rate_bps)
    found: list[Component] = [plane]
    if not control.is_empty:
        found += _capabilities(parts, plane, publisher)
    if routing is not None:
        found.append(add_routing(parts, routing, plane, lies))
    return tuple(found)


def _capabilities(parts: Parts, plane: ControlPlane, publisher: Publisher) -> list[Component]:
    """What the block `ControlPlan` asks for: agreement, alerts, reads, membership, sync."""
    plan = parts.plan.control
    replicas = Replicas(parts, plane)
    found: list[Component] = []
    council = alarms = None
    registrar = None
    if _needs_registrar(plan):
        registrar = Registrar(parts, plane, replicas, plan.agreement)
        found.append(registrar)
    liars = MemberLiars(parts, replicas)
    if liars.parts:
        found.append(liars)
    if plan.agreement is not None:
        council = Council(parts, plane, replicas, plan.agreement, publisher.announce, liars)
        found.append(council)
        if plan.alerts is not None:
            proves = None if registrar is None else registrar.proves
            alarms = Alarms(parts, plane, replicas, plan.alerts, plan.agreement, liars, proves)
            found.append(alarms)
            if registrar is not None:
                found.append(Retractions(plane, registrar, alarms, plan.alerts))
        if plan.anti_entropy is not None and len(replicas) > 1:
            found.append(Sync(parts, plane, replicas, plan.anti_entropy, plan.agreement))
    if plan.reads:
        readers = Readers(parts, plane, replicas, council, alarms)
        publisher.listen(readers)
        found.append(readers)
    if plan.membership is not None and registrar is not None:
        found.append(Members(parts, plane, replicas, registrar, plan.membership))
    return found


def _needs_registrar(plan: ControlPlan) -> bool:
    """Whether something needs one order: changes of membership, alerts that are taken back."""
    raised = () if plan.alerts is None else plan.alerts.raised
    return plan.membership is not None or any(one.retract_ns is not None for one in raised)
