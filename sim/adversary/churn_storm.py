"""Churn storm: leave and join, and leave, and join.

Each change of the membership costs the others work, and a rebalancing without hysteresis the most.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from sim.adversary.contract import Liars, Strategy


class ChurnStorm(Strategy):
    """Leaves at the begin, joins `every` later, leaves again, and so on; options: every_ns."""

    tiers: ClassVar[Literal["agents"]] = "agents"
    expects = (
        "moves coverage up and down by the share of liars, and costs messages wherever membership "
        "is agreed on; hysteresis and a limit on the rate of changes stop it"
    )

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        super().__init__(liars, options)
        self.turns_ns = int(options["every_ns"])

    def present(self, now_ns: int) -> bool:
        """See `Strategy.present`."""
        turn: int = (now_ns - self.options["begin_ns"]) // self.turns_ns
        return turn < 0 or turn % 2 == 1
