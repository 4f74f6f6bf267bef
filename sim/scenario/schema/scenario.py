"""The file as a whole, and its smaller blocks."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.blocks.capacity.schema import Capacity
from sim.scenario.blocks.confidence.schema import OptionalConfidence
from sim.scenario.blocks.dependence.schema import Dependence, Quantiles
from sim.scenario.blocks.evolution.schema import Evolution
from sim.scenario.blocks.routing.schema import Routing
from sim.scenario.schema.adversaries import AnyAdversary
from sim.scenario.schema.agents import Agents
from sim.scenario.schema.anomalies import AnyAnomaly
from sim.scenario.schema.control import Agreement, Alerts, AntiEntropy, Consumer, Membership
from sim.scenario.schema.detection import Detection
from sim.scenario.schema.faults import AnyFault
from sim.scenario.schema.gate import Gate
from sim.scenario.schema.integrity import Attest, Evidence, Registry
from sim.scenario.schema.journal import Journal
from sim.scenario.schema.latency import LatencyLaw
from sim.scenario.schema.per_metric import per_metric
from sim.scenario.schema.quantities import (
    BitRate,
    Block,
    Count,
    Duration,
    Number,
    OptionalDuration,
    Period,
    PositiveDuration,
    Seed,
    Share,
    Text,
    as_list,
    given,
    parse_bit_rate,
    parse_duration,
    parse_period,
    parse_positive_duration,
)
from sim.scenario.schema.robust import Mean, Rule
from sim.scenario.schema.topology import Topology

LEVELS_MAX: Final = 12


class Tree(Block):
    """Who reports to whom: agents to locals, locals to regionals, and so on up to the root."""

    local: Count = Field(default=20, description="agents under a local aggregator")
    regional: Annotated[Count, Field(ge=2)] = Field(
        default=7, description="children of every aggregator above the locals, except the root"
    )
    levels: Annotated[Count, Field(le=LEVELS_MAX)] | Literal["auto"] = Field(
        default=3,
        description="hops from an agent to the root (3: local, regional, root); auto: as many "
        "tiers as it takes until the root has no more than `regional` children",
    )
    forward: Period = given("10Hz", parse_period, "how often every aggregator reports")
    links: list[LatencyLaw] | None = Field(
        default=None,
        description="law of the extra delay of each hop, from the agents up; left out = none",
    )
    uplink: Annotated[
        list[BitRate], BeforeValidator(as_list, json_schema_input_type=BitRate | list[BitRate])
    ] = Field(
        default_factory=lambda: [parse_bit_rate("none")],
        description="rate of the line on which a node sends to its parent, a FIFO queue; none = "
        "unlimited; one for all tiers, or a list from the agents up",
        json_schema_extra={"default": "none"},
    )
    ingress: Annotated[
        list[Duration],
        BeforeValidator(as_list, json_schema_input_type=Duration | list[Duration]),
    ] = Field(
        default_factory=lambda: [parse_duration("0us")],
        description="time an aggregator needs to take in one message; one for all tiers, or a "
        "list from the locals up to the root",
        json_schema_extra={"default": "0us"},
    )
    reseat: OptionalDuration = Field(
        default=None,
        description="how often all agents are dealt anew to the locals by chance; left out = never",
    )
    replicas: dict[str, Count] | None = Field(
        default=None,
        description="how many replicas the nodes of a tier have, by the tier's name; each takes "
        "the same reports; a replicated tier has only replicated ones above it; left out = none",
        examples=[{"root": 4}, {"regional": 4, "root": 4}],
    )
    replica_sites: Annotated[list[Text], Field(min_length=1)] | None = Field(
        default=None,
        description="the site (failure domain) of each replica of the root, with its own "
        "aggregators; left out = far from each other",
    )


class Baseline(Block):
    """What the root publishes, and how good it must be."""

    publish: PositiveDuration = given("1s", parse_positive_duration, "how often it is published")
    pane: PositiveDuration = given("10s", parse_positive_duration, "length of one pane of values")
    panes: Annotated[Count, Field(le=10_000)] = Field(
        default=1, description="how many finished panes a baseline covers"
    )
    epsilon: Number = Field(
        default=0.01, gt=0, description="largest good error of a mean, in standard deviations"
    )
    rule: Rule = Field(
        default_factory=lambda: Mean(kind="mean"),
        description="how one baseline is made of what all say, some of whom may lie",
        json_schema_extra={"default": "mean"},
    )
    dependence: Dependence = Field(
        default=None,
        description="what it says of how features, or agents, move together; left out = nothing",
    )
    quantiles: Quantiles = Field(
        default=None,
        description="a sketch of how values are distributed; left out = none",
    )


class Staleness(Block):
    """How old what is known may be, a class each."""

    baseline: PositiveDuration = given("5s", parse_positive_duration, "bound of the baseline")
    anomaly: PositiveDuration = given("1s", parse_positive_duration, "bound of anomalies")


class Measure(Block):
    """How the run is watched."""

    every: PositiveDuration = given("200ms", parse_positive_duration, "time between two samples")
    sustain: Duration = given("1s", parse_duration, "how long good must last to be recovered")


class DurationBounds(Block):
    """Bounds of a metric that is a time."""

    min: Duration | None = Field(default=None, description="at least")
    max: Duration | None = Field(default=None, description="at most")


class ShareBounds(Block):
    """Bounds of a metric that is a share."""

    min: Share | None = Field(default=None, description="at least")
    max: Share | None = Field(default=None, description="at most")


class NumberBounds(Block):
    """Bounds of any other metric, in its unit."""

    min: Annotated[Number, Field(ge=0)] | None = Field(default=None, description="at least")
    max: Annotated[Number, Field(ge=0)] | None = Field(default=None, description="at most")


Thresholds = per_metric(
    "Thresholds",
    "Bounds of metrics.",
    {"s": DurationBounds, "share": ShareBounds},
    NumberBounds,
)


class Scenario(Block):
    """A scenario of the statistical network simulator."""

    version: Literal[1] = Field(alias="schema", description="version of this format")
    name: Annotated[Text, Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=80)] = Field(
        description="short name: small letters, digits and dashes", examples=["first-run"]
    )
    about: str = Field(default="", description="one sentence: what happens here")
    seed: Seed = Field(default=1, description="where all chance comes from")
    replications: Annotated[Count, Field(le=100_000)] = Field(
        default=1, description="runs with seeds of their own, for intervals"
    )
    duration: PositiveDuration = Field(description="simulated time of one run")
    agents: Agents = Field(description="who is watched")
    topology: Topology = Field(description="where the sites are and what joins them")
    tree: Tree = Field(default_factory=Tree, description="who reports to whom")
    baseline: Baseline = Field(default_factory=Baseline, description="what the root publishes")
    staleness: Staleness = Field(default_factory=Staleness, description="bounds on age")
    measure: Measure = Field(default_factory=Measure, description="how the run is watched")
    journal: Journal = Field(default_factory=Journal, description="what is kept")
    faults: list[AnyFault] = Field(default_factory=list, description="what goes wrong, and when")
    anomalies: list[AnyAnomaly] = Field(
        default_factory=list, description="what agents do wrong on purpose, and when"
    )
    detection: Detection | None = Field(
        default=None, description="how anomalies are looked for; left out = nobody looks"
    )
    adversaries: list[AnyAdversary] = Field(
        default_factory=list, description="who lies, how, and when"
    )
    registry: Registry = Field(
        default_factory=Registry, description="what parents know of their children, and refuse"
    )
    attest: Attest | None = Field(
        default=None, description="verifiable aggregation; left out = nobody checks aggregators"
    )
    evidence: Evidence | None = Field(
        default=None, description="evidence for a shift, with bounds; left out = none is gathered"
    )
    agreement: Agreement | None = Field(
        default=None, description="how the replicas of the root agree on a snapshot"
    )
    alerts: Alerts | None = Field(
        default=None, description="critical alerts; left out = nobody raises any"
    )
    reads: Annotated[
        list[Consumer], BeforeValidator(as_list, json_schema_input_type=Consumer | list[Consumer])
    ] = Field(default_factory=list, description="who reads what is known, and what they prefer")
    membership: Membership | None = Field(
        default=None, description="how failures are found and mended; left out = they are not"
    )
    anti_entropy: AntiEntropy | None = Field(
        default=None, description="how replicas mend what they hold; left out = they do not"
    )
    confidence: OptionalConfidence = Field(
        default=None, description="intervals of means at every tier; left out = none are stated"
    )
    routing: Routing | None = Field(
        default=None, description="updates of single agents on their way up; left out = none"
    )
    evolution: Evolution | None = Field(
        default=None, description="how the tree follows those who come and go; left out = it stays"
    )
    capacity: Capacity | None = Field(
        default=None, description="what nodes can hold; left out = nobody measures what they do"
    )
    mute: list[Text] = Field(
        default_factory=list,
        description="entries that do nothing, to see what they do: all else stays as it is drawn",
        examples=[["faults[0]"]],
    )
    thresholds: Thresholds = Field(  # type: ignore[valid-type]
        default_factory=Thresholds, description="what must hold for a run to be good"
    )
    gate: Gate = Field(  # type: ignore[valid-type]
        default_factory=Gate, description="what must not get worse than in the baseline"
    )
    sweep: dict[str, Annotated[list[Any], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="paths and the values that each takes in turn: `sim sweep` runs every "
        "combination, the last path fastest",
        examples=[{"topology.loss": ["0%", "1%", "10%"]}],
    )
