"""Who is to blame: for each metric the causes with the largest effects, the largest first.

A cause is ranked by its Shapley share; where that is not known, or not from luck, by what it adds
to the rest, else by what it does alone, and it is said which. What cannot be told from luck in any
way is not ranked; what nobody could watch to its end is named as not known, not left out.
"""

import math
from collections.abc import Sequence
from typing import Final

from sim.measure.attribution import Causes, Effect, Share
from sim.report.attribution.words import UNKNOWN, Cause, name, size
from sim.report.columns import aligned

HEADING: Final = "who is to blame, most first"
NOBODY: Final = "nobody for sure"
MOST: Final = 3
"""Causes that are named for a metric; the table has all of them."""

_Ranked = tuple[Effect, str]
"""The effect that a cause is ranked by, and which one it is."""


def blame(found: Sequence[Causes], entries: Sequence[Cause]) -> list[str]:
    """A line for each metric that anybody touched, below a heading; none for a single cause."""
    touched = [one for one in found if one.is_touched]
    if len(entries) < 2 or not touched:
        return []
    rows = [(f"  {one.metric}", of_metric(one, entries)) for one in touched]
    return [f"{HEADING}:", *aligned(rows, "<<")]


def of_metric(one: Causes, entries: Sequence[Cause]) -> str:
    """The causes of one metric on a line."""
    ranked = [_ranked(share) for share in one.shares]
    known = [number for number, (effect, _) in enumerate(ranked) if _counts(effect)]
    known.sort(key=lambda number: -abs(ranked[number][0].value))  # stable: ties as in the file
    told = [_told(entries[number], ranked[number], one.unit) for number in known]
    if len(told) > MOST:
        told = [*told[:MOST], f"{len(told) - MOST} more"]
    open_ended = [name(entries[n]) for n, (effect, _) in enumerate(ranked) if _is_unknown(effect)]
    if open_ended:
        told.append(f"{UNKNOWN}: {', '.join(open_ended)}")
    return "; ".join(told) or NOBODY


def _ranked(share: Share) -> _Ranked:
    ways = [(share.shapley, ""), (share.added, "added to the rest"), (share.alone, "alone")]
    known = [(effect, way) for effect, way in ways if effect is not None]
    told = [one for one in known if not _is_unknown(one[0])]
    return next((one for one in told if _counts(one[0])), (told or known)[-1])


def _told(entry: Cause, ranked: _Ranked, unit: str) -> str:
    effect, way = ranked
    return f"{name(entry)} {size(effect, unit)}" + (f" ({way})" if way else "")


def _is_unknown(effect: Effect) -> bool:
    return effect.bound == "unknown" or math.isnan(effect.value)


def _counts(effect: Effect) -> bool:
    """Whether an effect is there; of one replication, or of a bound, its size is all there is."""
    if _is_unknown(effect) or effect.value == 0:
        return False
    return effect.is_clear or effect.n < 2 or effect.bound != "exact"
