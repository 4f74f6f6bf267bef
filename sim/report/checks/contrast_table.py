"""Two sides of a comparison as a table: what each had, the size of the change, and noise or not."""

import math
from collections.abc import Sequence
from typing import Final, Protocol

from sim.report.checks.finding_words import amount, interval
from sim.report.columns import aligned, markdown_table
from sim.report.table import written

MARKS: Final = "<>>>><<"
ROUNDING: Final = 1e-9


class Contrast(Protocol):
    """One metric on both sides; `sim.campaign.comparison` makes them."""

    @property
    def metric(self) -> str:
        """Its name."""
        ...

    @property
    def unit(self) -> str:
        """Of all figures."""
        ...

    @property
    def a(self) -> float:
        """Mean of the first side."""
        ...

    @property
    def b(self) -> float:
        """Mean of the second side."""
        ...

    @property
    def change(self) -> float:
        """The second less the first."""
        ...

    @property
    def low(self) -> float:
        """Interval of the change."""
        ...

    @property
    def high(self) -> float:
        """Interval of the change."""
        ...

    @property
    def verdict(self) -> str:
        """Noise, better, worse ..."""
        ...


def contrasts_as_text(rows: Sequence[Contrast], names: tuple[str, str]) -> str:
    """The table for a terminal; `names` head the two sides."""
    return "\n".join(aligned([_headers(names), *_cells(rows)], MARKS)) + "\n"


def contrasts_as_markdown(rows: Sequence[Contrast], names: tuple[str, str]) -> str:
    """The table in GitHub's Markdown."""
    return "\n".join(markdown_table(_headers(names), MARKS, _cells(rows))) + "\n"


def _headers(names: tuple[str, str]) -> tuple[str, ...]:
    return ("metric", *names, "change", "relative", "95 % interval of the change", "verdict")


def _cells(rows: Sequence[Contrast]) -> list[tuple[str, ...]]:
    """What is undefined on both sides has nothing to say."""
    return [_row(row) for row in rows if not (math.isnan(row.a) and math.isnan(row.b))]


def _row(row: Contrast) -> tuple[str, ...]:
    sides = (_side(row.a, row.unit), _side(row.b, row.unit))
    if _is_rounding(row):
        return (row.metric, *sides, "0", "", "", row.verdict)
    change, relative = signed(row.change, row.unit), _relative(row)
    between = interval(row.low, row.high, row.unit, amount)
    return (row.metric, *sides, change, relative, between, row.verdict)


def _is_rounding(row: Contrast) -> bool:
    """Sums in another order differ in the last digits, and that is no change."""
    largest = max(abs(row.a), abs(row.b))
    return math.isfinite(largest) and abs(row.change) <= ROUNDING * largest


def signed(figure: float, unit: str) -> str:
    """A change with its sign.

    >>> signed(0.041, "share"), signed(-0.05, "s"), signed(0.0, "s")
    ('+4.1 points', '-50 ms', '0 s')
    """
    if math.isnan(figure):
        return ""
    sign = "+" if figure > 0 else "-" if figure < 0 else ""
    return sign + amount(abs(figure), unit)


def _side(figure: float, unit: str) -> str:
    return "never" if math.isinf(figure) else written(figure, unit)


def _relative(row: Contrast) -> str:
    """In percent of the first side; of a share that would be mistaken for points."""
    if row.unit == "share" or not math.isfinite(row.change) or not row.a or not row.change:
        return ""
    return f"{100 * row.change / row.a:+.3g} %"
