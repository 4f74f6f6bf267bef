"""What is wrong on purpose with what some agents measure, and when.

An anomaly holds from `at` (included) to `until`, or `for` so long (excluded); without either it
lasts to the end of the run. Agents are named by the selectors of faults; the name of an aggregator
or of a region stands for all agents below it.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.faults import Selectors
from sim.scenario.schema.quantities import (
    Block,
    Count,
    Deviations,
    Duration,
    Number,
    PositiveDuration,
    as_list,
    given,
    parse_duration,
)


def _number_is_list(value: object) -> object:
    return value if isinstance(value, str) else as_list(value)


Features = Annotated[
    Literal["all"] | Annotated[list[Count], Field(min_length=1)],
    BeforeValidator(_number_is_list, json_schema_input_type=Literal["all"] | Count | list[Count]),
]


class Anomaly(Block):
    """What every anomaly has."""

    agents: Selectors = Field(description="who is anomalous: a selector such as 2% or local-3")
    at: Duration = Field(description="when it begins, from the start of the run")
    until: PositiveDuration | None = Field(
        default=None, description="when it ends, from the start of the run; left out = never"
    )
    lasting: PositiveDuration | None = Field(
        default=None, alias="for", description="or: how long after `at` it ends"
    )
    jitter: Duration = given(
        "0s", parse_duration, "each agent begins later by a time of its own, at most this"
    )

    @model_validator(mode="after")
    def _ends_once(self) -> Self:
        if self.until is not None and self.lasting is not None:
            raise ValueError("needs only one of `until` and `for`")
        return self


class FeatureAnomaly(Anomaly):
    """An anomaly that may hit some features only."""

    features: Features = Field(
        default="all", description="which features: all, or a list of numbers (from 1)"
    )


class Shift(FeatureAnomaly):
    """The level of the values jumps."""

    kind: Literal["shift"] = Field(description="the level jumps")
    size: Deviations = Field(description="how far, in deviations of the agent's own values")


class Scale(FeatureAnomaly):
    """Values swing wider, or less, around the agent's own level."""

    kind: Literal["scale"] = Field(description="values swing wider, or less, around their level")
    factor: Number = Field(
        ge=0, description="deviations from the level become so many times larger"
    )


class Ramp(FeatureAnomaly):
    """The level of the values creeps away."""

    kind: Literal["ramp"] = Field(description="the level creeps away, slowly")
    size: Deviations = Field(description="how far it gets, in deviations of its own values")


class Freeze(FeatureAnomaly):
    """The last value before the anomaly is repeated."""

    kind: Literal["freeze"] = Field(description="the last value is repeated")


class Zero(FeatureAnomaly):
    """All values are 0."""

    kind: Literal["zero"] = Field(description="all values are 0")


class Impersonate(Anomaly):
    """Agents send what other agents measured."""

    kind: Literal["impersonate"] = Field(
        description="an agent sends what another, before it in number, measured a report earlier"
    )


class Decorrelate(FeatureAnomaly):
    """Features no longer go together, though each of them looks normal."""

    kind: Literal["decorrelate"] = Field(
        description="features no longer go together, though each looks normal"
    )
    reports: Annotated[Count, Field(ge=2, le=10_000)] = Field(
        default=64, description="each feature comes from one of so many last reports"
    )


AnyAnomaly = Annotated[
    Shift | Scale | Ramp | Freeze | Zero | Impersonate | Decorrelate, Field(discriminator="kind")
]
