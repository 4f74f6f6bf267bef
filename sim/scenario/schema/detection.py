"""How anomalies are looked for: the rule that scores, whose normal it knows, and who decides."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.detectors import AnyDetector
from sim.scenario.schema.quantities import (
    Block,
    Duration,
    Number,
    OptionalDuration,
    PositiveDuration,
    Share,
    given,
    parse_duration,
    parse_positive_duration,
    plain_is_kind,
)

_Alpha = Annotated[Share, Field(gt=0, lt=1)]


class Threshold(Block):
    """An alarm is a score above a fixed bound."""

    kind: Literal["threshold"] = Field(description="an alarm is a score above a bound")
    quantile: Annotated[Share, Field(gt=0, lt=1)] | None = Field(
        default=None, description="the bound, as a quantile of the scores while calibrating"
    )
    score: Number | None = Field(default=None, description="or: the bound itself")

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        if (self.quantile is None) == (self.score is None):
            raise ValueError("needs either `quantile` or `score`")
        return self


class BenjaminiHochberg(Block):
    """Benjamini-Hochberg on conformal p-values: bounds the share of false alarms."""

    kind: Literal["bh"] = Field(description="Benjamini-Hochberg on conformal p-values")
    alpha: _Alpha = Field(default=0.05, description="share of false alarms that is good enough")


class EBenjaminiHochberg(Block):
    """Benjamini-Hochberg on e-values: holds under any dependence."""

    kind: Literal["e_bh"] = Field(description="Benjamini-Hochberg on e-values, any dependence")
    alpha: _Alpha = Field(default=0.05, description="share of false alarms that is good enough")


AnyControl = Annotated[
    Threshold | BenjaminiHochberg | EBenjaminiHochberg, Field(discriminator="kind")
]
Control = Annotated[
    AnyControl,
    BeforeValidator(plain_is_kind, json_schema_input_type=AnyControl | Literal["bh", "e_bh"]),
]
Detector = Annotated[
    AnyDetector,
    BeforeValidator(
        plain_is_kind,
        json_schema_input_type=AnyDetector
        | Literal["cusum", "lr_e_process", "mahalanobis", "pca", "peers", "z"],
    ),
]


class Detection(Block):
    """Detection at the aggregators next to the agents, on what arrived."""

    detector: Detector = Field(description="the rule that turns values into scores")
    scope: Literal["own", "local", "region", "population"] | None = Field(
        default=None,
        description="whose normal an agent is held against; left out = population, or local for "
        "mahalanobis, pca and peers",
    )
    control: Control = Field(
        default_factory=lambda: BenjaminiHochberg(kind="bh"),
        description="from scores to alarms",
        json_schema_extra={"default": {"kind": "bh", "alpha": "5%"}},
    )
    decide: Literal["local", "region", "root"] = Field(
        default="root", description="the node that decides, over all agents below it"
    )
    every: PositiveDuration = given(
        "500ms", parse_positive_duration, "how often scores are sent up, and decisions made"
    )
    wait: OptionalDuration = Field(
        default=None,
        description="from the sending of scores to the decision: what arrives later counts the "
        "next time; left out = 200ms, or half of `every` if that is less",
    )
    learn: Duration = given(
        "10s", parse_duration, "values of this time make up an agent's own history"
    )
    calibrate: Duration = given(
        "5s", parse_duration, "scores of the time after say what is normal; then decisions begin"
    )
