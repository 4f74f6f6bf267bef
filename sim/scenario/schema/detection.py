"""How anomalies are looked for: the rule that scores, whose normal it knows, and who decides."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.schema.detectors import AnyDetector
from sim.scenario.schema.procedures import AnyControl as AnyControl
from sim.scenario.schema.procedures import BenjaminiHochberg, Control
from sim.scenario.schema.quantities import (
    Block,
    Count,
    Duration,
    OptionalDuration,
    PositiveDuration,
    given,
    parse_duration,
    parse_positive_duration,
    plain_is_kind,
)

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
    witnesses: Count = Field(
        default=1,
        description="locals that each agent reports to, its own and others of the same regional; "
        "with an odd number, fewer than half of them cannot make up an alarm",
    )
