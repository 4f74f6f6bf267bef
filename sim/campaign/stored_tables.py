"""The tables of a stored run as the measures and figures want them."""

from typing import Any

import numpy as np
import pyarrow as pa

from sim.campaign.results import Results
from sim.errors import ResultsError
from sim.measure.confidence import Standing, standings
from sim.measure.tables import COLUMNS, OPTIONAL, Tables
from sim.scenario.plan import Plan


def tables_of(results: Results, replication: int = 0) -> Tables:
    """The tables of one replication.

    Raises ResultsError if there is no such replication, or if a column that is measured is not in
    the run (another version stored it).
    """
    count = len(results.manifest["fingerprints"])
    if not 0 <= replication < count:
        known = "only replication 0" if count == 1 else f"replications 0 to {count - 1}"
        raise ResultsError(f"{results.path} has {known}, no {replication}")
    there = [name for name in COLUMNS if name not in OPTIONAL or name in results.names()]
    return Tables.of({name: _columns(_rows(results, name), name, replication) for name in there})


def standings_of(results: Results, plan: Plan) -> list[Standing]:
    """How the intervals of a stored run stand; empty if it states none.

    Raises ResultsError if another version stored it.
    """
    if plan.confidence is None or "intervals" not in results.names():
        return []
    count = len(results.manifest["fingerprints"])
    rows = _rows(results, "intervals")
    every = [_columns(rows, "intervals", number) for number in range(count)]
    return list(standings(every, plan))


def _rows(results: Results, name: str) -> pa.Table:
    """A table of all replications that has every column which is measured."""
    rows = results.arrow(name)
    missing = [column for column in COLUMNS[name] if column not in rows.column_names]
    if missing:
        raise ResultsError(
            f"{results.path}: table {name!r} has no column {missing[0]!r}; it was stored by "
            f"version {results.manifest.get('version', 'unknown')}"
        )
    return rows


def _columns(rows: pa.Table, name: str, replication: int) -> dict[str, np.ndarray]:
    chosen = rows["replication"].to_numpy() == replication
    return {column: _values(rows[column])[chosen] for column in COLUMNS[name]}


def _values(column: Any) -> np.ndarray:
    """A column as numpy has it; text is stored as numbers of a dictionary."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    return np.asarray(column.to_numpy())
