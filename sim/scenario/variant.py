"""A choice by name, as it stands in every part of a plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Variant:
    """A choice by name (``kind:`` in the file) with its plain options, built by a registry."""

    kind: str
    options: Mapping[str, Any]
