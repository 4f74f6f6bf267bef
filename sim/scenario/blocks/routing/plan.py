"""The resolved block `routing`."""

from dataclasses import dataclass

from sim.scenario.variant import Variant


@dataclass(frozen=True, slots=True)
class ClassesPlan:
    """From which score on an update is how important."""

    urgent: float
    critical: float


@dataclass(frozen=True, slots=True)
class AdmissionPlan:
    """How often an agent may claim to be important before it is served as routine."""

    claim_ns: int
    """A claim more after each of these."""
    burst: int


@dataclass(frozen=True, slots=True)
class RoutingPlan:
    """How updates of single agents travel up, one message each, and in which order."""

    discipline: Variant
    """Who goes first on a line: of `sim.protocol.routing`, with its options."""
    admission: AdmissionPlan | None
    """None: every claim is believed."""
    send: Variant
    """When an agent sends an update, with its options."""
    rate_bps: int | None
    """Rate of the line of each router; None = unlimited."""
    capacity: int
    """Updates that wait at a router, at most."""
    replace: bool
    """A newer update takes the place of a waiting one of the same agent."""
    padding_bytes: int
    """Of an update, beyond its header and values."""
    every_ns: int
    """How often an agent looks at itself."""
    heartbeat_ns: int | None
    """How often an agent says that it is there whatever it measures; None = never."""
    missed: int
    """Heartbeats missed by who is taken for dead."""
    classes: ClassesPlan
    learn_ns: int
    """From the start: what an agent measures then is its own level."""
    window_ns: int
    """Heard within this counts as heard lately."""
