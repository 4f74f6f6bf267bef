"""Evidence as sums of log-likelihood ratios: exact, in any order, and with liars among reporters.

The public functions, on one hypothesis at a time; the arithmetic, on columns of many, is in
`stats.evidence`. A ratio is counted in quanta of 2**-32 nat, so a sum is a whole number: combining
in any order or tree gives the same bits, and a hundred million items are off by 0.012 nat at worst.
The sum of logs is what Bayes' rule asks for; logsumexp would be the log of a *sum* of odds, which
is a mixture.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from sim.stats import evidence as columns
from sim.stats.evidence import LIMIT, QUANTUM

__all__ = [
    "LIMIT",
    "QUANTUM",
    "Probability",
    "SecureProbability",
    "byzantine_evidence_consensus",
    "combine_evidence",
]


@dataclass(frozen=True, slots=True)
class Probability:
    """How likely a hypothesis is, as an exact sum of evidence from even odds."""

    quanta: int
    """The sum in quanta of 2**-32 nat. Sums of several places add up to the sum of all."""

    @property
    def log_odds(self) -> float:
        """Natural logarithm of the odds: the form that neither overflows nor saturates."""
        return self.quanta * QUANTUM

    @property
    def odds(self) -> float:
        """Likely to unlikely; infinite or 0 where a float cannot hold it (709 nats)."""
        try:
            return math.exp(self.log_odds)
        except OverflowError:
            return math.inf

    @property
    def probability(self) -> float:
        """From 0 to 1; rounds to 1 from log-odds of 36.7 on, so keep `log_odds` to go on with."""
        return float(columns.expit(self.log_odds))

    @property
    def log_probability(self) -> float:
        """Natural logarithm of the probability; exact where the probability rounds to 0 or 1."""
        return float(columns.log_expit(self.log_odds))


@dataclass(frozen=True, slots=True)
class SecureProbability:
    """What is certain about the evidence although some of the reporters may lie."""

    lower: Probability
    """No choice of the correct reporters has less evidence than this ..."""
    upper: Probability
    """... or more than this."""
    threshold: float
    """Log-odds at which there is an alarm."""

    @property
    def verdict(self) -> Literal["alarm", "clear", "undetermined"]:
        """Undetermined: the liars could have tipped it either way. Wait, or ask more reporters."""
        if self.lower.log_odds >= self.threshold:
            return "alarm"
        return "clear" if self.upper.log_odds < self.threshold else "undetermined"


def combine_evidence(evidence: ArrayLike) -> Probability:
    """Add up log-likelihood ratios (natural logarithms) of independent items, from even odds.

    Prior log-odds are one more item. Dependent items are over-counted: average their e-values
    instead. Raises ValueError for no items, NaN, and magnitudes of 2**31 nats or more.
    """
    quanta = columns.quantise(evidence).reshape(-1)
    if not quanta.size:
        raise ValueError("there is no evidence to combine")
    return _probability(columns.total(quanta))


def byzantine_evidence_consensus(
    distributed_evidence: ArrayLike, f: int, *, alpha: float = 0.05, cap: float | None = None
) -> SecureProbability:
    """Bounds on the evidence of the correct ones among k reporters, at most `f` of whom lie.

    `distributed_evidence` (k,) holds a log-likelihood ratio from each reporter, each from data of
    its own. The sums of the k - f smallest and largest reports enclose the sum over *any* k - f
    correct reporters. The alarm is at log-odds ln(1 / alpha): under "normal" it is reached with
    probability at most alpha, whatever the liars say, if who lies was not chosen by the data.

    One liar far out can still make the outcome undetermined; `cap` limits each report to +-cap
    nats, so f liars move a bound by at most 2 f cap. Alpha then holds for ratios that are symmetric
    in the two hypotheses, such as that of a normal mean against its shift; for others it may grow
    by 1 + exp(-cap) a report. Raises ValueError if k < 2 f + 1 (a bound
    could then be made of lies alone), and for wrong values.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be between 0 and 1, not {alpha}")
    quanta = columns.quantise(distributed_evidence, cap).reshape(-1)
    found = columns.bounds(quanta, f)
    if not found.enough:
        raise ValueError(f"against {f} liars {2 * f + 1} reports are needed, not {len(quanta)}")
    lower, upper = _probability(found.lower), _probability(found.upper)
    return SecureProbability(lower, upper, math.log(1 / alpha))


def _probability(limbs: columns.Ints) -> Probability:
    return Probability(columns.to_integers(np.atleast_2d(limbs))[0])
