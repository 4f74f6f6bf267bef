"""What goes wrong, when, and whom it hits.

A fault holds from `at` (included) to `until` (excluded); without `until` it never mends. Nodes are
named by selectors: ``agent-17``, ``local-3``, ``regional-2``, ``root``, ``region-2`` (the root's
child number 2 and everything below it, from 0), ``site:Paris``, ``5%`` (a random share of the
agents), ``agents``, ``locals``, ``regionals``, ``all``, and in the groups of a partition ``rest``.
Of replicated nodes a plain name means replica 0; ``root-0/2`` is another, ``root-0/*`` all of them,
and ``replica-2`` that replica of every replicated node.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.schema.latency import LatencyLaw
from sim.scenario.schema.quantities import (
    Block,
    Count,
    Duration,
    Flag,
    Number,
    PositiveDuration,
    Share,
    SignedDuration,
    Text,
    Texts,
    given,
    parse_duration,
    parse_signed_duration,
    plain_is_kind,
)

Selectors = Annotated[Texts, Field(min_length=1)]
Nodes = Annotated[
    Selectors, Field(description="whom it hits: a selector such as region-2, 5% or site:Paris")
]
LinkEnds = Annotated[list[Text], Field(min_length=2, max_length=2)]


class Fault(Block):
    """What every fault has."""

    at: Duration = Field(description="when it starts, from the start of the run")
    until: PositiveDuration | None = Field(
        default=None, description="when it ends, from the start of the run; left out = never"
    )


class Isolate(Block):
    """One part on its own, against the rest."""

    kind: Literal["isolate"] = Field(description="one part on its own, against the rest")
    target: Selectors = Field(description="who is on its own")


class Halves(Block):
    """The first half of the regions with the root, against the other half.

    Replicas of the root are halved alike; the first of them is on the first side.
    """

    kind: Literal["halves"] = Field(description="half of the regions is cut off")


class Minority(Block):
    """The largest number of regions that is still less than half, against the rest.

    With them go as many replicas of the root as may fail while the others still are a quorum.
    """

    kind: Literal["minority"] = Field(description="just under half of the regions is cut off")


class InRing(Block):
    """Every replica of the root sees a majority of them, and no two see the same.

    Each stands on a ring and reaches its neighbours only; regions are dealt to the replicas.
    """

    kind: Literal["ring"] = Field(
        description="every replica sees a majority, no two the same; needs 4 replicas or more"
    )


class Nested(Block):
    """Halves, and at `again` each half is cut in two once more."""

    kind: Literal["nested"] = Field(description="halves, whose halves are cut again later")


AnyShape = Annotated[Isolate | Halves | Minority | InRing | Nested, Field(discriminator="kind")]
Shape = Annotated[
    AnyShape,
    BeforeValidator(
        plain_is_kind,
        json_schema_input_type=AnyShape | Literal["halves", "minority", "ring", "nested"],
    ),
]


class Partition(Fault):
    """The network falls into groups; nothing passes between two of them."""

    kind: Literal["partition"] = Field(description="nothing passes between the groups")
    groups: list[Selectors] | None = Field(
        default=None,
        min_length=2,
        description="two or more groups, each a selector or a list; `rest` is everybody else, and "
        "who is in no group can still reach everybody",
    )
    shape: Shape | None = Field(default=None, description="instead of groups: a named shape")
    one_way: Flag = Field(
        default=False,
        description="true: only what the first group sends to the others is lost",
    )

    reach: Count | None = Field(
        default=None,
        description="the groups stand on a ring, and each still reaches so many on either side",
    )
    again: PositiveDuration | None = Field(
        default=None,
        description="when `then` takes the place of `groups`, from the start of the run; with the "
        "shape nested when its halves are cut again (left out: halfway to `until`)",
    )
    then: list[Selectors] | None = Field(
        default=None, min_length=2, description="the groups from `again` on"
    )

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        if (self.groups is None) == (self.shape is None):
            raise ValueError("needs either `groups` or `shape`")
        if self.shape is not None and (self.then is not None or self.reach is not None):
            raise ValueError("`then` and `reach` go with `groups`, a shape has its own")
        return self

    @model_validator(mode="after")
    def _is_cut_again_at_some_time(self) -> Self:
        is_nested = isinstance(self.shape, Nested)
        if self.again is None and (self.then is not None or (is_nested and self.until is None)):
            raise ValueError("needs `again`, the time of the second cut")
        if self.again is not None and self.then is None and not is_nested:
            raise ValueError("`again` needs `then`, the groups from that time on")
        return self


class LinkDown(Fault):
    """A link between two sites is cut; what went through it takes the next best way."""

    kind: Literal["link_down"] = Field(description="a link between two sites is cut")
    link: LinkEnds = Field(description="names of the two sites")


class Degrade(Fault):
    """Messages get through, but later or less often."""

    kind: Literal["degrade"] = Field(description="slower or lossier, but not cut")
    nodes: Nodes | None = Field(default=None, description="whose messages suffer, in and out")
    link: LinkEnds | None = Field(default=None, description="or: which link between two sites")
    latency_factor: Number = Field(
        default=1.0, ge=1, le=1e6, description="delays become so many times longer"
    )
    extra_latency: Duration = given("0ms", parse_duration, "added to each delay")
    extra_loss: Share = Field(default=0.0, description="share lost on top of the usual loss")
    rate_factor: Number = Field(
        default=1.0, gt=0, le=1, description="share of the rate of `tree.uplink` that is left"
    )

    @model_validator(mode="after")
    def _has_a_target_and_an_effect(self) -> Self:
        if (self.nodes is None) == (self.link is None):
            raise ValueError("needs either `nodes` or `link`")
        changes = (self.latency_factor, self.extra_latency, self.extra_loss, self.rate_factor)
        if changes == (1.0, 0, 0.0, 1.0):
            raise ValueError("needs a latency_factor, extra_latency, extra_loss or rate_factor")
        return self


class NodeFault(Fault):
    """A fault of nodes."""

    nodes: Nodes


class LastingFault(NodeFault):
    """A fault of nodes that must end."""

    until: PositiveDuration = Field(description="when it ends, from the start of the run")


class Hold(LastingFault):
    """Messages of these nodes wait until the end of the fault and then all arrive."""

    kind: Literal["hold"] = Field(description="messages wait until the end, then all arrive")


class Duplicate(NodeFault):
    """Some messages arrive twice."""

    kind: Literal["duplicate"] = Field(description="some messages arrive twice")
    share: Share = Field(gt=0, description="share of the messages of these nodes")


class Reorder(NodeFault):
    """Some messages are held back, so that later ones overtake them."""

    kind: Literal["reorder"] = Field(description="some messages are overtaken by later ones")
    share: Share = Field(gt=0, description="share of the messages of these nodes")
    extra: PositiveDuration = Field(description="how long a message is held back")


class Corrupt(NodeFault):
    """Some messages arrive damaged; the receiver sees it and throws them away."""

    kind: Literal["corrupt"] = Field(description="some messages arrive damaged")
    share: Share = Field(gt=0, description="share of the messages of these nodes")


class Crash(NodeFault):
    """Nodes stop; at `until` they start again."""

    kind: Literal["crash"] = Field(description="nodes stop, and start again at `until`")
    durable: Flag = Field(default=True, description="they know after the restart what they knew")


class Pause(LastingFault):
    """Nodes stand still and go on as if nothing had been."""

    kind: Literal["pause"] = Field(description="nodes stand still, then go on")


class Clock(NodeFault):
    """Clocks of nodes go wrong."""

    kind: Literal["clock"] = Field(description="clocks of nodes go wrong")
    offset: SignedDuration = given("0ms", parse_signed_duration, "how far the clock is ahead")
    drift_ppm: Number = Field(
        default=0.0, gt=-1e6, le=1e6, description="how much faster it runs, parts in a million"
    )

    @model_validator(mode="after")
    def _has_an_effect(self) -> Self:
        if self.offset == 0 and self.drift_ppm == 0:
            raise ValueError("needs an offset or a drift_ppm")
        return self


class Churn(NodeFault):
    """Nodes leave for good, or until they join again at `until`."""

    kind: Literal["churn"] = Field(description="nodes leave, and join again at `until`")


class SiteDown(Fault):
    """A whole site goes dark, with all nodes that stand there."""

    kind: Literal["site_down"] = Field(description="a whole site goes dark")
    site: Text = Field(description="name of the site")


class Outages(Block):
    """Faults that chance brings: each of the targets is up and down by turns, on its own.

    They are drawn anew for each replication, before it runs; `sim explain` shows those of the seed.
    """

    kind: Literal["outages"] = Field(description="faults at random: up and down by turns")
    fault: Literal["partition", "crash", "churn", "pause"] = Field(
        description="what an outage is; partition: the target against the rest"
    )
    each: Selectors = Field(
        description="who fails on its own: each selector as one; regions, regionals, locals or "
        "agents: each one of them",
        examples=["regions", ["site:Paris", "local-3"]],
    )
    up: LatencyLaw = Field(description="law of the time from one outage to the next")
    down: LatencyLaw = Field(description="law of the time that an outage lasts")
    at: Duration = given("0s", parse_duration, "outages begin from here on")
    until: PositiveDuration | None = Field(
        default=None, description="no outage begins after this; left out = the end of the run"
    )
    before: Duration = given(
        "0s", parse_duration, "how long this has been going on at `at`; 0s = all are up, and fresh"
    )
    speed: Number = Field(
        default=1.0,
        gt=0,
        le=1e9,
        description="so many times faster than by the laws; delays and timeouts stay as they are",
    )
    durable: Flag = Field(default=True, description="of crashes: they still know what they knew")


AnyFault = Annotated[
    Partition
    | LinkDown
    | Outages
    | Degrade
    | Hold
    | Duplicate
    | Reorder
    | Corrupt
    | Crash
    | Pause
    | Clock
    | Churn
    | SiteDown,
    Field(discriminator="kind"),
]
