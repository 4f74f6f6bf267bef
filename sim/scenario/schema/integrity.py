"""What is done against liars beside robust rules: registry, attestation, evidence with bounds."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.schema.quantities import (
    Block,
    Deviations,
    Duration,
    Flag,
    Number,
    PositiveDuration,
    Share,
    Whole,
    given,
    none_is_absent,
    parse_duration,
    parse_positive_duration,
)
from sim.units import parse_deviations


class Registry(Block):
    """What parents know of their children without asking them."""

    refuse: Flag = Field(default=True, description="reports that claim what cannot be are refused")
    admission: Literal["open", "one_per_owner"] = Field(
        default="open", description="who may join: everybody, or one identity for each owner"
    )


class Attest(Block):
    """The statistical Merkle tree: commit, watch, attest, convict."""

    every: PositiveDuration = given(
        "10s", parse_positive_duration, "how often the tree commits to what it sums up"
    )
    step: PositiveDuration = given(
        "100ms", parse_positive_duration, "from the commitments of one tier to those of the next"
    )
    watchers: Whole = Field(
        default=6, description="agents that recompute what each aggregator commits to"
    )
    audits: Whole = Field(
        default=0, description="children that an auditor checks of each aggregator and round"
    )
    agents_check: Flag = Field(
        default=True, description="every agent checks that it was counted, and acknowledges"
    )
    replace: Flag = Field(
        default=True,
        description="a convicted aggregator is replaced, and baselines are rolled back",
    )
    replace_after: Duration = given(
        "1s", parse_duration, "from a conviction to the replacement's first report"
    )


class Evidence(Block):
    """Evidence for a shift below each aggregator, as log-odds with bounds against liars."""

    effect: Deviations = given(
        "0.5sd", parse_deviations, "the shift that is looked for, in sd of the baseline"
    )
    threshold: Annotated[Number, Field(gt=0)] = Field(
        default=6.9, description="log-odds, in nats, from which there is an alarm"
    )
    f: Annotated[Share, Field(lt=0.5)] = Field(
        default=0.2, description="share of agents of a local that may lie, less than half"
    )
    cap: Annotated[
        Annotated[Number, Field(gt=0)] | None,
        BeforeValidator(none_is_absent, json_schema_input_type=float | Literal["none"] | None),
    ] = Field(
        default=None,
        description="largest magnitude of one agent's evidence, in nats; none = no limit",
    )
