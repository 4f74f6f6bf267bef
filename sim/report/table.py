"""The summary table: what was measured, how sure it is, and what was asked of it.

One row a metric, as text for a terminal or as Markdown for a report. Numbers carry their unit; a
heal that was not seen to recover is said in words ("2 of 30 not seen recovered").
"""

import io
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Final

from sim.measure.metrics import COUNTED, DURATIONS, HEALS, MetricValue
from sim.measure.verdicts import Verdict
from sim.units import format_duration, format_size

HEADERS: Final = ("metric", "value", "95 % interval", "n", "bound", "verdict")
NOTHING: Final = "–"
UNSEEN: Final = "unknown"
"""Of a time that was seen to be more than nothing, and no more."""
COLOURS: Final = {
    "pass": "green",
    "fail": "bold red",
    "infeasible": "bold red",
    "inconclusive": "yellow",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, as text."""

    metric: str
    value: str
    interval: str
    n: str
    bound: str
    verdict: str


def rows(values: Sequence[MetricValue], verdicts: Sequence[Verdict] = ()) -> list[Row]:
    """A row for each metric, and one more for each further threshold on the same metric."""
    found = []
    for value in values:
        own = [verdict for verdict in verdicts if verdict.metric == value.name]
        found.append(_row(value, own[0] if own else None))
        found += [Row("", "", "", "", extra.bound, extra.outcome) for extra in own[1:]]
    return found


def _row(value: MetricValue, verdict: Verdict | None) -> Row:
    return Row(
        metric=value.name,
        value=_value(value),
        interval=_interval(value),
        n=str(value.n),
        bound=verdict.bound if verdict else "",
        verdict=verdict.outcome if verdict else "",
    )


def _value(value: MetricValue) -> str:
    if math.isinf(value.value) and not math.isnan(value.low):
        return f"more than {written(value.low, value.unit)}" if value.low else UNSEEN
    return written(value.value, value.unit)


def _interval(value: MetricValue) -> str:
    parts = []
    if not math.isnan(value.low) and not math.isinf(value.value):
        parts.append(f"{written(value.low, value.unit)} to {written(value.high, value.unit)}")
    if value.unseen:
        parts.append(value.unseen)
    return "; ".join(parts) or NOTHING


def written(figure: float, unit: str) -> str:
    """A figure with its unit, in three digits.

    >>> written(0.0761, "s"), written(0.875, "share"), written(2e6, "B/s"), written(0.00123, "sd")
    ('76.1 ms', '87.5 %', '2 MB/s', '0.00123 sd')
    """
    if math.isnan(figure):
        return NOTHING
    if math.isinf(figure):
        return "∞"
    if unit == "s":
        return format_duration(figure * 1e9)
    if unit == "share":
        return f"{figure * 100:.3g} %" if figure < 0.999 else f"{figure * 100:.6g} %"
    if unit == "B/s":
        return f"{format_size(figure)}/s"
    number = f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"
    return f"{number} {unit.removeprefix('1')}"


def about_n(values: Sequence[MetricValue]) -> list[str]:
    """What `n` counts, where that is not replications, and how long a heal was watched."""
    events = [one for one in values if one.name in DURATIONS and one.n]
    counted = [(one.name, COUNTED.get(one.name, HEALS)) for one in events]
    if not counted:
        return []
    named: dict[str, str] = {}
    for name, what in counted:
        named[f"{name.split('.')[0]}.*" if what == HEALS else name] = what
    parts = [f"{what} in {name}" for name, what in named.items()]
    lines = [f"n:        {', '.join(parts)}; replications elsewhere"]
    if any(one.censored for one in values if COUNTED.get(one.name, HEALS) == HEALS):
        lines.append(
            "          a heal is watched until the next cut or the end of the run, no longer"
        )
    return lines


def as_markdown(values: Sequence[MetricValue], verdicts: Sequence[Verdict] = ()) -> str:
    """The table in GitHub's Markdown, numbers to the right; reasons of verdicts below it."""
    lines = [_line(HEADERS), "| :-- | --: | --: | --: | --: | :-- |"]
    lines += [_line(astuple(row)) for row in rows(values, verdicts)]
    reasons = [f"- {reason}" for reason in _reasons(verdicts)]
    return "\n".join([*lines, *([""] if reasons else []), *reasons]) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def as_text(
    values: Sequence[MetricValue],
    verdicts: Sequence[Verdict] = (),
    width: int = 100,
    colour: bool = False,
) -> str:
    """The table for a terminal of `width` columns, with ANSI colours if asked for."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for header in HEADERS:
        is_text = header in ("metric", "verdict")
        table.add_column(header, justify="left" if is_text else "right", no_wrap=True)
    for row in rows(values, verdicts):
        table.add_row(*astuple(row)[:-1], _coloured(row.verdict))
    page = io.StringIO()
    console = Console(file=page, width=width, force_terminal=colour, no_color=not colour)
    console.print(table)
    for reason in _reasons(verdicts):
        console.print(reason, markup=False, highlight=False)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _coloured(outcome: str) -> str:
    return f"[{COLOURS[outcome]}]{outcome}[/]" if outcome else ""


def _reasons(verdicts: Sequence[Verdict]) -> list[str]:
    """Why what did not pass did not."""
    return [
        f"{verdict.outcome}: {verdict.metric} {verdict.bound}: {verdict.reason}"
        for verdict in verdicts
        if verdict.outcome != "pass"
    ]
