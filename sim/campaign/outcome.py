"""What came out of a scenario that was run: figures, verdict, and where they are kept.

The verdict is the worst of what was asked and what was done: a run with fewer replications than
wanted is interrupted, and one whose fault touched nothing, or whose liars told no lie, cannot show
that all is well.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

from sim.errors import SimError
from sim.measure.confidence import Standing
from sim.measure.metrics import MetricValue
from sim.measure.tables import Tables
from sim.measure.verdicts import Verdict, worst


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario that was run and stored."""

    folder: Path
    values: list[MetricValue]
    verdicts: list[Verdict]
    fingerprints: list[str]
    idle_faults: tuple[str, ...]
    """Faults, anomalies and adversaries without effect in some replication, by their places."""
    clipped: int
    """Values that were outside the range of the fixed point, in all replications."""
    finished: int
    wanted: int
    simulation_s: float
    """Time that the simulation took, all replications together."""
    first: Tables
    """Tables of the first replication, for the figure."""
    standings: tuple[Standing, ...] = ()
    """How the intervals of each tier stand, in all replications together."""
    trouble: SimError | None = None
    """What ended the run early, where that was not the user."""

    @property
    def verdict(self) -> str:
        """pass, fail, infeasible, inconclusive or interrupted."""
        if self.finished < self.wanted:
            return "interrupted"
        outcome = worst(self.verdicts)
        if self.idle_faults and outcome == "pass":
            return "inconclusive"
        return outcome

    @property
    def replay(self) -> str:
        """The command that runs it again and demands the same."""
        return shlex.join(["sim", "replay", str(self.folder)])
