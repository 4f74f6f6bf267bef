"""Where the sites are, what joins them, and what a message between two of them goes through."""

from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.latency import ConstantLaw, LatencyLaw
from sim.scenario.schema.quantities import (
    Block,
    Count,
    Duration,
    Number,
    OptionalDuration,
    Path,
    PositiveDuration,
    Share,
    Text,
    given,
    none_is_absent,
    parse_duration,
    parse_positive_duration,
)

AnyMap = TypeVar("AnyMap", bound="Map")


class NoLoss(Block):
    """Every message arrives."""

    kind: Literal["none"] = Field(description="every message arrives")


class IndependentLoss(Block):
    """Each message is lost by its own throw of the dice. A plain share says the same."""

    kind: Literal["independent"] = Field(description="each message by its own throw of the dice")
    share: Share = Field(description="share of the messages that are lost")


class GilbertElliott(Block):
    """Loss in bursts: a chain of good and bad times for each sender, one step a message.

    Source: Gilbert 1960, Elliott 1963 (Bell System Technical Journal 39 and 42).
    """

    kind: Literal["gilbert_elliott"] = Field(description="loss in bursts")
    to_bad: Share = Field(description="chance, per message, that good times turn bad")
    to_good: Share = Field(description="chance, per message, that bad times turn good")
    loss_good: Share = Field(default=0.0, description="share lost in good times")
    loss_bad: Share = Field(default=1.0, description="share lost in bad times")


AnyLoss = Annotated[NoLoss | IndependentLoss | GilbertElliott, Field(discriminator="kind")]


def _plain_is_independent(value: object) -> object:
    if value == "none":
        return {"kind": "none"}
    if isinstance(value, str | int | float):
        return {"kind": "independent", "share": value}
    return value


Loss = Annotated[
    AnyLoss,
    BeforeValidator(
        _plain_is_independent, json_schema_input_type=AnyLoss | Share | Literal["none"]
    ),
]


class Map(Block):
    """What every topology has."""

    detour: Number = Field(
        default=1.7, ge=1, le=100, description="length of the cable over the distance"
    )
    per_hop: Duration = given("0.05ms", parse_duration, "added by each link on the way")
    within: OptionalDuration = Field(
        default=None, description="delay between two nodes at one site; none = one `per_hop`"
    )
    jitter: LatencyLaw = Field(
        default_factory=lambda: ConstantLaw.model_validate({"kind": "constant", "value": "0ms"}),
        description="law of the delay that each message meets on top of the way",
        json_schema_extra={"default": "0ms"},
    )
    loss: Loss = Field(
        default_factory=lambda: NoLoss(kind="none"),
        description="a share, or a law, of messages that are lost on their way, end to end",
        json_schema_extra={"default": "none"},
    )
    placement: Literal["regions", "spread"] = Field(
        default="regions",
        description="regions: neighbours in the tree sit together; spread: dealt over all sites",
    )


OptionalPath = Annotated[
    Path | None,
    BeforeValidator(none_is_absent, json_schema_input_type=Path | Literal["none"] | None),
]
Kilometres = Annotated[Number, Field(gt=0, le=100_000)]
SITES_MAX: Final = 2000
"""Every pair of sites has a path, so time and memory grow with the square."""
Sites = Annotated[Count, Field(le=SITES_MAX)]


def _limited(topology: AnyMap, sites: int) -> AnyMap:
    """The topology, if it has not too many sites. Raises ValueError."""
    if sites > SITES_MAX:
        raise ValueError(f"would have {sites} sites; at most {SITES_MAX} can be simulated")
    return topology


class TopoHub(Map):
    """A real network of the topohub collection."""

    kind: Literal["topohub"] = Field(description="a real network, by name")
    name: Text = Field(
        description="name in topohub, see `sim list topologies`", examples=["topozoo/Geant2010"]
    )


class GraphMl(Map):
    """A network in a GraphML file."""

    kind: Literal["graphml"] = Field(description="a GraphML file")
    path: Path = Field(description="GraphML file, relative to the scenario")


class RttCsv(Map):
    """Measured round-trip times between sites."""

    kind: Literal["rtt_csv"] = Field(description="a matrix of measured round trips")
    path: Path = Field(
        description="CSV of round trips in ms; first row and column are the names of the sites"
    )
    p90: OptionalPath = Field(
        default=None,
        description="CSV of their 90th percentiles: every pair gets an exponential tail above its "
        "median; left out = none",
    )


class RttNpz(Map):
    """Round trips between hosts that were measured again and again."""

    kind: Literal["rtt_npz"] = Field(description="round trips measured over time")
    path: Path = Field(description="NPZ archive, relative to the scenario, or $SIM_DATA/...")
    array: Text = Field(
        description="name of its array: (hosts, hosts, times) or (times, pairs), 0 = not measured"
    )
    unit: PositiveDuration = given("1ms", parse_positive_duration, "what a number of 1 means")
    sites: Annotated[Sites, Field(ge=2)] | None = Field(
        default=None, description="so many of the hosts, evenly through the file; left out = all"
    )
    delays: Literal["measured", "median"] = Field(
        default="measured",
        description="measured: each message takes half of one of the round trips of its pair; "
        "median: always the median",
    )


class Ring(Map):
    """Sites on a ring."""

    kind: Literal["ring"] = Field(description="sites on a ring")
    sites: Annotated[Sites, Field(ge=3)] = Field(description="how many sites")
    length_km: Kilometres = Field(description="length of each link")


class Grid(Map):
    """Sites on a rectangular grid."""

    kind: Literal["grid"] = Field(description="sites on a grid")
    rows: Annotated[Count, Field(le=100)] = Field(description="how many rows")
    columns: Annotated[Count, Field(le=100)] = Field(description="how many columns")
    length_km: Kilometres = Field(description="length of each link")

    @model_validator(mode="after")
    def _is_not_huge(self) -> Self:
        return _limited(self, self.rows * self.columns)


class BalancedTree(Map):
    """Sites that form a balanced tree (not the tree of aggregators, which is `tree:`)."""

    kind: Literal["tree"] = Field(description="sites that form a balanced tree")
    branching: Annotated[Count, Field(le=100)] = Field(description="links down from each site")
    height: Annotated[Count, Field(le=12)] = Field(description="links from top to bottom")
    length_km: Kilometres = Field(description="length of each link")

    @model_validator(mode="after")
    def _is_not_huge(self) -> Self:
        return _limited(self, sum(self.branching**depth for depth in range(self.height + 1)))


class Waxman(Map):
    """Random sites, near ones joined more often (Waxman, IEEE JSAC 6(9), 1988)."""

    kind: Literal["waxman"] = Field(description="random sites, near ones joined more often")
    sites: Sites = Field(description="how many sites")
    size_km: Kilometres = Field(description="side of the square in which they lie")
    alpha: Number = Field(default=0.4, gt=0, le=1, description="how far links reach")
    beta: Number = Field(default=0.4, gt=0, le=1, description="how many links there are")


class Point(Map):
    """All nodes at one site."""

    kind: Literal["point"] = Field(description="all nodes at one site")


Topology = Annotated[
    TopoHub | GraphMl | RttCsv | RttNpz | Ring | Grid | BalancedTree | Waxman | Point,
    Field(discriminator="kind"),
]
