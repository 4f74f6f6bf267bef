"""What may be written about the routing of updates."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from sim.scenario.schema.quantities import (
    BitRate,
    Block,
    Count,
    Deviations,
    Duration,
    Flag,
    Number,
    OptionalDuration,
    Period,
    PositiveDuration,
    Share,
    given,
    none_is_absent,
    parse_bit_rate,
    parse_duration,
    parse_period,
    parse_positive_duration,
    plain_is_kind,
)
from sim.units import parse_size


class Fifo(Block):
    """First come, first served."""

    kind: Literal["fifo"] = Field(description="first come, first served")


class Priority(Block):
    """Strict and non-preemptive, by class. Source: Cobham 1954."""

    kind: Literal["priority"] = Field(description="critical before urgent before routine, strictly")
    within: Literal["fifo", "fair", "age"] = Field(
        default="fifo", description="who goes first among updates of one class"
    )


class Fair(Block):
    """Every child gets the same share of the line. Source: Demers, Keshav, Shenker 1989."""

    kind: Literal["fair"] = Field(description="fair queueing: an equal share for each child")


class Age(Block):
    """The update that lowers the weighted age the most."""

    kind: Literal["age"] = Field(description="what lowers age the most, weighted by class")
    slot: PositiveDuration = given("1ms", parse_positive_duration, "unit in which ages are counted")


AnyDiscipline = Annotated[Fifo | Priority | Fair | Age, Field(discriminator="kind")]
Discipline = Annotated[
    AnyDiscipline, BeforeValidator(plain_is_kind, json_schema_input_type=AnyDiscipline | str)
]


class Periodic(Block):
    """Whatever was measured."""

    kind: Literal["periodic"] = Field(description="every measurement is sent")


class OnDelta(Block):
    """What has moved. Source: Miskowicz 2006."""

    kind: Literal["on_delta"] = Field(description="sent when it has moved by more than delta")
    delta: Annotated[Deviations, Field(gt=0)] = Field(
        description="in standard deviations between agents: how far silence may be from the truth"
    )


class Adaptive(Block):
    """What has moved, by a delta that each agent fits to a budget. Source: Olston et al. 2003."""

    kind: Literal["adaptive"] = Field(description="as on_delta, with deltas that fit a budget")
    delta: Annotated[Deviations, Field(gt=0)] = Field(
        description="to begin with, in standard deviations between agents"
    )
    share: Annotated[Share, Field(gt=0, lt=1)] = Field(
        description="of the measurements, to be sent in the long run"
    )
    gain: Annotated[Number, Field(gt=0, le=10)] = Field(
        default=0.1, description="how fast deltas change: by so much of their logarithm at most"
    )


class Geometric(Block):
    """What might change an answer. Source: Sharfman, Schuster and Keren 2006."""

    kind: Literal["geometric"] = Field(
        description="everybody, when one cannot vouch for the side of a threshold the mean is on"
    )
    threshold: Deviations = Field(
        description="of the mean of the first feature, in standard deviations between agents"
    )


AnySending = Annotated[Periodic | OnDelta | Adaptive | Geometric, Field(discriminator="kind")]
Sending = Annotated[
    AnySending, BeforeValidator(plain_is_kind, json_schema_input_type=AnySending | str)
]


class Classes(Block):
    """From how many of an agent's own standard deviations on an update is how important."""

    urgent: Annotated[Number, Field(gt=0)] = Field(
        default=4.0, description="from this score on an update is urgent"
    )
    critical: Annotated[Number, Field(gt=0)] = Field(
        default=6.0, description="from this score on it is critical"
    )

    @model_validator(mode="after")
    def _ascend(self) -> Self:
        if self.urgent >= self.critical:
            raise ValueError(f"urgent {self.urgent:g} is not below critical {self.critical:g}")
        return self


class Admission(Block):
    """A token bucket for each agent: what exceeds it is served as routine."""

    claims: Period = given("1/s", parse_period, "how often an agent may claim to be important")
    burst: Count = Field(default=3, description="how many claims it may make at once")


Padding = Annotated[
    int,
    BeforeValidator(parse_size),
    Field(ge=0, le=65_000),
    WithJsonSchema({"type": "string", "examples": ["512B", "1kB"]}),
]


class Routing(Block):
    """Updates of single agents on their way up, through routers with finite rates."""

    discipline: Discipline = Field(
        default_factory=lambda: Fifo(kind="fifo"),
        description="which update goes first on a line",
        json_schema_extra={"default": "fifo"},
    )
    admission: Annotated[Admission | None, BeforeValidator(none_is_absent)] = Field(
        default=None, description="how often an agent may claim to be important; none = always"
    )
    send: Sending = Field(
        default_factory=lambda: Periodic(kind="periodic"),
        description="when an agent sends an update",
        json_schema_extra={"default": "periodic"},
    )
    rate: BitRate = given("none", parse_bit_rate, "rate of the line of each router")
    capacity: Count = Field(default=10_000, description="updates that wait at a router, at most")
    replace: Flag = Field(
        default=False, description="a newer update takes the place of its agent's waiting one"
    )
    padding: Padding = Field(
        default=0,
        description="size of an update beyond its header and values",
        json_schema_extra={"default": "0B"},
    )
    every: PositiveDuration = given(
        "1s", parse_positive_duration, "how often an agent looks at itself"
    )
    heartbeat: OptionalDuration = Field(
        default=None, description="how often an agent says that it is there; left out = never"
    )
    missed: Count = Field(default=3, description="heartbeats missed by who is taken for dead")
    classes: Classes = Field(
        default_factory=lambda: Classes(),
        description="how important an update is, by its score",
        json_schema_extra={"default": {"urgent": 4.0, "critical": 6.0}},
    )
    learn: Duration = given(
        "5s", parse_duration, "from the start: an agent learns its own level, and all is routine"
    )
    window: PositiveDuration = given(
        "1s", parse_positive_duration, "heard within this counts as heard lately"
    )
