"""A stored run as the exports see it: what was planned, what was measured, and rows on demand."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.errors import ResultsError
from sim.measure.metrics import MetricValue
from sim.measure.tables import Tables
from sim.report.export.window import Window
from sim.scenario.plan import Plan

Columns = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Stored:
    """One replication of a run. `tables` are those that are measured; `read` reads any of them."""

    plan: Plan
    run_id: str
    file: str
    """The scenario file, as it was named."""
    replication: int | None
    """None: all of them, which only some formats hold; the first stands for them elsewhere."""
    seed: int
    """Of the replication."""
    tables: Tables
    names: tuple[str, ...]
    read: Callable[[str], pa.Table]
    """Reads a table of this name with all its replications."""
    metrics: tuple[MetricValue, ...] = ()
    """What was measured over all replications."""

    @property
    def number(self) -> int:
        """The replication that is shown."""
        return self.replication or 0

    def messages(self, name: str, window: Window) -> Columns:
        """A table of single messages: those of the replication that were sent in the window.

        Raises ResultsError for a run that was stored before reports had their parents.
        """
        table = self.read(name)
        if name == "messages" and "parent" not in table.column_names:
            raise ResultsError("an earlier version stored the messages of this run: run it again")
        mine = pc.and_(sent_in(table, window), pc.equal(table["replication"], self.number))
        rows = table.filter(mine)
        return {column: _values(rows[column]) for column in rows.column_names}


def sent_in(table: pa.Table, window: Window) -> pa.ChunkedArray:
    """Which messages of a table were sent in a window."""
    after = pc.greater_equal(table["sent_ns"], window.from_ns)
    return pc.and_(after, pc.less(pc.cast(table["sent_ns"], pa.float64()), window.until_ns))


def plain(table: pa.Table) -> pa.Table:
    """The table with text as text, not as numbers of a dictionary."""
    fields = [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _values(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    return np.asarray(column.to_numpy())
