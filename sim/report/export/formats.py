"""The formats there are: a new one is one file and one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.report.export.graphml import write_graphml
from sim.report.export.otlp import write_otlp
from sim.report.export.perfetto import write_perfetto
from sim.report.export.sheets import write_csv
from sim.report.export.stored import Stored
from sim.report.export.window import Window


@dataclass(frozen=True, slots=True)
class Format:
    """How a run is written, and where unless somebody says: a name in the run's folder."""

    write: Callable[[Stored, Window, Path], list[str]]
    stem: str
    suffix: str
    """Empty: a folder."""

    def name(self, replication: int) -> str:
        """The name for a replication, ``trace-2.pftrace``; of the first without a number."""
        return f"{self.stem}{f'-{replication}' if replication else ''}{self.suffix}"


FORMATS: Final[Mapping[str, Format]] = {
    "perfetto": Format(write_perfetto, "trace", ".pftrace"),
    "otlp": Format(write_otlp, "otlp", ""),
    "csv": Format(write_csv, "csv", ""),
    "graphml": Format(write_graphml, "network", ".graphml"),
}
