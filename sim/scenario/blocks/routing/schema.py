"""What may be written about the routing of updates."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.schema.quantities import (
    BitRate,
    Block,
    OptionalDuration,
    PositiveDuration,
    given,
    parse_bit_rate,
    parse_positive_duration,
    plain_is_kind,
)

DisciplineKind = Literal["fifo", "priority"]
SendKind = Literal["periodic"]


class Discipline(Block):
    """Which update goes first."""

    kind: DisciplineKind = Field(description="the discipline")


class Sending(Block):
    """When an agent sends an update."""

    kind: SendKind = Field(description="the policy")


class Routing(Block):
    """Updates of single agents on their way up, through routers with finite rates."""

    discipline: Annotated[
        Discipline,
        BeforeValidator(plain_is_kind, json_schema_input_type=Discipline | DisciplineKind),
    ] = Field(
        default_factory=lambda: Discipline(kind="fifo"),
        description="which update goes first on a line",
        json_schema_extra={"default": "fifo"},
    )
    send: Annotated[
        Sending, BeforeValidator(plain_is_kind, json_schema_input_type=Sending | SendKind)
    ] = Field(
        default_factory=lambda: Sending(kind="periodic"),
        description="when an agent sends an update",
        json_schema_extra={"default": "periodic"},
    )
    rate: BitRate = given("none", parse_bit_rate, "rate of the line of each router")
    every: PositiveDuration = given(
        "100ms", parse_positive_duration, "how often an agent looks at itself"
    )
    heartbeat: OptionalDuration = Field(
        default=None, description="how often an agent says that it is there; left out = never"
    )
