"""A block of the file as plain values: what `resolve` hands to those who build things.

An option keeps its key; a span of time gets ``_ns`` behind it, a list becomes a tuple, and a nested
choice by ``kind`` a `Variant` of its own.
"""

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.plan import Variant
from sim.scenario.schema.quantities import Nanoseconds


def variant(block: BaseModel, skip: Collection[str] = ()) -> Variant:
    """A block with a ``kind`` as a `Variant`, without the keys in `skip`."""
    kind: str = block.kind  # type: ignore[attr-defined]
    return Variant(kind, options(block, {"kind", *skip}))


def options(block: BaseModel, skip: Collection[str] = ()) -> dict[str, Any]:
    """The keys of a block with plain values."""
    return {
        f"{key}_ns" if is_span(info) else key: _plain(getattr(block, key))
        for key, info in type(block).model_fields.items()
        if key not in skip
    }


def is_span(info: FieldInfo | Any) -> bool:
    """Whether the value of a field, or of an alternative of its type, is a span of time."""
    if any(isinstance(mark, Nanoseconds) for mark in getattr(info, "metadata", ())):
        return True
    inner = getattr(info, "annotation", info)
    return any(
        any(isinstance(mark, Nanoseconds) for mark in getattr(part, "__metadata__", ()))
        for part in getattr(inner, "__args__", ())
    )


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return variant(value) if hasattr(value, "kind") else options(value)
    return tuple(_plain(item) for item in value) if isinstance(value, list) else value
