"""What each adversary of a run did: who, how much of it was refused, and what became of it.

Whether a lie had an effect is in two figures: the bias of what was published while it went on, and
what the plain mean of all would have had at the same instants.
"""

from dataclasses import dataclass

import numpy as np

from sim.measure.integrity import bias_while
from sim.measure.tables import NEVER, Tables


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the scenario, in one replication."""

    adversary: str
    """Its place in the file, such as ``adversaries[0]``."""
    kind: str
    tier: int
    nodes: int
    at_ns: int
    until_ns: int
    """NEVER = to the end of the run."""
    acts: int
    """Reports, digests and other words that it rewrote."""
    refused: int
    """Those of them that a registry refused."""
    expects: str
    """What it was expected to do."""
    bias: float
    """Median magnitude over the publications of its time, in sd; NaN without one."""
    bias_max: float
    """The largest: a liar that is soon convicted moves no median."""
    bias_plain: float

    @property
    def never_ends(self) -> bool:
        """Whether it lies to the end of the run."""
        return self.until_ns == NEVER


def deeds(tables: Tables) -> list[Deed]:
    """A deed an adversary, in the order of the file."""
    return [_deed(tables, row) for row in range(len(tables.adversaries["adversary"]))]


def _deed(tables: Tables, row: int) -> Deed:
    one = {name: column[row].item() for name, column in tables.adversaries.items()}
    time = tables.integrity, one["at_ns"], one["until_ns"]
    return Deed(
        **one,
        bias=bias_while(*time, "bias"),
        bias_max=bias_while(*time, "bias", np.max),
        bias_plain=bias_while(*time, "bias_plain"),
    )
