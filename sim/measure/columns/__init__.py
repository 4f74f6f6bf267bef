"""What the tables of a run hold: a file for each subject, put together here.

Further subjects are one file plus its name in `OPTIONAL_SUBJECTS`.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Final

from sim.measure.columns import (
    capacity,
    confidence,
    control,
    dependence,
    detection,
    evolution,
    lies,
    routing,
    telemetry,
)

OPTIONAL_SUBJECTS: Final[tuple[ModuleType, ...]] = (
    detection,
    lies,
    control,
    confidence,
    dependence,
    routing,
    evolution,
    capacity,
)
COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    **telemetry.COLUMNS,
    **{name: columns for one in OPTIONAL_SUBJECTS for name, columns in one.COLUMNS.items()},
}
"""Table -> column -> type."""
OPTIONAL: Final = tuple(name for name in COLUMNS if name not in telemetry.COLUMNS)
"""Tables of what a run may leave out."""
