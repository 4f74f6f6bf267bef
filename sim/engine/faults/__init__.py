"""What can go wrong: one kind a file, by name in `FAULTS`.

A fault begins and ends; both change the `World`, which is refreshed afterwards. `begin` returns how
many nodes or ways it touched at that moment; messages that rules hit are counted by the channels.
"""

from collections.abc import Callable, Mapping
from typing import Final

from sim.engine.faults.base import Fault
from sim.engine.faults.churn import Churn
from sim.engine.faults.clock import Clock
from sim.engine.faults.crash import Crash
from sim.engine.faults.degrade import Degrade
from sim.engine.faults.disturb import Corrupt, Duplicate, Hold, Reorder
from sim.engine.faults.link_down import LinkDown
from sim.engine.faults.partition import Partition
from sim.engine.faults.pause import Pause
from sim.engine.faults.site_down import SiteDown
from sim.scenario.plan import FaultPlan

FAULTS: Final[Mapping[str, Callable[[FaultPlan], Fault]]] = {
    "churn": Churn,
    "clock": Clock,
    "corrupt": Corrupt,
    "crash": Crash,
    "degrade": Degrade,
    "duplicate": Duplicate,
    "hold": Hold,
    "link_down": LinkDown,
    "partition": Partition,
    "pause": Pause,
    "reorder": Reorder,
    "site_down": SiteDown,
}


def make_fault(plan: FaultPlan) -> Fault:
    """The fault of that kind."""
    return FAULTS[plan.kind](plan)


__all__ = ["FAULTS", "Fault", "make_fault"]
