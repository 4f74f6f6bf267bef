"""The columns of the tables about updates of single agents: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {}
