"""The laws of delay: what one message waits on top of the way between the sites."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.quantities import (
    Block,
    Count,
    Duration,
    Number,
    Path,
    PositiveDuration,
    Share,
    Text,
    given,
    parse_duration,
    parse_positive_duration,
)


class ConstantLaw(Block):
    """Always the same delay. A plain duration says the same."""

    kind: Literal["constant"] = Field(description="always the same delay")
    value: Duration = Field(description="the delay")


class UniformLaw(Block):
    """Any delay between two ends, all equally likely."""

    kind: Literal["uniform"] = Field(description="any delay between two ends")
    low: Duration = given("0ms", parse_duration, "smallest delay")
    high: Duration = Field(description="largest delay, not below `low`")

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.high < self.low:
            raise ValueError("low must not be above high")
        return self


class NormalLaw(Block):
    """The bell curve, cut off at 0."""

    kind: Literal["normal"] = Field(description="the bell curve; what falls below 0 becomes 0")
    mean: Duration = Field(description="mean before the cut at 0")
    sd: Duration = Field(description="standard deviation before the cut at 0")


class ExponentialLaw(Block):
    """Memoryless delays."""

    kind: Literal["exponential"] = Field(description="memoryless delays")
    mean: PositiveDuration = Field(description="mean delay")


class LognormalLaw(Block):
    """Delays whose logarithm is normal: what most measured paths look like."""

    kind: Literal["lognormal"] = Field(description="the logarithm of the delay is normal")
    median: PositiveDuration = given("1ms", parse_positive_duration, "median delay")
    sigma: Number = Field(ge=0, le=5, description="standard deviation of the logarithm")


class ParetoExponentialLaw(Block):
    """A Pareto body with an exponential rest, as fitted to production stores.

    Source: Bailis et al., Probabilistically Bounded Staleness, VLDB 2012, table 3.
    """

    kind: Literal["pareto_exponential"] = Field(description="Pareto mixed with exponential")
    pareto_share: Share = Field(description="share of the messages that follow the Pareto law")
    scale: PositiveDuration = Field(description="smallest delay of the Pareto law (x_m)")
    alpha: Number = Field(gt=0, description="tail exponent of the Pareto law")
    mean: PositiveDuration = Field(description="mean of the exponential law")


class WeibullLaw(Block):
    """Times to failure and repair, as fitted to large systems."""

    kind: Literal["weibull"] = Field(description="times to failure and repair of large systems")
    shape: Number = Field(gt=0, le=20, description="below 1: many short ones and a few very long")
    scale: PositiveDuration = Field(description="what 63 % of them stay below")


class GammaLaw(Block):
    """A gamma law, the mean of which is shape times scale."""

    kind: Literal["gamma"] = Field(description="sums of memoryless times")
    shape: Number = Field(gt=0, le=1000, description="the mean over the scale")
    scale: PositiveDuration = Field(description="variance over mean")


class EmpiricalLaw(Block):
    """Delays, or other times, drawn from a measured sample."""

    kind: Literal["empirical"] = Field(description="delays drawn from a measured sample")
    path: Path = Field(
        description="CSV file (or .csv.gz), relative to the scenario, or $SIM_DATA/..."
    )
    column: Text | Count = Field(default=1, description="name or number (from 1) of its column")
    unit: Literal["ns", "us", "ms", "s", "min", "h", "d"] = Field(
        default="ms", description="unit of the numbers"
    )
    where: Text | None = Field(
        default=None,
        description="only rows with this value in another column",
        examples=["vendor=GCP"],
    )
    least: Duration | None = Field(default=None, description="leave out what is shorter")
    most: Duration | None = Field(default=None, description="leave out what is longer")
    missing: Literal["refuse", "skip"] = Field(
        default="refuse", description="skip: leave out rows where the cell is empty"
    )

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least must not be above most")
        return self


class RttExcessLaw(Block):
    """What half of each measured round trip exceeds the least of its pair of hosts by."""

    kind: Literal["rtt_excess"] = Field(description="how late measured round trips were")
    path: Path = Field(description="NPZ archive, relative to the scenario, or $SIM_DATA/...")
    array: Text = Field(
        description="name of its array: (hosts, hosts, times) or (times, pairs), 0 = not measured"
    )
    unit: PositiveDuration = given("1ms", parse_positive_duration, "what a number of 1 means")


AnyLaw = Annotated[
    ConstantLaw
    | UniformLaw
    | NormalLaw
    | ExponentialLaw
    | LognormalLaw
    | ParetoExponentialLaw
    | EmpiricalLaw
    | GammaLaw
    | RttExcessLaw
    | WeibullLaw,
    Field(discriminator="kind"),
]


def _plain_is_constant(value: object) -> object:
    return {"kind": "constant", "value": value} if isinstance(value, str) else value


LatencyLaw = Annotated[
    AnyLaw, BeforeValidator(_plain_is_constant, json_schema_input_type=AnyLaw | Duration)
]
