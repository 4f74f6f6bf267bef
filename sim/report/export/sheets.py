"""CSV: a folder with a file for each table of the run.

Times are integers in ns, text is as it is, and a column `replication` tells the replications apart.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from sim.measure.columns import COLUMNS
from sim.report.export.drafts import draft_folder
from sim.report.export.messages import TABLES
from sim.report.export.stored import Stored, plain, sent_in
from sim.report.export.window import WHOLE, Window


def write_csv(run: Stored, window: Window, path: Path) -> list[str]:
    """Write the folder; the window is for tables of single messages alone.

    Raises ResultsError if it cannot be written.
    """
    ours = [f"{name}.csv" for name in (*COLUMNS, *TABLES, *run.names)]
    with draft_folder(path, ours) as draft:
        for name in run.names:
            csv.write_csv(plain(_chosen(run, name, window)), draft / f"{name}.csv")
    return []


def _chosen(run: Stored, name: str, window: Window) -> pa.Table:
    table = run.read(name)
    if run.replication is not None:
        table = table.filter(pc.equal(table["replication"], run.replication))
    if window != WHOLE and name in TABLES:
        table = table.filter(sent_in(table, window))
    return table
