"""Reading a stored run: checked when it is opened, its tables read when they are asked for.

A run folder is evidence. If a file is missing or differs from its checksum in the manifest, opening
fails and names the file; nothing is ever read from a damaged run.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.campaign import parquet
from sim.campaign.store import FORMAT, LATEST, MANIFEST, METRICS, checksum, sha256_of
from sim.errors import ResultsError
from sim.measure.metrics import MetricValue


class Results:
    """A run folder that has been found whole; made by `open_results`."""

    def __init__(self, path: Path, manifest: Mapping[str, Any]) -> None:
        self.path = path
        self.manifest = manifest

    def __repr__(self) -> str:
        """What a notebook shows."""
        tables = ", ".join(self.names())
        return f"<Results {self.path}: {self.manifest['verdict']}; tables {tables}>"

    def names(self) -> list[str]:
        """The tables there are, sorted."""
        files = map(Path, self.manifest["files"])
        return sorted(file.stem for file in files if file.suffix == ".parquet")

    def metrics(self) -> list[MetricValue]:
        """The numbers of the run, in the order in which they were measured."""
        rows = json.loads((self.path / METRICS).read_text(encoding="utf-8"))
        return [_metric(row) for row in rows]

    def arrow(self, name: str) -> pa.Table:
        """A table, with all its replications. Raises ResultsError if there is none of this name."""
        if name not in self.names():
            raise ResultsError(f"{self.path} has no table {name!r}, only {', '.join(self.names())}")
        try:
            return parquet.read(self.path / f"{name}.parquet")
        except (OSError, pa.ArrowException) as error:
            raise ResultsError(f"{self.path / name}.parquet cannot be read: {error}") from error

    def table(self, name: str) -> Any:
        """The same as a pandas DataFrame; where pandas is not installed, as a pyarrow Table."""
        table = self.arrow(name)
        try:
            import pandas  # noqa: F401  # an extra: nothing else here needs it
        except ImportError:
            return table
        return table.to_pandas()

    def series(
        self, column: str, *, replication: int = 0, table: str = "samples"
    ) -> tuple[np.ndarray, np.ndarray]:
        """Instants (ns) and values of a sampled column in one replication.

        Raises ResultsError if there is no such table or column.
        """
        rows = self.arrow(table)
        for name in ("time_ns", column):
            if name not in rows.column_names:
                raise ResultsError(f"table {table!r} of {self.path} has no column {name!r}")
        chosen = rows["replication"].to_numpy() == replication
        return rows["time_ns"].to_numpy()[chosen], rows[column].to_numpy()[chosen]


def open_results(path: str | Path) -> Results:
    """Open a run folder, or the latest run in the folder of a name, and check every file in it.

    Raises ResultsError naming the file that is missing, damaged or of an unknown format.
    """
    folder = _run_folder(Path(path))
    manifest = _read_manifest(folder / MANIFEST)
    for name, expected in manifest["files"].items():
        _check(folder / name, expected)
    return Results(folder, manifest)


def _run_folder(path: Path) -> Path:
    for folder in (path, path / LATEST):
        if (folder / MANIFEST).is_file():
            return folder.resolve()  # `latest` may point elsewhere tomorrow
    if not path.is_dir():
        raise ResultsError(f"{path} is not a folder")
    raise ResultsError(f"{path / MANIFEST} is missing: this is not a finished run")


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{path} is damaged: it is no whole JSON text") from error
    if not isinstance(manifest, dict) or manifest.get("checksum") != checksum(manifest):
        raise ResultsError(f"{path} is damaged: its content does not match its checksum")
    if manifest.get("format") != FORMAT:
        raise ResultsError(
            f"{path} has format {manifest.get('format')}, this version reads {FORMAT}"
        )
    return manifest


def _check(path: Path, expected: str) -> None:
    try:
        actual = sha256_of(path)
    except FileNotFoundError as error:
        raise ResultsError(f"{path} is missing") from error
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}") from error
    if actual != expected:
        raise ResultsError(f"{path} is damaged: its content does not match its checksum")


def _metric(row: Mapping[str, Any]) -> MetricValue:
    value, low, high = (
        float("nan") if row[key] is None else float(row[key]) for key in ("value", "low", "high")
    )
    return MetricValue(row["name"], value, row["unit"], row["n"], low, high, row["censored"])
