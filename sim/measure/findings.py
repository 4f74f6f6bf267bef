"""What a check found: one `Finding` for each thing that was asked, one `Judgement` for a scenario.

Plain values between those who judge (`campaign`) and those who print (`report`); nothing here
decides anything. A figure that a finding does not have is NaN.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.measure.verdicts import WORST_FIRST, Outcome

Kind: TypeAlias = Literal[
    "run", "invariant", "fault", "anomaly", "adversary", "threshold", "baseline"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was asked of a run, and the answer."""

    kind: Kind
    name: str
    """A metric; for a fault, an anomaly or an adversary its place in the file."""
    outcome: Outcome
    reason: str
    """Why it is so, in a few words."""
    unit: str = ""
    value: float = math.nan
    """The figure of this run."""
    bound: str = ""
    """What a threshold demands, such as ``≤ 10 s``."""
    base: float = math.nan
    """The figure of the baseline."""
    worsening: float = math.nan
    """How much worse than the baseline; less than 0 is better."""
    tolerance: float = math.nan
    """The smallest worsening that matters."""
    low: float = math.nan
    high: float = math.nan
    """Interval of the value (threshold) or of the worsening (baseline)."""
    held: int | None = None
    """Replications in which an invariant held or a fault took effect; None: not about that."""
    replications_needed: int | None = None
    """So many replications would settle what is inconclusive; None: unknown, or none would."""
    line: int = 0
    """Where it stands in the scenario file; 0 = nowhere."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All findings on one scenario, and the way back to what they were made of."""

    name: str
    file: str
    """The scenario file, as the user named it."""
    seed: int
    replications: int
    findings: tuple[Finding, ...]
    replay: str
    """The command that runs it again."""
    folder: str = ""
    """Where the run is stored; empty if it never came to that."""
    baseline: str = ""
    """The baseline that it was held against; empty if none."""
    error_rates: tuple[str, ...] = ()
    """What the gate promises of its own mistakes, in words."""
    notes: tuple[str, ...] = ()
    """What a reader must know to trust it."""
    trouble: str = ""
    """What kept the run from being finished or read; it is no fault of what was tested."""
    simulation_s: float = 0.0

    @property
    def outcome(self) -> Outcome:
        """The worst of the findings; a check that asked nothing has nothing to fail."""
        return worst(finding.outcome for finding in self.findings)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of them; nothing at all is a pass."""
    found = set(outcomes)
    return next((outcome for outcome in WORST_FIRST if outcome in found), "pass")


def first_trouble(judgements: Iterable[Judgement]) -> tuple[Judgement, Finding] | None:
    """The first finding of the worst outcome, and where it was made; None if all passed."""
    found = [(one, finding) for one in judgements for finding in one.findings]
    for outcome in WORST_FIRST[:-1]:
        for judgement, finding in found:
            if finding.outcome == outcome:
                return judgement, finding
    return None
