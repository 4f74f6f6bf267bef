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
from sim.engine.control.sync import Sync
from sim.engine.kernel import Kernel
from sim.engine.parts import Parts
from sim.engine.publisher import Publisher
from sim.engine.world import World


def add_control(
    parts: Parts, world: World, kernel: Kernel, publisher: Publisher
) -> tuple[Component, ...]:
    """Nothing at all for a scenario without a control plane."""
    plan = parts.plan.control
    if plan.is_empty:
        return ()
    rate_bps = None if plan.agreement is None else plan.agreement.rate_bps
    plane = ControlPlane(parts, world, kernel, rate_bps)
    replicas = Replicas(parts, plane)
    found: list[Component] = [plane]
    council = alarms = None
    liars = MemberLiars(parts, replicas)
    if liars.parts:
        found.append(liars)
    if plan.agreement is not None:
        council = Council(parts, plane, replicas, plan.agreement, publisher.announce, liars)
        found.append(council)
        if plan.alerts is not None:
            alarms = Alarms(parts, plane, replicas, plan.alerts, plan.agreement, liars)
            found.append(alarms)
        if plan.anti_entropy is not None and len(replicas) > 1:
            found.append(Sync(parts, plane, replicas, plan.anti_entropy, plan.agreement))
    if plan.reads:
        readers = Readers(parts, plane, replicas, council, alarms)
        publisher.listen(readers)
        found.append(readers)
    if plan.membership is not None:
        registrar = Registrar(parts, plane, replicas, plan.agreement)
        found += [registrar, Members(parts, plane, replicas, registrar, plan.membership)]
    return tuple(found)
