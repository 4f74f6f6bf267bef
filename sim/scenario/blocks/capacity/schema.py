"""What may be written about what nodes can hold."""

from typing import Annotated

from pydantic import Field

from sim.scenario.schema.control import Size
from sim.scenario.schema.quantities import (
    Block,
    PositiveDuration,
    Text,
    given,
    parse_positive_duration,
)


class History(Block):
    """Reports of agents that are kept as they came, beside what is summed up."""

    at: Text = Field(
        default="local", description="name of the tier whose nodes keep those of agents below them"
    )
    keep: PositiveDuration = given("30d", parse_positive_duration, "for how long")
    record: Size = Field(
        default=512, description="size of one report", json_schema_extra={"default": "512B"}
    )


class Capacity(Block):
    """Queues and memory of nodes by role; service times are those of `tree.ingress`."""

    memory: Annotated[dict[str, Size], Field(min_length=1)] | None = Field(
        default=None,
        description="memory of a node of a tier, by the tier's name; left out = unlimited",
        examples=[{"local": "64MB", "root": "1GB"}],
    )
    history: History | None = Field(
        default=None, description="what is kept of single reports; left out = nothing"
    )
