"""Nodes stop, and start again with what they wrote down (durable) or with nothing."""

from sim.engine.faults.base import OutageFault
from sim.scenario.plan import FaultPlan


class Crash(OutageFault):
    """options: nodes, durable. While down a node sends nothing and loses what is sent to it."""

    def __init__(self, plan: FaultPlan) -> None:
        super().__init__(plan)
        self.forgets = not plan.options["durable"]
