"""Tables on disk: tidy Parquet that is the same to the byte whenever the same rows are written.

One file for each table, the replications one below the other and told apart by a first column
`replication`. Whole numbers are int64 (times are nanoseconds), text is dictionary-encoded, and the
footer says where the rows come from.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Table = Mapping[str, np.ndarray]
"""Columns of equal length, by name."""

_WIDE: Final = {"i": np.int64, "u": np.int64, "f": np.float64, "b": np.bool_}


def stacked(tables: Sequence[Table]) -> pa.Table:
    """The same table of every replication in one, with the column `replication` in front.

    Raises ValueError when the replications differ in their columns or a column is not a plain one.
    """
    names = list(tables[0])
    for table in tables:
        if list(table) != names:
            raise ValueError(f"replications differ in columns: {names} and {list(table)}")
    rows = [len(next(iter(table.values()), ())) for table in tables]
    columns = {"replication": pa.array(np.repeat(np.arange(len(tables)), rows))}
    for name in names:
        columns[name] = _column(name, [np.asarray(table[name]) for table in tables])
    return pa.table(columns)


def write(table: pa.Table, path: Path, provenance: Mapping[str, str]) -> None:
    """Write a table with its provenance in the footer."""
    footer = {key: provenance[key] for key in sorted(provenance)}
    pq.write_table(table.replace_schema_metadata(footer), path, compression="zstd")


def read(path: Path) -> pa.Table:
    """The table as it was written, provenance included (``table.schema.metadata``)."""
    return pq.read_table(path)


def _column(name: str, parts: Sequence[np.ndarray]) -> Any:
    whole = np.concatenate(parts)
    if whole.ndim != 1:
        raise ValueError(f"column {name} has {whole.ndim} dimensions, not 1")
    if whole.dtype.kind in "UO":
        return pa.array(whole.tolist(), pa.string()).dictionary_encode()
    if whole.dtype.kind not in _WIDE:
        raise ValueError(f"column {name} is {whole.dtype}, neither a number, a flag nor text")
    return pa.array(whole.astype(_WIDE[whole.dtype.kind]))
