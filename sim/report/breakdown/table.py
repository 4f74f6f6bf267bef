"""A sweep over shares of liars as a table: where each rule breaks down, and under whose lies.

A row for each combination of what else was swept. The rule, the attack, its tier and its placement
come from the plans of the cells, so they are there whether they were swept or not.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.measure.breakdown import (
    LIMIT_SD,
    METRIC,
    TIMES_FLOOR,
    Breakdown,
    breakdown,
    departure,
    is_share_of_liars,
)
from sim.measure.cells import CellResult
from sim.report.columns import aligned, markdown_table
from sim.report.table import NOTHING
from sim.scenario.plan import AdversaryPlan, RulePlan
from sim.units import parse_share

_SHOWN: Final = ("rule", "attack", "tier", "placement")
_SAID: Final = ("baseline.rule", ".kind", ".placement")
"""Swept paths, or their ends, that the columns above say already."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What was found of one rule under one attack."""

    rule: str
    attack: str
    tier: str
    placement: str
    further: Mapping[str, str]
    """What else was set in these cells, by path."""
    limit: Breakdown
    floor: Breakdown


def broken(results: Sequence[CellResult]) -> list[Broken]:
    """A finding a combination of the other settings; none of a sweep without a share of liars.

    The first swept ``adversaries[...].share`` counts; cells without a bias are left out. There is
    none either where plain means hold at every share: then the sweep is about something else.
    """
    paths = list(results[0].cell.settings) if results else []
    path = next((path for path in paths if is_share_of_liars(path)), None)
    if path is None:
        return []
    groups: dict[tuple[str, ...], list[CellResult]] = {}
    for result in results:
        others = tuple(text for name, text in result.cell.settings.items() if name != path)
        groups.setdefault(others, []).append(result)
    found = [_broken(group, path) for group in groups.values()]
    known = [one for one in found if one.limit.is_known]
    is_at_stake = any(result.cell.plan.baseline.rule.kind != "mean" for result in results)
    return known if is_at_stake or any(one.limit.is_broken for one in known) else []


def _broken(group: Sequence[CellResult], path: str) -> Broken:
    plan, liar = group[0].cell.plan, _liar(group, path)
    shares = [parse_share(result.cell.settings[path]) for result in group]
    biases = [_bias(result) for result in group]
    return Broken(
        rule=rule_words(plan.baseline.rule),
        attack=liar.kind if liar else NOTHING,
        tier=f"{plan.tiers[liar.tier].name}s" if liar else NOTHING,
        placement=liar.placement if liar else NOTHING,
        further={
            name: text
            for name, text in group[0].cell.settings.items()
            if name != path and not name.endswith(_SAID) and not name.startswith(_SAID[0])
        },
        limit=breakdown(shares, biases),
        floor=departure(shares, biases),
    )


def _liar(group: Sequence[CellResult], path: str) -> AdversaryPlan | None:
    """The adversary whose share is swept; a plan in which nobody of it lies does not have it."""
    place = path.removesuffix(".share")
    plans = (result.cell.plan for result in group)
    return next((one for plan in plans for one in plan.adversaries if one.path == place), None)


def _bias(result: CellResult) -> float:
    value = result.value(METRIC)
    return math.nan if value is None else value.value


def rule_words(rule: RulePlan) -> str:
    """A rule in short: ``guarded_mean (median, 20 %, sample of 400)``."""
    if rule.estimator is None:
        return rule.kind
    over = f"sample of {rule.sample:,}" if rule.over == "sample" else rule.over
    return f"{rule.kind} ({rule.estimator.kind}, {100 * rule.f:g} %, {over})"


def bracket(found: Breakdown) -> str:
    """A breakdown point in words.

    >>> bracket(Breakdown(0.2, 0.33, 0.45)), bracket(Breakdown(0.45, math.nan, 0.45))
    ('20 to 33 %', 'none up to 45 %')
    >>> bracket(Breakdown(math.nan, 0.1, 0.45)), bracket(Breakdown(math.nan, 0.0, 0.45))
    ('at most 10 %', 'even without liars')
    """
    if not found.is_known:
        return NOTHING
    if not found.is_broken:
        return f"none up to {100 * found.up_to:g} %"
    if math.isnan(found.last_good):
        few = f"at most {100 * found.first_bad:g} %"
        return few if found.first_bad else "even without liars"
    return f"{100 * found.last_good:g} to {100 * found.first_bad:g} %"


def as_text(found: Sequence[Broken]) -> str:
    """The table for a terminal, below a line that says what it is of."""
    rows, marks = _rows(found)
    return "\n".join(["share of liars at which rules break down:", *aligned(rows, marks)]) + "\n"


def as_markdown(found: Sequence[Broken]) -> str:
    """The table in GitHub's Markdown."""
    (headers, *rows), marks = _rows(found)
    return "\n".join(markdown_table(headers, marks, rows)) + "\n"


def as_json(found: Sequence[Broken]) -> list[dict[str, Any]]:
    """The same for programs; shares from 0 to 1, null where there is none."""
    from dataclasses import asdict

    return [asdict(one) for one in found]


def _rows(found: Sequence[Broken]) -> tuple[list[list[str]], str]:
    """Headers and rows, and the side of each column."""
    further = list(found[0].further)
    ends = [f"bias above {LIMIT_SD:g} sd", f"first above {TIMES_FLOOR:g} x floor"]
    rows = [
        [
            *(getattr(one, name) for name in _SHOWN),
            *one.further.values(),
            bracket(one.limit),
            bracket(one.floor),
        ]
        for one in found
    ]
    return [[*_SHOWN, *further, *ends], *rows], "<" * (len(_SHOWN) + len(further)) + ">>"
