"""What may be written about a tree that changes."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.quantities import (
    Block,
    Count,
    Duration,
    Flag,
    Nanoseconds,
    OptionalDuration,
    Period,
    PositiveDuration,
    Share,
    Whole,
    given,
    parse_duration,
    parse_period,
    parse_positive_duration,
)


def _coming(value: object) -> int | None:
    """The mean time between two of them in nanoseconds, None for nobody."""
    if value is None or value == "none":
        return None
    try:
        return parse_period(value)
    except ValueError as error:
        raise ValueError(f"{error}; say none for nobody") from error


Coming = Annotated[
    int | None,
    BeforeValidator(_coming, json_schema_input_type=Period | Literal["none"] | None),
    Nanoseconds(),
]


class Children(Block):
    """How many children a node is to have."""

    min: Count = Field(description="below this it borrows children, or merges")
    max: Count = Field(description="above this it splits")
    slack: Whole | None = Field(
        default=None,
        description="how far from both it must stay after an operation it took part in; "
        "left out = the most with which bounds do not thrash",
    )

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self


class Evolution(Block):
    """The tree splits, merges and borrows as agents join and leave."""

    locals: Children = Field(
        default_factory=lambda: Children(min=10, max=50),
        description="agents of a local",
        json_schema_extra={"default": {"min": 10, "max": 50}},
    )
    regionals: Children = Field(
        default_factory=lambda: Children(min=5, max=15),
        description="children of every aggregator above the locals, except the root",
        json_schema_extra={"default": {"min": 5, "max": 15}},
    )
    start: Annotated[Share, Field(gt=0)] = Field(
        default=0.5, description="share of the agents that are there at the start"
    )
    joins: Coming = Field(default=None, description="how often an agent joins, by chance")
    leaves: Coming = Field(default=None, description="how often an agent leaves, by chance")
    at: Duration = given("0s", parse_duration, "when coming and going begins")
    until: OptionalDuration = Field(default=None, description="when it ends; left out = never")
    epoch: PositiveDuration = given(
        "10s", parse_positive_duration, "how often the tree may change; a multiple of the pane"
    )
    borrow: Flag = Field(default=True, description="a node too small borrows before it merges")
    place: Literal["random", "least_loaded"] = Field(
        default="random", description="where an agent goes that joins"
    )
    shuffle: Flag = Field(
        default=False, description="all agents are placed anew, by chance, in every epoch"
    )
    adapt: Flag = Field(default=False, description="anomalies change the tree; needs `detection`")
