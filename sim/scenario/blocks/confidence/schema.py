"""What may be written about intervals."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.schema.quantities import Block, Share, as_list, plain_is_kind

Kind = Literal["clustered", "dersimonian_laird", "hartung_knapp", "pooled", "sequence", "two_level"]


class Interval(Block):
    """How an interval is made of what a node knows."""

    kind: Kind = Field(description="the method")


class Confidence(Block):
    """Intervals of means at every tier; how often they cover the truth is measured."""

    interval: Annotated[
        Interval, BeforeValidator(plain_is_kind, json_schema_input_type=Interval | Kind)
    ] = Field(
        default_factory=lambda: Interval(kind="clustered"),
        description="how an interval is made of what a node knows",
        json_schema_extra={"default": "clustered"},
    )
    level: Annotated[Share, Field(gt=0, lt=1)] = Field(
        default=0.95, description="how often an interval is to cover the truth"
    )
    of: Literal["process", "population"] = Field(
        default="process",
        description="what is to be covered: the mean of the law that made the agents, or that of "
        "the agents that there are now",
    )
    widen: Annotated[
        list[Literal["age", "coverage"]],
        BeforeValidator(as_list, json_schema_input_type=str | list[Literal["age", "coverage"]]),
    ] = Field(
        default_factory=list,
        description="what intervals are widened for: the age of what is known, missing sources",
    )
