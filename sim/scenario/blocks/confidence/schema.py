"""What may be written about intervals."""

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, field_validator

from sim.scenario.schema.quantities import (
    Block,
    Number,
    Share,
    as_list,
    none_is_absent,
    plain_is_kind,
)

OneLook = Literal[
    "clustered", "dersimonian_laird", "hartung_knapp", "pooled", "stratified", "two_level"
]
Widening = Literal["age", "coverage"]

LARGEST: Final = 16.0
"""In scales: beyond it no value is counted, so no mean can be."""
LEVEL_MIN: Final = 0.01
LEVEL_MAX: Final = 0.999999
"""As sure as anybody is; beyond it the tails of no law here are known."""
HORIZON_MAX: Final = 1e9
"""Values of an agent: three years at 10 Hz."""


class Fixed(Block):
    """An interval for one look."""

    kind: OneLook = Field(
        description="clustered (each agent's own mean is one observation), two_level, stratified "
        "(of these very agents), dersimonian_laird and hartung_knapp (over children, which may "
        "differ), or pooled (all values taken for independent)"
    )


class Sequence(Block):
    """Intervals that hold at all looks together, of everything heard since the start."""

    kind: Literal["sequence"] = Field(description="valid at every look")
    horizon: Number = Field(
        default=100.0,
        ge=1,
        le=HORIZON_MAX,
        description="values of an agent at which it is narrowest",
    )


Interval = Annotated[Fixed | Sequence, Field(discriminator="kind")]


class Confidence(Block):
    """Intervals of means at every tier; how often they cover the truth is measured."""

    interval: Annotated[
        Interval,
        BeforeValidator(
            plain_is_kind, json_schema_input_type=Interval | OneLook | Literal["sequence"]
        ),
    ] = Field(
        default_factory=lambda: Fixed(kind="clustered"),
        description="how an interval is made of what a node knows",
        json_schema_extra={"default": "clustered"},
    )
    level: Annotated[Share, Field(ge=LEVEL_MIN, le=LEVEL_MAX)] = Field(
        default=0.95, description="how often an interval is to cover the truth"
    )
    of: Literal["process", "population"] = Field(
        default="process",
        description="what is to be covered: the mean of the law that made the agents, or that of "
        "the agents that there are now",
    )
    widen: Annotated[
        list[Widening],
        BeforeValidator(as_list, json_schema_input_type=Widening | list[Widening]),
    ] = Field(
        default_factory=list,
        description="what intervals are widened for: the age of what is known, missing sources",
    )
    range: Annotated[
        list[Annotated[Number, Field(ge=-LARGEST, le=LARGEST)]], Field(min_length=2, max_length=2)
    ] = Field(
        default_factory=lambda: [-LARGEST, LARGEST],
        description="within which the mean of a missing agent is certain to be, in scales",
        json_schema_extra={"default": [-LARGEST, LARGEST]},
    )

    @field_validator("range")
    @classmethod
    def _in_order(cls, ends: list[float]) -> list[float]:
        low, high = ends
        if not low < high:
            raise ValueError(f"the lower end comes first: [{high:g}, {low:g}]")
        return ends


def _plain_is_interval(value: object) -> object:
    """A word alone is the method, and ``none`` says the same as an empty value."""
    return (
        {"interval": value} if isinstance(value, str) and value != "none" else none_is_absent(value)
    )


OptionalConfidence = Annotated[
    Confidence | None,
    BeforeValidator(
        _plain_is_interval,
        json_schema_input_type=Confidence | OneLook | Literal["sequence", "none"] | None,
    ),
]
"""A map, the method alone, or none."""
