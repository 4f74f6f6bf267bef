"""What the queues of a tier did between two samples, and what waits in them now.

Work that a queue has accepted and not done yet follows from when its server will be free, so the
time that a server was busy is exact: work accepted, less what was lost with the server, less what
the backlog has grown by.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.ingress import Ingress
from sim.telemetry.meter import Meter
from sim.telemetry.parents import Parents

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Totals:
    """Account of queues at an instant, since the start; arrays (servers,)."""

    messages: Ints
    work_ns: Floats
    done_ns: Floats
    """Service that was given."""
    waited_ns: Floats
    waiting: Floats
    """Messages that are there now, the one in service included."""

    @classmethod
    def none(cls, servers: int) -> "Totals":
        """Of servers that take no time, or before anything came."""
        zeros = np.zeros(servers)
        return cls(np.zeros(servers, np.int64), zeros, zeros, zeros, zeros)

    @classmethod
    def joined(cls, parts: "Iterable[Totals]") -> "Totals":
        """Those of several sets of servers, one after the other."""
        rows = [(p.messages, p.work_ns, p.done_ns, p.waited_ns, p.waiting) for p in parts]
        return cls(*(np.concatenate(column) for column in zip(*rows, strict=True)))


class Queues:
    """The queues of the nodes of a tier, those of its replicas one after the other."""

    def __init__(self, replicas: Iterable[Parents]) -> None:
        self._metered = [_metered(parent) for parent in replicas]

    def totals(self, now_ns: int) -> Totals:
        """Until now; call it when everything that came before now has been taken in."""
        return Totals.joined(_totals(ingress, size, now_ns) for ingress, size in self._metered)


def _metered(parent: Parents) -> tuple[Ingress | None, int]:
    """The queues of some nodes with a meter on each (None where messages take no time)."""
    ingress, size = parent.intake.ingress, parent.groups.parents
    if ingress is not None:
        ingress.meter = Meter(size, ingress.service_ns)
    return ingress, size


def _totals(ingress: Ingress | None, size: int, now_ns: int) -> Totals:
    if ingress is None or ingress.meter is None:
        return Totals.none(size)
    meter, left_ns = ingress.meter, ingress.left_ns(now_ns)
    return Totals(
        meter.messages.copy(),
        meter.work_ns.copy(),
        meter.work_ns - meter.lost_ns - left_ns,
        meter.waited_ns.copy(),
        meter.waiting(left_ns),
    )
