"""CSV: a folder with a file for each table of the run, and ``metrics.csv`` with what it came to.

Times are integers in ns, text is as it is, and a column `replication` tells the replications apart.
A cell is empty where a number is undefined; ``inf`` is a number without an end.
"""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from sim.measure.columns import COLUMNS
from sim.measure.metrics import MetricValue, measure
from sim.measure.verdicts import judge
from sim.report.export.drafts import draft_folder
from sim.report.export.messages import TABLES
from sim.report.export.stored import Stored, plain, sent_in
from sim.report.export.window import WHOLE, Window

METRICS: Final = "metrics"


def write_csv(run: Stored, window: Window, path: Path) -> list[str]:
    """Write the folder; the window is for tables of single messages alone.

    Raises ResultsError if it cannot be written.
    """
    ours = [f"{name}.csv" for name in (METRICS, *COLUMNS, *TABLES, *run.names)]
    with draft_folder(path, ours) as draft:
        for name in run.names:
            table = _with_gaps(plain(_chosen(run, name, window)))
            csv.write_csv(table, draft / f"{name}.csv")
        csv.write_csv(_with_gaps(_metrics(run)), draft / f"{METRICS}.csv")
    return []


def _metrics(run: Stored) -> pa.Table:
    """A row for each metric, and for each threshold on it; of one replication its own figures."""
    values = run.metrics if run.replication is None else measure([run.tables], run.plan)
    rows = [row for value in values for row in _rows(value, run)]
    return pa.Table.from_pylist(rows, _METRICS_SCHEMA)


def _rows(value: MetricValue, run: Stored) -> list[dict[str, object]]:
    own = {
        "metric": value.name,
        "value": value.value,
        "unit": value.unit,
        "n": value.n,
        "low": value.low,
        "high": value.high,
        "censored": value.censored,
    }
    asked = [one for one in run.plan.thresholds if one.metric == value.name]
    told = [{"bound": one.bound, "verdict": one.outcome} for one in judge([value], asked)]
    return [own | one for one in told or [{}]]


_METRICS_SCHEMA: Final = pa.schema(
    [
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("n", pa.int64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("censored", pa.int64()),
        ("bound", pa.string()),
        ("verdict", pa.string()),
    ]
)


def _with_gaps(table: pa.Table) -> pa.Table:
    """Undefined numbers as empty cells: a spreadsheet takes ``nan`` for text."""
    columns = [
        pc.if_else(pc.is_nan(column), None, column) if pa.types.is_floating(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def _chosen(run: Stored, name: str, window: Window) -> pa.Table:
    table = run.read(name)
    if run.replication is not None:
        table = table.filter(pc.equal(table["replication"], run.replication))
    if window != WHOLE and name in TABLES:
        table = table.filter(sent_in(table, window))
    return table
