"""The columns of the tables about a tree that changes: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {}
