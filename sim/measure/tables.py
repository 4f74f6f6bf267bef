"""What one replication leaves behind: eight tables of plain numpy columns.

Every metric and every figure is a pure function of these tables, so a run that was stored can be
measured again. Times are int64 nanoseconds since the start, shares go from 0 to 1, errors are in
between-agent standard deviations, and NaN stands for "no value yet". A table is a dict of columns
of equal length; `COLUMNS` has all that is measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Table: TypeAlias = Mapping[str, NDArray[Any]]

NEVER: Final = -1
"""`until_ns` of a fault that does not end."""

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "samples": {
        "time_ns": np.int64,
        "oldest_age_ns": np.int64,
        "mean_age_ns": np.float64,
        "coverage": np.float64,
        "heard": np.int64,
        "registered": np.int64,
        "count": np.int64,
        "error_mean": np.float64,
        "error_sd": np.float64,
        "locals_oldest_ns": np.float64,
        "locals_mean_ns": np.float64,
    },
    "regions": {
        "time_ns": np.int64,
        "region": np.int64,
        "oldest_age_ns": np.int64,
        "mean_age_ns": np.float64,
        "inside_age_ns": np.int64,
        "coverage": np.float64,
        "reachable": np.bool_,
        "agents": np.int64,
    },
    "heard": {
        "known_ns": np.int64,
        "region": np.int64,
        "sent_ns": np.int64,
        "oldest_born_ns": np.int64,
        "mean_born_ns": np.float64,
        "agents": np.int64,
    },
    "baselines": {
        "published_ns": np.int64,
        "version": np.int64,
        "count": np.int64,
        "sources": np.int64,
        "error_mean": np.float64,
        "error_sd": np.float64,
        "oldest_age_ns": np.int64,
        "mean_age_ns": np.float64,
        "coverage": np.float64,
        "half_width_max": np.float64,
    },
    "faults": {
        "fault": np.str_,
        "kind": np.str_,
        "at_ns": np.int64,
        "until_ns": np.int64,
        "touched": np.int64,
        "regions": np.str_,
        "cuts": np.bool_,
    },
    "traffic": {
        "tier": np.str_,
        "kind": np.str_,
        "outcome": np.str_,
        "messages": np.int64,
        "bytes": np.int64,
    },
    "points": {
        "time_ns": np.int64,
        "agent": np.int64,
        "label": np.int64,
        "score": np.float64,
        "alarm": np.bool_,
        "central_score": np.float64,
        "central_alarm": np.bool_,
        "weight": np.float64,
    },
    "segments": {
        "agent": np.int64,
        "anomaly": np.int64,
        "begin_ns": np.int64,
        "end_ns": np.int64,
    },
}
"""Table -> column -> type."""

OPTIONAL: Final = ("points", "segments")
"""Tables that a run without detection does not have."""


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Tables:
    """The tables of one replication.

    - `samples`: the whole system, one row an instant (every ``plan.measure.every_ns``).
    - `regions`: the same for each region: its ages at the root, the oldest age at its own
      aggregator (`inside_age_ns`), and whether the way to the root is open (`reachable`).
    - `heard`: one row each time the root learns a newer version of a region. Between two rows ages
      grow by one second a second, so ages at the root are *exact* from here. Before the first row
      of a region everything in it counts as born at 0.
    - `baselines`: one row a publication.
    - `faults`: one row a fault; `regions` are those it cuts from the root (``"0 3"``), and `cuts`
      says whether its end counts as a heal.
    - `traffic`: messages and bytes by tier, kind and outcome.
    - `points`: one row an agent and decision, ordered by time and then agent: the truth at that
      instant (`label`: 0 normal, else as in `segments`) against what the deciding node holds, and
      the same for the twin that is run centrally. A score is NaN where there is none yet. In large
      runs the agents that are never anomalous are a random sample, and `weight` is how many each
      stands for.
    - `segments`: one row an anomaly of an agent, from its first anomalous value to the end of the
      last one's period; `anomaly` is 1, 2 ... for those of the scenario, -1 for a trace's own.
    """

    samples: Table
    regions: Table
    heard: Table
    baselines: Table
    faults: Table
    traffic: Table
    points: Table
    segments: Table

    @classmethod
    def of(cls, columns: Mapping[str, Mapping[str, ArrayLike]]) -> "Tables":
        """Tables from plain columns. Raises ValueError if one is missing or misshapen.

        Further tables, such as a log of all messages, are not measured and are left out.
        """
        missing = [name for name in COLUMNS if name not in columns and name not in OPTIONAL]
        if missing:
            raise ValueError(f"tables {', '.join(missing)} are missing")
        found = {name: columns[name] if name in columns else empty(name) for name in COLUMNS}
        return cls(**{name: table(name, found[name]) for name in COLUMNS})

    def __getitem__(self, name: str) -> Table:
        if name not in COLUMNS:
            raise KeyError(name)
        found: Table = getattr(self, name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> list[str]:
        """The names of the tables, so that ``dict(tables)`` works."""
        return [field.name for field in fields(self)]


def table(name: str, columns: Mapping[str, ArrayLike]) -> dict[str, NDArray[Any]]:
    """The columns of table `name`, in order and with their types.

    Further columns are not measured and are left out. Raises ValueError when a column is missing
    or of another length than the others.
    """
    kinds = COLUMNS[name]
    missing = [column for column in kinds if column not in columns]
    if missing:
        raise ValueError(f"{name}: columns {', '.join(missing)} are missing")
    made: dict[str, NDArray[Any]] = {
        column: np.asarray(columns[column], dtype=kind) for column, kind in kinds.items()
    }
    lengths = {array.shape for array in made.values()}
    if len(lengths) != 1 or len(lengths.pop()) != 1:
        raise ValueError(f"{name}: columns must be one-dimensional and of equal length")
    return made


def empty(name: str) -> dict[str, NDArray[Any]]:
    """Table `name` without rows."""
    return table(name, {column: [] for column in COLUMNS[name]})
