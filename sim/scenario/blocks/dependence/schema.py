"""What may be written about dependence and quantiles in baselines."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.schema.quantities import (
    Block,
    Count,
    Duration,
    OptionalDuration,
    Share,
    as_list,
    given,
    none_is_absent,
    parse_duration,
    plain_is_kind,
)

DIRECTIONS_MAX = 100_000
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def _kind_or_none(value: object) -> object:
    """A word alone says the same as a map with that ``kind``; ``none`` as an empty value."""
    return plain_is_kind(none_is_absent(value))


class Gathered(Block):
    """When something is gathered, and of which values."""

    lead: OptionalDuration = Field(
        default=None,
        description="how long before a publication the locals send theirs; left out = 400ms, or "
        "half of `publish` if that is less",
    )
    settle: Duration = given(
        "200ms",
        parse_duration,
        "how long before they send the window ends, so that what is in it has arrived",
    )
    window: OptionalDuration = Field(
        default=None,
        description="length of the window; left out = that of the baseline's finished panes",
    )


class Covariance(Gathered):
    """How features move together, over all reports of all agents."""

    kind: Literal["covariance"] = Field(description="the covariance of all features, exactly")


class OfSeries(Gathered):
    """How agents move together, in one feature."""

    feature: Count = Field(default=1, description="number of the feature, from 1")


class MeanCorrelation(OfSeries):
    """One number for all pairs."""

    kind: Literal["mean_correlation"] = Field(
        description="the mean correlation of all pairs of agents, exactly and without any pair"
    )


class Projection(OfSeries):
    """All pairs, from a few numbers of each agent."""

    kind: Literal["projection"] = Field(
        description="all pairs of agents, from random projections that all share"
    )
    k: Annotated[Count, Field(le=DIRECTIONS_MAX)] = Field(
        default=400, description="numbers of each agent"
    )


class FrequentDirections(OfSeries):
    """The directions in which most agents move."""

    kind: Literal["frequent_directions"] = Field(
        description="the few courses that most agents follow, with a bound on what is left out"
    )
    rows: Annotated[Count, Field(ge=2, le=DIRECTIONS_MAX)] = Field(
        default=20, description="directions that are kept"
    )


class Blocks(OfSeries):
    """Pairs near each other exactly, others by their groups."""

    kind: Literal["blocks"] = Field(
        description="all pairs below each local, and group means between locals"
    )


class AllPairs(OfSeries):
    """The flat way."""

    kind: Literal["all_pairs"] = Field(
        description="every series travels to the root, which correlates all pairs"
    )


AnyMethod = Annotated[
    AllPairs | Blocks | Covariance | FrequentDirections | MeanCorrelation | Projection,
    Field(discriminator="kind"),
]
_Methods = Literal[
    "all_pairs", "blocks", "covariance", "frequent_directions", "mean_correlation", "projection"
]
Dependence = Annotated[
    AnyMethod | None,
    BeforeValidator(
        _kind_or_none, json_schema_input_type=AnyMethod | _Methods | Literal["none"] | None
    ),
]


class Sketched(Gathered):
    """Quantiles of the values of all agents, feature by feature."""

    at: Annotated[
        list[Share], BeforeValidator(as_list, json_schema_input_type=Share | list[Share])
    ] = Field(
        default_factory=lambda: list(QUANTILES),
        min_length=1,
        description="the quantiles that are read",
        json_schema_extra={"default": list(QUANTILES)},
    )


class DDSketch(Sketched):
    """Buckets of relative width: merging knows no order."""

    kind: Literal["ddsketch"] = Field(description="right within a share of the value")
    accuracy: Annotated[Share, Field(ge=1e-6, le=0.5)] = Field(
        default=0.01, description="largest error of a value, relatively"
    )


class KLL(Sketched):
    """A random sample by levels of weight, the same for the same seed."""

    kind: Literal["kll"] = Field(description="right within a share of the ranks")
    k: Annotated[Count, Field(ge=8, le=65535)] = Field(
        default=200, description="size: the larger, the smaller the error of a rank"
    )


AnySketch = Annotated[DDSketch | KLL, Field(discriminator="kind")]
Quantiles = Annotated[
    AnySketch | None,
    BeforeValidator(
        _kind_or_none,
        json_schema_input_type=AnySketch | Literal["ddsketch", "kll", "none"] | None,
    ),
]
