"""What reacts message by message: agreement, alerts, reads, membership, anti-entropy."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from sim import units
from sim.scenario.schema.faults import Selectors
from sim.scenario.schema.quantities import (
    BitRate,
    Block,
    Count,
    Deviations,
    Duration,
    Flag,
    Number,
    PositiveDuration,
    Text,
    Whole,
    as_list,
    given,
    none_is_absent,
    parse_bit_rate,
    parse_duration,
    parse_positive_duration,
    plain_is_kind,
)

Size = Annotated[
    int,
    BeforeValidator(units.parse_size),
    Field(ge=1, le=10**15),
    WithJsonSchema({"type": "string", "examples": ["528B", "1.3GB"]}),
]


class Versions(Block):
    """Consensus-free: the writer numbers its snapshots, and everybody keeps the newest."""

    kind: Literal["versions"] = Field(description="consensus-free: numbered by a single writer")


class ConsistentBroadcast(Block):
    """The writer's snapshot, countersigned by a quorum, so that it cannot tell two stories."""

    kind: Literal["consistent_broadcast"] = Field(description="countersigned by a quorum")


class Bracha(Block):
    """Reliable broadcast of the writer's snapshot, without signatures. Source: Bracha 1987."""

    kind: Literal["bracha"] = Field(description="reliable broadcast in three steps, n > 3f")


class ImbsRaynal(Block):
    """Reliable broadcast in two steps. Source: Imbs and Raynal 2015."""

    kind: Literal["imbs_raynal"] = Field(description="reliable broadcast in two steps, n > 5f")


class Averaging(Block):
    """Replicas come to values of their own that are close to each other."""

    epsilon: Annotated[Number, Field(gt=0)] = Field(
        default=0.01, description="how close, in standard deviations of the baseline"
    )
    spread: Annotated[Number, Field(gt=0)] = Field(
        default=1.0, description="how far apart candidates may be at first, in the same unit"
    )
    rule: Literal["midpoint", "select_mean", "trimmed_mean"] = Field(
        default="midpoint", description="what becomes of the values of a round, f cut off each side"
    )


class Approximate(Averaging):
    """Synchronous approximate agreement. Source: Dolev, Lynch, Pinter, Stark, Weihl 1986."""

    kind: Literal["approximate"] = Field(
        description="approximate agreement in rounds of set length"
    )
    round: PositiveDuration = given(
        "100ms", parse_positive_duration, "length of a round: more than any message takes"
    )


class Witness(Averaging):
    """Asynchronous approximate agreement. Source: Abraham, Amit, Dolev 2004."""

    kind: Literal["witness"] = Field(description="approximate agreement that needs no clock")


class Pbft(Block):
    """Consensus with a leader. Source: Castro and Liskov 1999."""

    kind: Literal["pbft"] = Field(description="consensus in three steps, all to all")
    timeout: PositiveDuration = given(
        "1s", parse_positive_duration, "without a decision for so long the next one leads"
    )
    checkpoint: Count = Field(default=16, description="decisions between two checkpoints")


class HotStuff(Block):
    """Consensus with a leader who collects votes. Source: Yin et al. 2019."""

    kind: Literal["hotstuff"] = Field(
        description="consensus in seven steps, all through the leader"
    )
    timeout: PositiveDuration = given(
        "1s", parse_positive_duration, "without a decision for so long the next one leads"
    )


AnyProtocol = Annotated[
    Versions | ConsistentBroadcast | Bracha | ImbsRaynal | Approximate | Witness | Pbft | HotStuff,
    Field(discriminator="kind"),
]
Protocol = Annotated[
    AnyProtocol, BeforeValidator(plain_is_kind, json_schema_input_type=AnyProtocol | str)
]


Tolerance = Annotated[Annotated[Deviations, Field(gt=0)] | None, BeforeValidator(none_is_absent)]


class Agreement(Block):
    """How the replicas of the root make one snapshot of what each of them knows."""

    protocol: Protocol = Field(
        default_factory=lambda: Versions(kind="versions"),
        description="by which protocol; versions needs no consensus",
        json_schema_extra={"default": "versions"},
    )
    f: Whole | None = Field(
        default=None,
        description="how many replicas may lie; left out = as many as the "
        "protocol withstands: n > 3f, of imbs_raynal n > 5f",
    )
    certify: Flag = Field(
        default=True,
        description="replicas vouch for what was decided where the protocol makes no certificate",
    )
    service: Duration = given("0us", parse_duration, "what taking in a message costs a machine")
    sign: Duration = given("23us", parse_duration, "what making a signature costs")
    verify: Duration = given("70us", parse_duration, "what checking a signature costs")
    rate: BitRate = Field(
        default_factory=lambda: parse_bit_rate("none"),
        description="rate of the line on which a node sends its control messages, a FIFO queue",
        json_schema_extra={"default": "none"},
    )
    tolerance: Tolerance = Field(
        default=1.0,
        description="a replica accepts a snapshot of another if every mean is so near its own, in "
        "its own sd; none = any snapshot",
        json_schema_extra={"default": "1sd"},
    )


class Raised(Block):
    """A critical alert."""

    by: Text = Field(description="who raises it: one node, such as regional-2 or agent-17")
    at: Duration = Field(description="when, from the start of the run")
    retract: PositiveDuration | None = Field(
        default=None, description="when it is to be taken back, by consensus; left out = never"
    )


class Alerts(Block):
    """Critical alerts: visible as provisional at once, committed by a quorum of the replicas."""

    expire: PositiveDuration = given(
        "30s", parse_positive_duration, "how long an alert may be provisional"
    )
    resend: PositiveDuration = given(
        "500ms", parse_positive_duration, "how often it is raised again until it is committed"
    )
    gossip: PositiveDuration = given(
        "500ms", parse_positive_duration, "how often replicas compare the alerts that they hold"
    )
    raised: Annotated[
        list[Raised], BeforeValidator(as_list, json_schema_input_type=Raised | list[Raised])
    ] = Field(default_factory=list, description="who raises what, and when")


class Consumer(Block):
    """Somebody who reads what is known, and has to choose in a partition."""

    at: Selectors = Field(description="which nodes read: a selector such as regionals or root-0/1")
    what: Literal["baseline", "anomaly", "alert"] = Field(
        default="baseline", alias="class", description="what is read; each class has its own bound"
    )
    prefer: Literal["availability", "consistency"] = Field(
        default="availability",
        description="availability: always an answer, with its age and a wider interval; "
        "consistency: only a certified answer within the bound, or none",
    )
    every: PositiveDuration = given("500ms", parse_positive_duration, "how often they read")


class Heartbeat(Block):
    """Suspect who was not heard for so long."""

    kind: Literal["heartbeat"] = Field(description="suspects after a fixed time")
    period: PositiveDuration = given(
        "1s", parse_positive_duration, "from one heartbeat to the next"
    )
    timeout: PositiveDuration = given(
        "3s", parse_positive_duration, "from the last heartbeat to the suspicion"
    )


class Phi(Block):
    """Suspect by how unlikely the silence is. Source: Hayashibara et al. 2004."""

    kind: Literal["phi"] = Field(description="suspects by how unlikely the silence is")
    period: PositiveDuration = given(
        "1s", parse_positive_duration, "from one heartbeat to the next"
    )
    threshold: Annotated[Number, Field(gt=0, le=300)] = Field(
        default=8.0, description="-log10 of the chance of such a silence"
    )
    law: Literal["normal", "exponential"] = Field(
        default="normal", description="law of the times between heartbeats"
    )
    window: Annotated[Count, Field(ge=2, le=10_000)] = Field(
        default=100, description="how many of them are remembered"
    )


class Swim(Block):
    """Siblings probe each other, with Lifeguard suspicion. Source: Das 2002, Dadgar 2017."""

    kind: Literal["swim"] = Field(description="siblings probe each other, and ask others to")
    period: PositiveDuration = given("1s", parse_positive_duration, "from one probe to the next")
    timeout: PositiveDuration = given(
        "500ms", parse_positive_duration, "how long an answer to a probe may take"
    )
    proxies: Whole = Field(default=3, description="siblings who are asked to probe for one")
    suspicion: Annotated[Number, Field(gt=0)] = Field(
        default=4.0, description="shortest time to refute a suspicion, in periods times log10(n)"
    )


AnyWatcher = Annotated[Heartbeat | Phi | Swim, Field(discriminator="kind")]
Watcher = Annotated[
    AnyWatcher, BeforeValidator(plain_is_kind, json_schema_input_type=AnyWatcher | str)
]


class Membership(Block):
    """Who is there: failures are suspected, agreed on by the replicas, and mended."""

    detector: Watcher = Field(
        default_factory=lambda: Heartbeat.model_validate({"kind": "heartbeat"}),
        description="how failures are suspected",
        json_schema_extra={"default": "heartbeat"},
    )
    watch: Literal["locals", "regionals"] = Field(
        default="locals", description="which tier of aggregators is watched"
    )
    rehome: Flag = Field(
        default=True, description="siblings take over the agents of an aggregator that failed"
    )


class FullState(Block):
    """Everything is sent whenever digests differ."""

    kind: Literal["full"] = Field(description="everything, whenever digests differ")


class MerkleDescent(Block):
    """Hashes of ranges are compared, down to the items that differ."""

    kind: Literal["merkle"] = Field(description="hashes of ranges are compared")
    fan_out: Annotated[Count, Field(ge=2, le=4096)] = Field(
        default=16, description="ranges that each range is cut into"
    )


class RatelessIblt(Block):
    """Coded symbols until the difference decodes. Source: Yang, Gilad, Alizadeh 2024."""

    kind: Literal["riblt"] = Field(description="coded symbols until the difference decodes")


AnyMethod = Annotated[FullState | MerkleDescent | RatelessIblt, Field(discriminator="kind")]
Method = Annotated[
    AnyMethod, BeforeValidator(plain_is_kind, json_schema_input_type=AnyMethod | str)
]


class AntiEntropy(Block):
    """How replicas compare and mend what they hold."""

    method: Method = Field(
        default_factory=lambda: MerkleDescent.model_validate({"kind": "merkle"}),
        description="how they find what differs",
        json_schema_extra={"default": "merkle"},
    )
    every: PositiveDuration = given("1s", parse_positive_duration, "how often they compare")
    store: Literal["snapshots", "log"] = Field(
        default="snapshots",
        description="snapshots: the newest version of each agent; log: all versions",
    )
    item: Size = Field(
        default=528, description="size of one item", json_schema_extra={"default": "528B"}
    )
