"""The columns of the tables about dependence in baselines: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {}
