"""Findings in words: the cells of a table, the one sentence that explains, the closing line.

Everything that prints findings (terminal, Markdown, JUnit, GitHub) takes its words from here, so
that they agree. A worsening of a share is told in points, for "2 % worse" could be of the share.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sim.measure.findings import Finding, Judgement, first_trouble, worst
from sim.measure.verdicts import Outcome
from sim.report.table import written

CLOSING: Final[dict[Outcome, str]] = {
    "fail": "FAILED",
    "infeasible": "INFEASIBLE",
    "inconclusive": "INCONCLUSIVE",
    "pass": "passed",
}


@dataclass(frozen=True, slots=True)
class Cells:
    """One finding as a row of a table."""

    kind: str
    name: str
    value: str
    against: str
    """The bound, or what the baseline had."""
    verdict: str
    size: str
    """The interval of the value, or the worsening with its interval."""
    note: str


def cells(finding: Finding, replications: int) -> Cells:
    """The row of a finding in a run of so many replications."""
    return Cells(
        kind=finding.kind,
        name=finding.name,
        value=_value(finding),
        against=_against(finding),
        verdict="FAIL" if finding.outcome == "fail" else finding.outcome,
        size=_size(finding, replications),
        note=_note(finding),
    )


def sentence(finding: Finding, file: str) -> str:
    """What a finding says, by itself: which metric, how much, against what, and where."""
    place = f" [{file}:{finding.line}]" if finding.line else ""
    return f"{_what(finding)}: {'; '.join((finding.reason, *_needed(finding)))}{place}"


def closing(judgements: Sequence[Judgement]) -> str:
    """The verdict on everything: ``FAILED 1 of 5``."""
    outcomes = [finding.outcome for one in judgements for finding in one.findings]
    verdict = worst(outcomes)
    words = f"{CLOSING[verdict]} {outcomes.count(verdict)} of {len(outcomes)}"
    return words + (f" in {len(judgements)} scenarios" if len(judgements) > 1 else "")


def explanation(judgements: Sequence[Judgement]) -> list[tuple[str, str]]:
    """The first finding of the worst kind, as labels and lines; nothing if all passed."""
    trouble = first_trouble(judgements)
    if trouble is None:
        return []
    judgement, finding = trouble
    place = f" ({judgement.file})" if judgement.file else ""
    lines = [
        ("first", sentence(finding, judgement.file)),
        ("scenario", f"{judgement.name}{place}, seed {judgement.seed}"),
        ("baseline", judgement.baseline if finding.kind == "baseline" else ""),
        ("results", judgement.folder),
        ("replay", judgement.replay),
    ]
    return [(label, text) for label, text in lines if text]


def change(worsening: float, unit: str) -> str:
    """How much worse or better, in words.

    >>> change(0.041, "share"), change(-0.05, "s"), change(0.0, "s")
    ('4.1 points worse', '50 ms better', 'the same')
    """
    if worsening == 0:
        return "the same"
    direction = "worse" if worsening > 0 else "better"
    if math.isinf(worsening):
        return f"{direction} without bound"
    return f"{amount(abs(worsening), unit)} {direction}"


def amount(figure: float, unit: str) -> str:
    """A difference of two figures of a unit; of two shares it is in points.

    >>> amount(0.041, "share"), amount(0.25, "s")
    ('4.1 points', '250 ms')
    """
    if unit != "share" or not math.isfinite(figure):
        return written(figure, unit)
    return f"{figure * 100:.3g} points"


def interval(low: float, high: float, unit: str, write: Callable[[float, str], str]) -> str:
    """An interval in words; empty where nothing is known, or nothing in either direction.

    >>> interval(0.86, 0.88, "share", written), interval(-math.inf, 0.02, "share", amount)
    ('86 to 88 %', 'at most 2 points')
    """
    if math.isnan(low) or math.isnan(high) or (math.isinf(low) and math.isinf(high)):
        return ""
    if math.isinf(high):
        return f"at least {write(low, unit)}"
    if math.isinf(low):
        return f"at most {write(high, unit)}"
    first, last = write(low, unit).strip(), write(high, unit).strip()
    if first.partition(" ")[2] == last.partition(" ")[2]:
        first = first.partition(" ")[0]  # the unit is said once
    return f"{first} to {last}"


def _what(finding: Finding) -> str:
    if not finding.unit:
        return f"{finding.kind} {finding.name}"
    if finding.kind == "threshold":
        interval_of = _interval(finding)
        sure = f" (95 % interval {interval_of})" if interval_of else ""
        return f"{finding.name} is {_value(finding)}{sure}, asked is {finding.bound}"
    if math.isnan(finding.worsening):
        return f"{finding.name} is {_value(finding)}"
    same = "as" if finding.worsening == 0 else "than"
    was = f"{_value(finding)}, was {_figure(finding.base, finding.unit)}"
    return (
        f"{finding.name} is {change(finding.worsening, finding.unit)} {same} in the baseline "
        f"({was}), {'; '.join(_allowance(finding))}"
    )


def _allowance(finding: Finding) -> list[str]:
    """How sure a worsening is, and how much of it would not matter."""
    found = _interval(finding)
    sure = [f"interval {found}"] if found else []
    return [*sure, f"tolerance {amount(finding.tolerance, finding.unit)}"]


def _interval(finding: Finding) -> str:
    if finding.kind == "baseline":
        return interval(finding.low, finding.high, finding.unit, amount)
    if math.isinf(finding.value):
        return ""  # "more than low" has said it
    return interval(finding.low, finding.high, finding.unit, written)


def _value(finding: Finding) -> str:
    if not finding.unit:
        return ""
    if math.isinf(finding.value) and finding.kind == "threshold" and not math.isnan(finding.low):
        return f"more than {written(finding.low, finding.unit)}"
    return _figure(finding.value, finding.unit)


def _figure(figure: float, unit: str) -> str:
    return "never" if math.isinf(figure) else written(figure, unit)


def _against(finding: Finding) -> str:
    if finding.kind == "baseline" and finding.unit:
        return f"was {_figure(finding.base, finding.unit)}"
    return finding.bound


def _size(finding: Finding, replications: int) -> str:
    if finding.held is not None:
        return f"{finding.held}/{replications} runs"
    found = _interval(finding)
    if finding.kind != "baseline" or math.isnan(finding.worsening):
        return found
    return change(finding.worsening, finding.unit) + (f" ({found})" if found else "")


def _note(finding: Finding) -> str:
    """What a reader must know beside the figures: of what passed, only what is not plain."""
    passed = finding.outcome == "pass"
    return "; ".join(
        [
            *(
                [f"tolerance {amount(finding.tolerance, finding.unit)}"]
                if _is_gated(finding)
                else []
            ),
            *([] if passed and finding.kind == "threshold" else [finding.reason]),
            *_needed(finding),
            *([f"line {finding.line}"] if finding.line and not passed else []),
        ]
    )


def _is_gated(finding: Finding) -> bool:
    return finding.kind == "baseline" and bool(finding.unit)


def _needed(finding: Finding) -> list[str]:
    if finding.kind != "threshold" or finding.replications_needed is None:
        return []  # the reason of a gated metric says it itself
    return [f"{finding.replications_needed:,} replications would settle it"]
