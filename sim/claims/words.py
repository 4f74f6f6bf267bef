"""A scorecard in words: what terminals, pages and figures tell of a finding."""

import math
from typing import Final

from sim.claims.claim import Judged
from sim.claims.finding import Finding, Relation
from sim.claims.verdict import Outcome, Verdict
from sim.report.table import NOTHING, written
from sim.units import format_count

PLAIN: Final = {"times": "times", "exponent": "", "1": ""}


def in_words(card: Judged) -> str:
    """The verdict with what belongs to it: the conditions, or the bounds that forbid it."""
    if card.verdict is Verdict.HOLDS_WHEN:
        return f"{card.verdict} {'; '.join(card.where(Outcome.HOLDS))}"
    if card.verdict is Verdict.INFEASIBLE:
        return f"{card.verdict}: {'; '.join(card.floors)}"
    if card.verdict is Verdict.INCONCLUSIVE:
        found = card.where(Outcome.OPEN)
        left = [f"open for {'; '.join(found)}"] if found else []
        left += [f"{format_count(card.not_run, 'finding')} not run"] if card.not_run else []
        return f"{card.verdict}: {', '.join(left)}" if left else str(card.verdict)
    return str(card.verdict)


def otherwise(card: Judged) -> str:
    """Where a claim that holds somewhere does not; empty for any other verdict."""
    if card.verdict is not Verdict.HOLDS_WHEN:
        return ""
    parts = (
        ("not when", Outcome.FAILS),
        ("never when", Outcome.FORBIDDEN),
        ("open when", Outcome.OPEN),
    )
    told = ((words, card.where(outcome)) for words, outcome in parts)
    return ". ".join(f"{words} {'; '.join(found)}" for words, found in told if found)


def outcome_of(finding: Finding) -> str:
    """What came of it; in brackets where it is told for comparison and decides nothing."""
    outcome = str(finding.outcome) if finding.was_run else "not run"
    return outcome if finding.decides else f"({outcome})"


def value_of(finding: Finding) -> str:
    """The measured figure."""
    return _figure(finding.measured.value, finding)


def interval_of(finding: Finding) -> str:
    """Its interval; a dash where there is none, or where it is the figure itself."""
    low, high = finding.measured.low, finding.measured.high
    if math.isnan(low) or math.isnan(high) or low == high:
        return NOTHING
    return f"{_figure(low, finding)} to {_figure(high, finding)}"


def bound_of(finding: Finding) -> str:
    """What it is held against."""
    return f"{finding.relation} {_figure(finding.bound, finding)}".strip()


def taken(finding: Finding) -> tuple[float, float, float]:
    """How much of its bound a figure takes, low, value and high; above 1 is more than allowed.

    Of a bound of 0 everything above it takes infinitely much, and 0 takes nothing.
    """
    ends = (finding.measured.low, finding.measured.value, finding.measured.high)
    low, value, high = (_share(end, finding) for end in ends)
    return low, value, high


def _share(end: float, finding: Finding) -> float:
    if math.isnan(end):
        return math.nan
    above, below = end, finding.bound
    if finding.relation is Relation.AT_LEAST:
        above, below = below, above
    if below <= 0:
        return 0.0 if above <= below else math.inf
    return 0.0 if math.isinf(below) else above / below


def _figure(value: float, finding: Finding) -> str:
    unit = finding.measured.unit
    return written(value, PLAIN.get(unit, unit)).strip()
