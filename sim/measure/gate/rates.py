"""The error rates that the gate keeps, in one place; `benchmarks/gate_error_rates.py` proves them.

A check that was inconclusive is repeated with the replications that it asked for. That is a second
look at the same question, so both looks together keep each rate.
"""

from typing import Final

from sim.measure.gate.effect import Levels

FALSE_ALARM: Final = 0.01
"""How often at most any gated metric fails although nothing changed: over all of them together."""
FALSE_PASS: Final = 0.01
"""How often a metric passes that worsened by its tolerance; about, where figures are skewed."""
POWER: Final = 0.9
"""How often at least such a metric fails, at the replications that the gate asks for."""
PLANNED: Final = 0.95
"""Power that is planned for, so that figures far from normal still get what is promised."""
LOOKS: Final = 2


def levels_of(metrics: int) -> Levels:
    """One-sided levels of the bounds of each of so many gated metrics."""
    return Levels(low=FALSE_ALARM / LOOKS / max(metrics, 1), high=FALSE_PASS / LOOKS)


def error_rates(metrics: int) -> tuple[str, str]:
    """The two rates in words, for a gate on so many metrics."""
    over = "the gated metric" if metrics == 1 else f"all {metrics} gated metrics together"
    return (
        f"with no change, fails at most {FALSE_ALARM:.0%} of the time ({over}, two looks)",
        f"catches a worsening as large as its tolerance with at least {POWER:.0%} power"
        " at the replications that it asks for",
    )
