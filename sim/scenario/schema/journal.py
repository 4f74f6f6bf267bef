"""What a run keeps beside its metrics: single messages, and what its fingerprint is made of."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.catalogue import FINGERPRINT_INGREDIENTS
from sim.scenario.schema.quantities import (
    Block,
    Duration,
    Flag,
    PositiveDuration,
    Texts,
)


class KeptMessages(Block):
    """Single messages that are kept."""

    begin: Duration = Field(
        default=0,
        alias="from",
        description="those sent from this instant of the run on",
        json_schema_extra={"default": "0s"},
    )
    until: PositiveDuration | None = Field(
        default=None, description="and before this one; left out = to the end"
    )
    nodes: Texts = Field(
        default_factory=list,
        description="only those from or to these nodes; left out = of all",
        examples=[["region-2"], ["root", "local-7"]],
    )


def _flag_is_all_or_none(value: object) -> object:
    """``true`` is all messages, ``false`` is none."""
    if isinstance(value, bool):
        return {} if value else None
    if isinstance(value, (dict, KeptMessages)):
        return value
    raise ValueError(f"must be true, false, or a map with from, until and nodes, not {value!r}")


class Journal(Block):
    """What is kept beside the metrics."""

    messages: Annotated[
        KeptMessages | None,
        BeforeValidator(_flag_is_all_or_none, json_schema_input_type=Flag | KeptMessages),
    ] = Field(
        default=None,
        description="a record for every single message, or for those of a window or of some nodes",
        json_schema_extra={"default": False},
    )
    fingerprint: Annotated[
        list[Literal[FINGERPRINT_INGREDIENTS]],  # type: ignore[valid-type]
        Field(min_length=1),
    ] = Field(
        default_factory=lambda: list(FINGERPRINT_INGREDIENTS),
        description="what goes into the fingerprint of a run",
        json_schema_extra={"default": list(FINGERPRINT_INGREDIENTS)},
    )
