"""Who lies, how, and when.

An adversary holds from `from` (included) to `until`, or `for` so long (excluded); without either it
lies to the end of the run. Its candidates are all nodes of one tier (``agents``, ``locals``,
``regionals``, ``tier-4``...) or named nodes of one tier; `share` and `budget` say how many of them
lie. Which tiers can do what stands in the catalogue; the class of each kind is in `sim.adversary`.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.schema.faults import Selectors
from sim.scenario.schema.quantities import (
    Block,
    Count,
    DeviationRate,
    Deviations,
    Duration,
    Number,
    PositiveDuration,
    Share,
    Text,
    Whole,
    given,
    parse_duration,
    parse_positive_duration,
)
from sim.units import parse_deviations

_PositiveShare = Annotated[Share, Field(gt=0)]


class Adversary(Block):
    """What every adversary has."""

    where: Selectors = Field(
        description="who may lie: agents, locals, regionals, tier-4 ..., or nodes of one tier such "
        "as local-3"
    )
    under: Selectors | None = Field(
        default=None, description="only those below these aggregators; left out = everywhere"
    )
    share: Share | None = Field(
        default=None, description="how many of them lie; left out = all; 0% = nobody"
    )
    budget: Whole | None = Field(
        default=None, description="the most that lie, whatever the share; left out = no limit"
    )
    placement: Literal["random", "clustered", "worst"] | None = Field(
        default=None,
        description="which of them: by chance, whole groups of siblings, or where nested rules are "
        "weakest; left out = random, or what the attack is made for",
    )
    knows: Literal["own", "group", "all"] | None = Field(
        default=None,
        description="what they see: their own values, those of their group, or of all correct "
        "agents; left out = all for attacks that look at others, else own",
    )
    group: Text | None = Field(
        default=None, description="adversaries with the same name act together; left out = alone"
    )
    begin: Duration = Field(
        default=0,
        alias="from",
        description="when it begins, from the start of the run",
        json_schema_extra={"default": "0s"},
    )
    until: PositiveDuration | None = Field(
        default=None, description="when it ends, from the start of the run; left out = never"
    )
    lasting: PositiveDuration | None = Field(
        default=None, alias="for", description="or: how long after `from` it ends"
    )

    @model_validator(mode="after")
    def _ends_once(self) -> Self:
        if self.until is not None and self.lasting is not None:
            raise ValueError("needs only one of `until` and `for`")
        return self

    @model_validator(mode="after")
    def _not_everybody_by_accident(self) -> Self:
        limits = (self.share, self.budget, self.under)
        if self.where == ["agents"] and all(limit is None for limit in limits):
            raise ValueError("needs a `share`, a `budget` or `under`: else every agent lies")
        return self


class Pushing(Adversary):
    """An attack that claims a value of its own choice."""

    to: Deviations = given("5sd", parse_deviations, "the value, in sd between correct agents")


class Shifting(Adversary):
    """An attack of an aggregator on all that is below it."""

    by: Deviations = given("5sd", parse_deviations, "how far, in sd between correct agents")


class ChurnStorm(Adversary):
    """Leaves and joins in turns, to set off whatever reacts to that."""

    kind: Literal["churn_storm"] = Field(description="leaves and joins in turns")
    every: PositiveDuration = given(
        "1s", parse_positive_duration, "from leaving to joining, and from joining to leaving"
    )


class CountInflation(Pushing):
    """Claims far more values than it can have measured."""

    kind: Literal["count_inflation"] = Field(description="claims far more values than possible")
    times: Count = Field(default=1000, description="so many times as many")


class DelayToBound(Adversary):
    """Every report arrives just within the bound on staleness."""

    kind: Literal["delay_to_bound"] = Field(description="reports as late as the bound allows")
    margin: Duration = given("10ms", parse_duration, "how long before the bound they arrive")


class Drop(Adversary):
    """An aggregator leaves some of its children out."""

    kind: Literal["drop"] = Field(description="an aggregator leaves children out")
    of: _PositiveShare = Field(default=0.5, description="share of its children")


class Equivocate(Shifting):
    """An aggregator tells different things to different peers."""

    kind: Literal["equivocate"] = Field(description="tells its parent this and everybody else that")


class FastLiar(Pushing):
    """Answers first, so that slow correct agents miss the quorum."""

    kind: Literal["fast_liar"] = Field(description="answers first, to fill the quorum with lies")


class FloodAlarms(Adversary):
    """Scores that no correct agent could have: p = 0, e = infinite."""

    kind: Literal["flood_alarms"] = Field(
        description="reports p = 0 or e = infinite for its agents"
    )
    of: _PositiveShare = Field(default=1.0, description="share of the agents below it")


class Forge(Shifting):
    """An aggregator shifts the sums of its whole subtree."""

    kind: Literal["forge"] = Field(description="an aggregator shifts the sums of its subtree")
    how: Literal["sum", "leaves"] = Field(
        default="sum", description="what it forges in a commitment: the sum, or all it adds up"
    )


class GroupCapture(Pushing):
    """A push from the places in which nested rules can be outvoted."""

    kind: Literal["group_capture"] = Field(description="pushes from where nested rules are weakest")


class ImportanceFlood(Adversary):
    """Sends each report many times over."""

    kind: Literal["importance_flood"] = Field(description="sends every report many times over")
    times: Count = Field(default=10, description="copies of each report")


class InnerProduct(Adversary):
    """Inner-product manipulation: a small step against the mean."""

    kind: Literal["inner_product"] = Field(description="-tau times the mean of correct agents")
    tau: Number = Field(default=0.1, gt=0, description="how large the step against the mean is")


class LittleIsEnough(Adversary):
    """A little is enough: just within the spread of correct agents."""

    kind: Literal["little_is_enough"] = Field(description="hides within the spread of correct ones")
    z: Number | Literal["auto"] = Field(
        default="auto", description="deviations off the mean; auto = the most that a majority hides"
    )


class MaxForSum(Adversary):
    """An aggregator reports its largest child in place of the sum."""

    kind: Literal["max_for_sum"] = Field(description="reports its largest child for the sum of all")


class Mimic(Adversary):
    """All liars repeat one correct agent, which so counts many times."""

    kind: Literal["mimic"] = Field(description="repeats what one correct agent says")


class Within(Adversary):
    """An attack that stays within the distances between correct agents."""

    direction: Literal["sd", "unit", "sign"] = Field(
        default="sd", description="which way from the mean: against its sd, itself, or its signs"
    )


class MinMax(Within):
    """As far off as the largest distance between correct agents allows."""

    kind: Literal["min_max"] = Field(description="within the largest distance of correct agents")


class MinSum(Within):
    """As far off as the largest sum of distances between correct agents allows."""

    kind: Literal["min_sum"] = Field(description="within the largest sum of distances")


class Push(Pushing):
    """The same far-off value from all."""

    kind: Literal["push"] = Field(description="says the same far-off value, whatever was measured")


class SelectiveSilence(Adversary):
    """Withholds what would pull the mean the wrong way."""

    kind: Literal["selective_silence"] = Field(description="withholds values of one side")
    side: Literal["high", "low"] = Field(default="low", description="which values are withheld")


class SignFlip(Adversary):
    """The mean of correct agents with the opposite sign."""

    kind: Literal["sign_flip"] = Field(description="the mean of correct agents, sign reversed")
    scale: Number = Field(default=1.0, gt=0, description="so many times as large")


class Silence(Adversary):
    """Sends nothing."""

    kind: Literal["silence"] = Field(description="sends nothing")


class Sleeper(Pushing):
    """Lies and behaves in turns, so that a reputation never falls."""

    kind: Literal["sleeper"] = Field(description="is correct and pushes in turns")
    on: PositiveDuration = given("5s", parse_positive_duration, "how long it lies")
    off: PositiveDuration = given("5s", parse_positive_duration, "how long it is correct, first")


class SlowPoison(Adversary):
    """Drags the baseline away below every alarm."""

    kind: Literal["slow_poison"] = Field(description="drags values away below every alarm")
    rate: DeviationRate = Field(
        default=0.03,
        description="how fast, in sd between correct agents",
        json_schema_extra={"default": "0.03sd/s"},
    )


class StaleReplay(Adversary):
    """Sends old values again, as new ones."""

    kind: Literal["stale_replay"] = Field(description="sends old values again as new ones")
    by: PositiveDuration = given("10s", parse_positive_duration, "how old they are")


class Sybil(Pushing):
    """Many identities of few owners, which appear when it begins."""

    kind: Literal["sybil"] = Field(description="many identities of few owners appear, and push")
    identities: Count = Field(default=10, description="identities of each owner")


class VarianceDeflation(Adversary):
    """Claims to know everything exactly."""

    kind: Literal["variance_deflation"] = Field(description="claims that its values have no spread")


class VersionJump(Adversary):
    """Claims the largest version there is."""

    kind: Literal["version_jump"] = Field(description="claims the largest version that there is")


AnyAdversary = Annotated[
    ChurnStorm
    | CountInflation
    | DelayToBound
    | Drop
    | Equivocate
    | FastLiar
    | FloodAlarms
    | Forge
    | GroupCapture
    | ImportanceFlood
    | InnerProduct
    | LittleIsEnough
    | MaxForSum
    | Mimic
    | MinMax
    | MinSum
    | Push
    | SelectiveSilence
    | SignFlip
    | Silence
    | Sleeper
    | SlowPoison
    | StaleReplay
    | Sybil
    | VarianceDeflation
    | VersionJump,
    Field(discriminator="kind"),
]
