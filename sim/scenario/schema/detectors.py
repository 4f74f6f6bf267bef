"""The rules that turn values into scores; what each computes is told in docs/detection.md."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.quantities import (
    Block,
    Count,
    Deviations,
    Flag,
    Number,
    OptionalDuration,
    PositiveDuration,
    Share,
    none_is_absent,
)

_Cap = Annotated[
    Annotated[Number, Field(gt=0)] | None,
    BeforeValidator(none_is_absent, json_schema_input_type=float | Literal["none"] | None),
]
_CAP = "deviations beyond so many count as this many; none = no limit"


class Detector(Block):
    """What every detector has."""

    floor: Number = Field(
        default=0.01, ge=0, description="smallest standard deviation of a feature, in scales"
    )


class Capped(Detector):
    """A detector in which no single deviation counts without limit."""

    cap: _Cap = Field(default=10.0, description=_CAP)


class Pooled(Capped):
    """A detector that makes one score of the deviations of all features."""

    pool: Literal["top", "mean", "rms", "max"] = Field(
        default="top", description="how features become one score: mean of the top few, of all, ..."
    )
    top: Count = Field(default=5, description="how many features the pool `top` takes")


class Z(Pooled):
    """Deviation of the newest value."""

    kind: Literal["z"] = Field(description="deviation of the newest value")


class EwmaZ(Pooled):
    """Deviation of an exponentially weighted level."""

    kind: Literal["ewma_z"] = Field(description="deviation of an exponentially weighted level")
    half_life: PositiveDuration = Field(description="after this time a value counts half")


class EwmaResidual(Pooled):
    """Distance of the newest value from the level before it."""

    kind: Literal["ewma_residual"] = Field(
        description="distance of the newest value from the agent's level before it"
    )
    half_life: PositiveDuration = Field(description="after this time a value counts half")
    spread: Literal["baseline", "own"] = Field(
        default="baseline", description="whose standard deviation distances are divided by"
    )
    pool: Literal["top", "mean", "rms", "max"] = Field(
        default="rms", description="how features become one score"
    )


class Cusum(Capped):
    """Cumulative sum of what deviations exceed `k` by (Page)."""

    kind: Literal["cusum"] = Field(description="cumulative sum of deviations, per feature (Page)")
    k: Number = Field(default=0.5, ge=0, description="deviations below this many sd do not count")


class Mahalanobis(Detector):
    """Distance that knows how features go together."""

    kind: Literal["mahalanobis"] = Field(description="distance that knows correlations")
    shrinkage: Annotated[Share, Field(ge=1e-6)] = Field(
        default=0.1, description="share by which correlations are drawn towards none"
    )
    cap: _Cap = Field(default=None, description=_CAP)


class Pca(Capped):
    """What the main directions of normal values leave over."""

    kind: Literal["pca"] = Field(description="distance from the main directions of normal values")
    keep: Annotated[Share, Field(gt=0)] = Field(
        default=0.9, description="share of the variance that the main directions hold"
    )
    statistic: Literal["reconstruction", "hotelling"] = Field(
        default="reconstruction", description="distance from the directions, or along them"
    )


class Peers(Pooled):
    """Deviation from the other agents of the same local aggregator at that moment."""

    kind: Literal["peers"] = Field(description="deviation from the other agents of its local")
    robust: Flag = Field(default=False, description="median and MAD in place of mean and sd")
    smallest_group: Annotated[Count, Field(ge=3)] = Field(
        default=5, description="in smaller groups nobody gets a score"
    )


class LrEProcess(Capped):
    """Likelihood ratio of a shift, as an e-value that may be looked at at any time."""

    kind: Literal["lr_e_process"] = Field(description="likelihood ratio of a shift, as an e-value")
    size: Deviations = Field(default=1.0, gt=0, description="the shift that it is built for")
    sign: Literal["both", "up", "down"] = Field(default="both", description="which way it looks")
    onset: Literal["start", "any"] = Field(
        default="start", description="whether a shift begins with the window, or anywhere in it"
    )
    restart: OptionalDuration = Field(
        default=None, description="how often evidence begins anew (the window); none = never"
    )

    @model_validator(mode="after")
    def _any_onset_has_a_window(self) -> Self:
        if self.onset == "any" and self.restart is None:
            raise ValueError("an onset anywhere in the window needs `restart`, the window")
        return self


AnyDetector = Annotated[
    Z | EwmaZ | EwmaResidual | Cusum | Mahalanobis | Pca | Peers | LrEProcess,
    Field(discriminator="kind"),
]
