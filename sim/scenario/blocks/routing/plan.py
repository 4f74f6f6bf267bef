"""The resolved block `routing`."""

from dataclasses import dataclass

from sim.scenario.variant import Variant


@dataclass(frozen=True, slots=True)
class RoutingPlan:
    """How updates of single agents travel up, one message each, and in which order."""

    discipline: Variant
    """Who goes first on a line: of `sim.protocol.routing`, with its options."""
    send: Variant
    """When an agent sends an update, with its options."""
    rate_bps: int | None
    """Rate of the line of each router; None = unlimited."""
    every_ns: int
    """How often an agent looks at itself."""
    heartbeat_ns: int | None
    """How often an agent says that it is there whatever it measures; None = never."""
