"""What may be meant otherwise in processes of random faults."""

from collections.abc import Iterator
from typing import Final

from sim.scenario.document import Path
from sim.scenario.mute import entry_number
from sim.scenario.outages import OUTAGES
from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.remark import Remark

_EARLY: Final = ("gamma", "weibull")
"""Laws with a shape; below 1, who has just come up fails sooner than who has been up for long."""


def about_outages(plan: Plan) -> Iterator[Remark]:
    """Time that runs at two speeds, and processes that begin with the run."""
    for fault in plan.faults:
        if fault.kind == OUTAGES:
            path: Path = ("faults", entry_number(fault))
            yield from _speed(path, fault)
            yield from _fresh(path, fault)


def _speed(path: Path, process: FaultPlan) -> Iterator[Remark]:
    speed = process.options["speed"]
    if speed != 1:
        faster = f"{speed:g} times as fast as" if speed > 1 else f"at {speed:g} of the speed of"
        problem = (
            f"outages come and go {faster} their laws, but delays, periods and timeouts do not: "
            "detection and recovery have another share of an outage than they would have"
        )
        yield (*path, "speed"), problem, "say 1, and let slower agents run for longer"


def _fresh(path: Path, process: FaultPlan) -> Iterator[Remark]:
    up = process.options["up"]
    if up.kind in _EARLY and up.options["shape"] < 1 and not process.options["before_ns"]:
        problem = "all are fresh at the start, and by this law who is fresh fails soonest"
        yield (*path, "up"), problem, "say how long it has been going on `before`"
