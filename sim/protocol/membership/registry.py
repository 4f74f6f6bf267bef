"""Failure detectors by name, and how short their timeouts can be."""

from collections.abc import Callable
from typing import Any, Final

from sim.protocol.membership.contract import DetectorMaker, Post
from sim.protocol.membership.heartbeat import Heartbeats
from sim.protocol.membership.phi import PhiExponential, PhiNormal
from sim.protocol.membership.probes import SwimOptions
from sim.protocol.membership.swim import Swim
from sim.protocol.membership.timing import FixedTimeout, Timing, TimingMaker
from sim.protocol.node import Node

PERIOD_NS: Final = 1_000_000_000
_LAWS: Final[dict[str, Callable[..., Timing]]] = {
    "normal": PhiNormal,
    "exponential": PhiExponential,
}


def heartbeat(post: Post) -> Node:
    """Heartbeats with a fixed timeout: period_ns, timeout_ns (3 periods), phase_ns, confirm_ns."""
    options = dict(post.options)
    timeout_ns = options.pop("timeout_ns", 3 * options.get("period_ns", PERIOD_NS))
    return _beating(post, lambda: FixedTimeout(timeout_ns), options)


def phi(post: Post) -> Node:
    """Phi accrual: threshold (8), law (normal, or exponential), window (100); period_ns, phase_ns
    and confirm_ns as in `heartbeat`; sd_ns_min (period / 10) in the normal law.

    Raises KeyError for a law that there is not.
    """
    options = dict(post.options)
    threshold, law = options.pop("threshold", 8.0), options.pop("law", "normal")
    more = {"window": options.pop("window", 100)}
    period_ns = options.get("period_ns", PERIOD_NS)
    sd_ns_min = options.pop("sd_ns_min", period_ns // 10)
    if law == "normal":
        more["sd_ns_min"] = sd_ns_min
    make = _LAWS[law]
    return _beating(post, lambda: make(threshold, period_ns, **more), options)


def swim(post: Post) -> Node:
    """SWIM with Lifeguard; options as in `SwimOptions`."""
    return Swim(post, SwimOptions(**post.options))


def _beating(post: Post, timing: TimingMaker, options: dict[str, Any]) -> Node:
    period_ns = options.pop("period_ns", PERIOD_NS)
    return Heartbeats(post, timing, period_ns, **options)


DETECTORS: Final[dict[str, DetectorMaker]] = {
    "heartbeat": heartbeat,
    "phi": phi,
    "swim": swim,
}


def timeout_floor_ns(kind: str, round_trip_ns: int, period_ns: int = PERIOD_NS) -> int:
    """The timeout at and below which a detector suspects nodes that are well.

    An answer to a probe takes a round trip. Heartbeats come once a period, and may be as much
    later as their delays differ, which is less than a round trip.
    Raises KeyError for a detector that there is not.
    """
    DETECTORS[kind]
    return round_trip_ns if kind == "swim" else period_ns + round_trip_ns
