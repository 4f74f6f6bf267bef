"""The tables of a stored run as the measures and figures want them."""

import numpy as np

from sim.campaign.results import Results
from sim.errors import ResultsError
from sim.measure.tables import COLUMNS, Tables


def tables_of(results: Results, replication: int = 0) -> Tables:
    """The tables of one replication. Raises ResultsError if there is no such replication."""
    count = len(results.manifest["fingerprints"])
    if not 0 <= replication < count:
        raise ResultsError(f"{results.path} has replications 0 to {count - 1}, no {replication}")
    columns = {}
    for name in COLUMNS:
        rows = results.arrow(name)
        chosen = rows["replication"].to_numpy() == replication
        columns[name] = {
            column: np.asarray(rows[column].to_pylist() if chosen.size == 0 else rows[column])[
                chosen
            ]
            for column in rows.column_names
            if column != "replication"
        }
    return Tables.of(columns)
