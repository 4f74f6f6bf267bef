"""How one baseline is made of what all say: the robust rules, and what they are given.

The options of an estimator are those of its rule in `sim.stats.robust` (a contract test compares
them); `mix` is nearest-neighbour mixing, which can go before any of them.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.quantities import (
    Block,
    Count,
    Flag,
    Number,
    OptionalDuration,
    Share,
    Whole,
    plain_is_kind,
)


class Estimator(Block):
    """What every robust rule has."""

    mix: Flag = Field(
        default=False, description="first replace each item by the mean of its nearest neighbours"
    )


class MeanOfAll(Estimator):
    """The mean, to compare with: it withstands no liar."""

    kind: Literal["mean"] = Field(description="the mean, to compare with: withstands no liar")


class Median(Estimator):
    """The median of each feature."""

    kind: Literal["median"] = Field(description="the median of each feature")


class TrimmedMean(Estimator):
    """The mean of each feature without a share f at either end."""

    kind: Literal["trimmed_mean"] = Field(description="the mean without a share f at either end")


class MedianOfMeans(Estimator):
    """The median of the means of buckets."""

    kind: Literal["median_of_means"] = Field(description="the median of the means of buckets")
    buckets: Whole = Field(default=0, description="at least so many; never fewer than 2 f + 1")


class GeometricMedian(Estimator):
    """The point with the least sum of distances."""

    kind: Literal["geometric_median"] = Field(description="the point nearest to all (Weiszfeld)")
    iterations: Annotated[Count, Field(le=10_000)] = Field(
        default=200, description="at most so many steps"
    )
    smoothing: Number = Field(
        default=1e-6, gt=0, description="least distance that counts, in median distances"
    )


class Neighbours(Estimator):
    """A rule that scores items by their nearest neighbours."""

    others: Annotated[int, Field(ge=1, le=2, strict=True)] = Field(
        default=2, description="n - f - others neighbours count: 2 as first published, or 1"
    )


class Krum(Neighbours):
    """The one item with the nearest neighbours."""

    kind: Literal["krum"] = Field(description="the one item with the nearest neighbours")


class MultiKrum(Neighbours):
    """The mean of the n - f items with the nearest neighbours."""

    kind: Literal["multi_krum"] = Field(description="the mean of the n - f best items of krum")


class Bulyan(Estimator):
    """Krum again and again, then what is nearest to the median."""

    kind: Literal["bulyan"] = Field(description="krum repeated, then a mean around the median")


class CentredClipping(Estimator):
    """A mean in which no item pulls farther than a radius."""

    kind: Literal["centred_clipping"] = Field(description="a mean with the pull of each clipped")
    radius: Number = Field(default=1.0, gt=0, description="the longest pull, in median distances")
    iterations: Annotated[Count, Field(le=10_000)] = Field(default=5, description="so many steps")


class SpectralFilter(Estimator):
    """The mean of what is left when suspicious directions are cleared."""

    kind: Literal["spectral_filter"] = Field(description="drops items along suspicious directions")
    slack: Number = Field(default=1.0, gt=0, description="how suspicious a direction must be")


AnyEstimator = Annotated[
    Bulyan
    | CentredClipping
    | GeometricMedian
    | Krum
    | MeanOfAll
    | Median
    | MedianOfMeans
    | MultiKrum
    | SpectralFilter
    | TrimmedMean,
    Field(discriminator="kind"),
]
_Words = Literal[
    "bulyan",
    "centred_clipping",
    "geometric_median",
    "krum",
    "mean",
    "median",
    "median_of_means",
    "multi_krum",
    "spectral_filter",
    "trimmed_mean",
]
AnyEstimatorOrWord = Annotated[
    AnyEstimator,
    BeforeValidator(plain_is_kind, json_schema_input_type=AnyEstimator | _Words),
]


class Mean(Block):
    """Exact moments of all that is known; it withstands no liar."""

    kind: Literal["mean"] = Field(description="the exact mean of all")


class Withstanding(Block):
    """A rule that withstands liars."""

    estimator: AnyEstimatorOrWord = Field(
        default_factory=lambda: Median(kind="median"),
        description="the robust rule: a name, or a map with its options",
        json_schema_extra={"default": "median"},
    )
    f: Annotated[Share, Field(lt=0.5)] = Field(
        default=0.2, description="share of liars that is tolerated, less than half"
    )
    over: Literal["sample", "sketch", "nested"] = Field(
        default="sample",
        description="what the rule is given: a sample of agents, a quantile sketch of all, or, "
        "tier by tier, what it made of each child",
    )
    sample: Annotated[Count, Field(le=1_000_000)] = Field(
        default=400, description="agents in the sample"
    )
    accuracy: Annotated[Share, Field(ge=1e-6, le=0.5)] = Field(
        default=0.01, description="relative accuracy of the sketch"
    )
    lead: OptionalDuration = Field(
        default=None,
        description="how long before a publication digests are sent; left out = 400ms, or half of "
        "`publish` if that is less",
    )
    quorum: Flag = Field(
        default=False, description="locals take the first n - f agents of a round, not all"
    )

    @model_validator(mode="after")
    def _a_sketch_knows_ranks_only(self) -> Self:
        kind = self.estimator.kind
        if self.over == "sketch" and (kind not in ("median", "trimmed_mean") or self.estimator.mix):
            what = f"mixing before {kind}" if self.estimator.mix else kind
            raise ValueError(
                f"a sketch can do median and trimmed_mean, not {what}: say `over: sample`"
            )
        return self


class GuardedMean(Withstanding):
    """The exact mean while it lies near the robust one, else that one and an alert."""

    kind: Literal["guarded_mean"] = Field(
        description="the exact mean while it lies near the robust one, else that and an alert"
    )
    false_alerts: Annotated[Share, Field(gt=0, lt=1)] = Field(
        default=0.01, description="probability of an alert at a publication if nobody lies"
    )
    let_through: Annotated[Share, Field(lt=0.5)] | None = Field(
        default=None,
        description="share of liars whose pull on the exact mean raises no alert; 0 % = none does, "
        "left out = f",
    )


class Robust(Withstanding):
    """What the estimator says, always."""

    kind: Literal["robust"] = Field(description="what the robust rule says, always")


AnyRule = Annotated[Mean | GuardedMean | Robust, Field(discriminator="kind")]
Rule = Annotated[
    AnyRule,
    BeforeValidator(
        plain_is_kind,
        json_schema_input_type=AnyRule | Literal["mean", "guarded_mean", "robust"],
    ),
]
