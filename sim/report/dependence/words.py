"""What the error of a method of dependence is, in words: each method has a measure of its own.

So `dependence.error` of two methods cannot be held against each other, nor by one threshold.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sim.scenario.plan import Plan

ERROR: Final = "dependence.error"
"""The metric, and the beginning of that of its maximum."""
KIND: Final = ("baseline.dependence", "baseline.dependence.kind")
"""Paths that choose a method."""
_OF_PAIRS: Final = "root mean square over the correlations of all pairs"
MEASURES: Final = {
    "all_pairs": _OF_PAIRS,
    "blocks": _OF_PAIRS,
    "covariance": "largest relative error of a variance, in any direction of the features",
    "frequent_directions": "largest error of an eigenvalue, as a share of the sum of all",
    "mean_correlation": "difference of the mean correlations",
    "projection": _OF_PAIRS,
}
"""By method."""


def about_error(plan: Plan) -> Iterator[str]:
    """A line on what the error in a table is; nothing without one."""
    if plan.dependence is not None:
        kind = plan.dependence.method.kind
        yield f"{ERROR} of {kind}: {MEASURES[kind]}"


def unlike(kinds: Iterable[str]) -> str:
    """What sets the errors of some methods apart; empty where all have one measure.

    >>> unlike(["blocks", "mean_correlation"]).split(":")[0]
    'dependence.error is measured by kind'
    >>> unlike(["blocks", "projection"])
    ''
    """
    by_measure: dict[str, list[str]] = {}
    for kind in dict.fromkeys(kinds):
        if kind in MEASURES:
            by_measure.setdefault(MEASURES[kind], []).append(kind)
    if len(by_measure) < 2:
        return ""
    told = "; ".join(f"{', '.join(names)} - {what}" for what, names in by_measure.items())
    return f"{ERROR} is measured by kind: {told}"
