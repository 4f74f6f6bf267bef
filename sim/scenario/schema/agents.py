"""Who is watched: how many agents, what they send, and what the numbers in it do."""

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.quantities import (
    Block,
    Count,
    Number,
    OptionalDuration,
    Path,
    Period,
    PositiveDuration,
    Text,
    Texts,
    as_list,
    given,
    none_is_absent,
    parse_period,
    parse_positive_duration,
)

SD_MAX: Final = 1000
"""In units of `agents.scale`, of which a value is clipped at 16: more says nothing else."""
_Deviation = Annotated[Number, Field(ge=0, le=SD_MAX)]


class Drift(Block):
    """A slow wander of each agent and feature around its own level (Ornstein-Uhlenbeck)."""

    sd: _Deviation = Field(default=0.1, description="standard deviation of the wander")
    tau: PositiveDuration = given("60s", parse_positive_duration, "how long it remembers")
    every: PositiveDuration = given("1s", parse_positive_duration, "how often it moves")


class Tail(Block):
    """Heavy tails: noise follows Student's t, scaled to the same variance."""

    df: Number = Field(gt=2, description="degrees of freedom; more than 2, or there is no variance")


class Season(Block):
    """A daily rhythm, in short: a sine, of each agent alone or of all together."""

    amplitude: _Deviation = Field(default=0.2, description="height of the sine")
    period: PositiveDuration = given("60s", parse_positive_duration, "length of one swing")
    phase: Literal["own", "common"] = Field(
        default="own",
        description="each agent somewhere of its own in the swing (the mean of all agents stays), "
        "or all together, rising from 0 at the start (it swings with them)",
    )


class Common(Block):
    """Shocks that agents share: without them no two agents have anything to do with each other."""

    sd: _Deviation = Field(default=0.3, description="standard deviation of the shocks")
    among: Literal["all", "locals", "regions"] = Field(
        default="all", description="who shares one: all agents, or those of a local or a region"
    )


class GroupSpread(Block):
    """How far apart the levels of groups of agents are, beside the agents' own."""

    locals: _Deviation = Field(default=0.0, description="standard deviation between locals")
    regions: _Deviation = Field(default=0.0, description="standard deviation between regions")


def _plain_is_sd(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"sd": value}
    return none_is_absent(value)


class Synthetic(Block):
    """Values made by a rule, in units of `agents.scale`."""

    kind: Literal["synthetic"] = Field(description="values made by a rule")
    spread: _Deviation = Field(default=1.0, description="standard deviation between agents")
    groups: GroupSpread | None = Field(
        default=None,
        description="how far apart the levels of the agents' groups are; left out = not at all",
    )
    common: Annotated[
        Common | None,
        BeforeValidator(
            _plain_is_sd, json_schema_input_type=Common | float | Literal["none"] | None
        ),
    ] = Field(
        default=None,
        description="a shock at every report that agents share: a map, its sd alone, or none",
    )
    noise: _Deviation = Field(default=1.0, description="standard deviation within an agent")
    drift: Annotated[
        Drift | None,
        BeforeValidator(
            _plain_is_sd, json_schema_input_type=Drift | float | Literal["none"] | None
        ),
    ] = Field(
        default_factory=Drift,
        description="slow wander of each agent: a map, its sd alone, or none",
        json_schema_extra={"default": {"sd": 0.1, "tau": "60s", "every": "1s"}},
    )
    tail: Annotated[
        Tail | None,
        BeforeValidator(none_is_absent, json_schema_input_type=Tail | Literal["none"] | None),
    ] = Field(default=None, description="heavy tails of the noise, or none")
    season: Annotated[
        Season | None,
        BeforeValidator(none_is_absent, json_schema_input_type=Season | Literal["none"] | None),
    ] = Field(default=None, description="a rhythm, or none")
    correlation: Number = Field(
        default=0.0, ge=0, lt=1, description="correlation between any two features of an agent"
    )


class Trace(Block):
    """Values replayed from recorded files, shared among the agents in turn."""

    kind: Literal["trace"] = Field(description="values replayed from files")
    path: Annotated[
        list[Path], BeforeValidator(as_list, json_schema_input_type=Path | list[Path])
    ] = Field(
        min_length=1,
        description="file, folder or list of them, relative to the scenario, or $SIM_DATA/...",
    )
    array: Texts = Field(
        default_factory=lambda: ["test"],
        min_length=1,
        description="array of an NPZ file: a name, the end of names, or a pattern such as *_test "
        "for many entities; a list is played one after the other",
        json_schema_extra={"default": "test"},
    )
    labels: Annotated[
        Text | Count | None,
        BeforeValidator(none_is_absent, json_schema_input_type=Text | Count | None),
    ] = Field(
        default=None,
        description="what is 1 in anomalous rows: an array of an NPZ file (for the last of "
        "`array`), or a column of a table; none = no labels",
    )
    columns: Literal["all"] | list[Text | Count] = Field(
        default="all",
        description="which columns are features: all, or a list of names or numbers (from 1)",
    )
    cadence: OptionalDuration = Field(
        default=None, description="time between two rows; none = one row for each report"
    )
    shift: Literal["random", "none"] = Field(
        default="random", description="start each agent at a random row, or all at the first"
    )
    missing: Literal["refuse", "hold"] = Field(
        default="refuse", description="what to do with missing values: refuse, or hold the last"
    )


Behaviour = Annotated[Synthetic | Trace, Field(discriminator="kind")]


class Agents(Block):
    """The agents at the bottom of the tree."""

    count: Count = Field(description="how many agents there are")
    features: Annotated[Count, Field(le=4096)] | None = Field(
        default=None, description="numbers in a report; may be left out for a trace"
    )
    rate: Period = given("10Hz", parse_period, "how often each agent reports")
    scale: Number = Field(
        default=1.0,
        gt=0,
        description="unit of a feature: values are kept to 2^-20 of it and clipped at 16 of it",
    )
    behaviour: Behaviour = Field(
        default_factory=lambda: Synthetic(kind="synthetic"),
        description="what the values do",
        json_schema_extra={"default": {"kind": "synthetic"}},
    )

    @model_validator(mode="after")
    def _has_features(self) -> Self:
        if self.features is None and self.behaviour.kind == "synthetic":
            raise ValueError("needs `features`: how many numbers a report has")
        return self
