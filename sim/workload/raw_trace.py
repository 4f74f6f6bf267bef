"""What a reader of trace files is asked for, and what it gives."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim.workload.behaviour import Floats


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which arrays of an archive make a trace, and what says which rows are anomalous."""

    arrays: tuple[str, ...]
    """Played one after the other. Names, ends of names, or patterns with one ``*``."""
    labels: str | int | None
    """Of an archive the name of an array, of a table that of a column; None = no labels."""


@dataclass(frozen=True, slots=True)
class RawTrace:
    """What a file holds: `values` (rows, columns), the first of them in row `first_row`."""

    source: str
    """File and array, for messages."""
    names: tuple[str, ...]
    """Empty where the columns have no names."""
    values: Floats
    first_row: int = 1
    marks: Floats | None = None
    """Labels (rows,) that stand outside the columns; 0 or 1, but not checked yet."""


Reader = Callable[[Path, Wanted], list[tuple[RawTrace, ...]]]
"""The traces of a file, each as the parts that are played one after the other."""
