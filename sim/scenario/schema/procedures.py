"""From scores to alarms: a bound on the score, or one of the multiple testing procedures."""

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.quantities import (
    Block,
    Count,
    Number,
    OptionalCount,
    Share,
    plain_is_kind,
)

ROUNDS_MAX: Final = 2048
"""So many reach everybody around a ring of the most locals that can exchange anything."""
_Alpha = Annotated[Share, Field(gt=0, lt=1)]


class _Limited(Block):
    quota: OptionalCount = Field(
        default=None,
        description="most alarms that agents of one local get in a decision, as a cap on what it "
        "can do if it lies; left out, or none = no limit",
    )


class _OfDecision(_Limited):
    alpha: _Alpha = Field(default=0.05, description="share of false alarms that is good enough")


class _OfRun(_Limited):
    alpha: _Alpha = Field(
        default=0.05, description="share of false alarms, of all so far, that is good enough"
    )


class Threshold(_Limited):
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


class BenjaminiHochberg(_OfDecision):
    """Benjamini-Hochberg on conformal p-values: bounds the share of false alarms."""

    kind: Literal["bh"] = Field(description="Benjamini-Hochberg on conformal p-values")


class BenjaminiYekutieli(_OfDecision):
    """Benjamini-Yekutieli on conformal p-values: holds under any dependence, and finds less."""

    kind: Literal["by"] = Field(description="Benjamini-Yekutieli, any dependence")


class Bonferroni(_Limited):
    """Bonferroni on conformal p-values: bounds the probability of any false alarm."""

    kind: Literal["bonferroni"] = Field(
        description="Bonferroni: any false alarm in a decision is unlikely, any dependence"
    )
    alpha: _Alpha = Field(
        default=0.05, description="probability of any false alarm that is good enough"
    )


class EBenjaminiHochberg(_OfDecision):
    """Benjamini-Hochberg on e-values: holds under any dependence."""

    kind: Literal["e_bh"] = Field(description="Benjamini-Hochberg on e-values, any dependence")


class ProportionMatching(_OfDecision):
    """Benjamini-Hochberg at each local, at a level that its deciding node works out for it."""

    kind: Literal["proportion_matching"] = Field(
        description="Benjamini-Hochberg at each local, its level matched above; many agents a local"
    )


class Qute(_OfDecision):
    """QuTE: each local tests its own agents with what it has heard of those of other locals."""

    kind: Literal["qute"] = Field(
        description="QuTE: locals decide, and exchange p-values and verdicts with each other"
    )
    graph: Literal["siblings", "ring", "all"] = Field(
        default="siblings",
        description="who tells whom: the locals of one regional, the next ones in order, or all",
    )
    rounds: Annotated[Count, Field(le=ROUNDS_MAX)] = Field(
        default=1,
        description="how often all that is known is passed on, and then what was rejected: "
        "`wait` is divided into twice as many equal parts",
    )


class LordPlusPlus(_OfRun):
    """LORD++: one agent after the other, over all of the run; every alarm pays for more tests."""

    kind: Literal["lord"] = Field(description="LORD++, online: one test after the other")


class Saffron(_OfRun):
    """SAFFRON: online, and finds more where many agents are anomalous."""

    kind: Literal["saffron"] = Field(description="SAFFRON, online, for many anomalies")


class Addis(_OfRun):
    """ADDIS: online, for agents that are missing or too normal."""

    kind: Literal["addis"] = Field(description="ADDIS, online, for p-values that are too large")


class ELond(_OfRun):
    """e-LOND: online on e-values, under any dependence."""

    kind: Literal["e_lond"] = Field(description="e-LOND, online on e-values, any dependence")


AnyControl = Annotated[
    Threshold
    | BenjaminiHochberg
    | BenjaminiYekutieli
    | Bonferroni
    | EBenjaminiHochberg
    | ProportionMatching
    | Qute
    | LordPlusPlus
    | Saffron
    | Addis
    | ELond,
    Field(discriminator="kind"),
]
_Plain = Literal[
    "addis",
    "bh",
    "bonferroni",
    "by",
    "e_bh",
    "e_lond",
    "lord",
    "proportion_matching",
    "qute",
    "saffron",
]
Control = Annotated[
    AnyControl, BeforeValidator(plain_is_kind, json_schema_input_type=AnyControl | _Plain)
]
