"""A sweep as a table: a row a cell, what was set in it, its verdict, and some metrics.

For a terminal and as Markdown with the metrics that are asked for, each figure with its unit and
its interval; as CSV (tidy: a row for each cell and metric) with all metrics there are.
"""

import csv
import io
import math
from collections.abc import Sequence
from typing import Any, Final

from sim.measure.cells import CellResult
from sim.measure.metrics import MetricValue
from sim.report.columns import markdown_table
from sim.report.table import NOTHING, written

COLOURS: Final = {
    "pass": "green",
    "fail": "bold red",
    "error": "bold red",
    "infeasible": "bold red",
    "inconclusive": "yellow",
    "missing": "dim",
}
_FIGURES: Final = ("value", "unit", "n", "low", "high", "censored")


def headers(results: Sequence[CellResult], metrics: Sequence[str]) -> list[str]:
    """The swept paths, the verdict, and the metrics."""
    return [*results[0].cell.settings, "verdict", *metrics]


def rows(results: Sequence[CellResult], metrics: Sequence[str]) -> list[list[str]]:
    """A row for each cell, as text."""
    return [
        [
            *result.cell.settings.values(),
            result.verdict,
            *(_figure(result.value(metric)) for metric in metrics),
        ]
        for result in results
    ]


def as_text(
    results: Sequence[CellResult], metrics: Sequence[str] = (), colour: bool = False
) -> str:
    """The table for a terminal, as wide as it must be, with ANSI colours if asked for."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    settings = len(results[0].cell.settings)
    for number, header in enumerate(headers(results, metrics)):
        side = "right" if number > settings else "left"
        table.add_column(Text(header), justify=side, no_wrap=True)  # type: ignore[arg-type]
    for row in rows(results, metrics):
        cells = [Text(cell) for cell in row]
        cells[settings].stylize(COLOURS.get(row[settings], ""))
        table.add_row(*cells)
    page = io.StringIO()
    Console(file=page, width=10_000, force_terminal=colour, no_color=not colour).print(table)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def as_markdown(results: Sequence[CellResult], metrics: Sequence[str] = ()) -> str:
    """The table in GitHub's Markdown, metrics to the right."""
    settings = len(results[0].cell.settings)
    marks = "<" * (settings + 1) + ">" * len(metrics)
    return (
        "\n".join(markdown_table(headers(results, metrics), marks, rows(results, metrics))) + "\n"
    )


def as_csv(results: Sequence[CellResult]) -> str:
    """Every metric of every cell that is stored; empty where a figure is undefined."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow([*results[0].cell.settings, "run", "verdict", "metric", *_FIGURES])
    for result in results:
        cell = [*result.cell.settings.values(), result.folder.name, result.verdict]
        for value in result.values:
            figures = [getattr(value, name) for name in _FIGURES]
            writer.writerow([*cell, value.name, *map(_plain, figures)])
    return page.getvalue()


def _figure(value: MetricValue | None) -> str:
    if value is None:
        return NOTHING
    if math.isinf(value.value) and not math.isnan(value.low):
        return f"more than {written(value.low, value.unit)}"
    text = written(value.value, value.unit)
    if math.isnan(value.low) or math.isnan(value.value):
        return text
    return f"{text} ({written(value.low, value.unit)} to {written(value.high, value.unit)})"


def _plain(figure: Any) -> Any:
    return "" if isinstance(figure, float) and math.isnan(figure) else figure
