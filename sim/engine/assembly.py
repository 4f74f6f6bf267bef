"""From a plan to a run that is ready to go: the one place that knows all components.

Their order is part of the result: at one instant they act in it, after what is more urgent.
"""

from dataclasses import dataclass

from sim.engine.attest.attest import Attest
from sim.engine.attest.build import add_attest
from sim.engine.build import build
from sim.engine.capacity.capacity import Capacity
from sim.engine.component import Component
from sim.engine.confidence.build import add_confidence
from sim.engine.control.build import add_control
from sim.engine.control.plane import ControlPlane
from sim.engine.dependence.build import add_dependence, covariances
from sim.engine.dependence.gathering import Gathering
from sim.engine.detection.build import add_detection
from sim.engine.detection.detection import Detection
from sim.engine.detection.schedule import Schedule
from sim.engine.digests.build import add_digests
from sim.engine.digests.digests import Digests
from sim.engine.evidence.build import add_evidence
from sim.engine.evidence.evidence import Evidence
from sim.engine.evolution.build import Grounds, prepare_ground
from sim.engine.evolution.evolution import Evolution
from sim.engine.faults.timeline import Timeline
from sim.engine.fingerprint import Fingerprint
from sim.engine.kept import Kept
from sim.engine.kernel import Kernel
from sim.engine.lies.build import add_lies
from sim.engine.lies.lies import Lies
from sim.engine.message_log import Messages
from sim.engine.parts import Parts, prepare
from sim.engine.publisher import Listener, Publisher
from sim.engine.recorder import Recorder
from sim.engine.reseating import Reseating, Seats, deal_seats
from sim.engine.world import World
from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Assembly:
    """Everything that a run is made of, but its clock."""

    world: World
    recorder: Recorder
    components: tuple[Component, ...]
    detection: Detection | None
    control: ControlPlane | None
    evolution: Evolution | None


@dataclass(frozen=True, slots=True)
class _Seated:
    """Who sits where at first, and what may change that."""

    parts: Parts
    seats: Seats | None
    ground: Grounds | None


@dataclass(frozen=True, slots=True)
class _Watchers:
    """What the tree does beside publishing means, in the order in which it acts."""

    lies: Lies
    digests: Digests | None
    attest: Attest | None
    evidence: Evidence | None
    gathered: tuple[Gathering, ...]
    detection: Detection | None

    @property
    def listeners(self) -> list[Listener]:
        """Those who are told of every publication."""
        told: tuple[Listener | None, ...] = (self.evidence, *self.gathered, self.detection)
        return [listener for listener in told if listener is not None]


def assemble(plan: Plan, seed: int, kernel: Kernel, fingerprint: Fingerprint) -> Assembly:
    """Build a scenario under one seed. Raises InputError if a file it needs is not usable."""
    parts = prepare(plan, seed)
    world = build(parts)
    seated = _seated(parts, world)
    parts, ground = seated.parts, seated.ground
    watchers = _watchers(parts, world)
    lies, detection = watchers.lies, watchers.detection
    recorder = Recorder(plan, world, fingerprint)
    publisher = _publisher(plan, world, recorder, watchers)
    control = add_control(parts, world, kernel, publisher, lies)
    evolution = None if ground is None else Evolution(ground, world, lies, detection)
    components: tuple[Component | None, ...] = (
        Timeline(plan.faults, plan.duration_ns, world),
        evolution,
        None if seated.seats is None else Reseating(seated.seats, world, lies),
        lies,
        watchers.digests,
        watchers.attest,
        watchers.evidence,
        *watchers.gathered,
        publisher,
        add_confidence(parts, world, plan.confidence) if plan.confidence else None,
        *control,
        None if plan.capacity is None else Capacity(parts, world),
        None if detection is None else Schedule(plan, detection, fingerprint),
    )
    there = tuple(component for component in components if component is not None)
    plane = next((one for one in control if isinstance(one, ControlPlane)), None)
    if plan.journal.messages is not None:
        _keep_messages(Kept.of(plan.journal.messages, parts.roster), world, plane)
    return Assembly(world, recorder, there, detection, plane, evolution)


def _keep_messages(kept: Kept, world: World, plane: ControlPlane | None) -> None:
    """Write down single messages, from before the first of them is sent."""
    world.messages = Messages(kept)
    world.messages.listen([*world.inlets, *world.hops])
    if plane is not None:
        plane.keep_messages(kept)


def _seated(parts: Parts, world: World) -> _Seated:
    """Seats are dealt anew, or the tree itself changes, or neither."""
    plan = parts.plan
    seats = None if plan.reseat_ns is None else deal_seats(parts, world, plan.reseat_ns)
    parts = parts if seats is None else seats.parts
    ground = None if plan.evolution is None else prepare_ground(parts, world, plan.evolution)
    return _Seated(parts if ground is None else ground.parts, seats, ground)


def _watchers(parts: Parts, world: World) -> _Watchers:
    plan, lies = parts.plan, add_lies(parts, world)
    digests = add_digests(parts, world, lies) if plan.baseline.rule.kind != "mean" else None
    attest = add_attest(parts, world, lies, plan.attest) if plan.attest else None
    evidence = add_evidence(parts, world, lies, plan.evidence) if plan.evidence else None
    gathered = add_dependence(parts, world, lies)
    detection = None
    if plan.detection is not None:
        detection = add_detection(parts, world, plan.detection, lies, covariances(gathered))
    return _Watchers(lies, digests, attest, evidence, gathered, detection)


def _publisher(plan: Plan, world: World, recorder: Recorder, watchers: _Watchers) -> Publisher:
    return Publisher(
        plan,
        world,
        recorder,
        watchers.lies,
        watchers.digests,
        watchers.attest,
        watchers.listeners,
        by_council=plan.control.agreement is not None,
    )
