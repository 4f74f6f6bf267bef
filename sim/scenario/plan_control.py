"""The part of a plan about what reacts message by message: agreement, alerts, reads, membership.

Like all of a `Plan`: frozen, complete and free of text; times are nanoseconds, sizes bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sim.scenario.variant import Variant

ReadClass = Literal["baseline", "anomaly", "alert"]
Preference = Literal["availability", "consistency"]


@dataclass(frozen=True, slots=True)
class AgreementPlan:
    """How the replicas of the root make one snapshot of what each of them knows."""

    protocol: Variant
    """A protocol of `sim.protocol.agreement` with its options; versions = consensus-free."""
    f: int
    """How many replicas may lie."""
    certify: bool
    """Whether replicas vouch for what was decided, where the protocol makes no certificate."""
    service_ns: int
    """What any message costs the machine that takes it in."""
    sign_ns: int
    verify_ns: int
    """What making and checking one signature costs."""
    rate_bps: int | None
    """Rate of the line on which a node sends its control messages; None = unlimited."""
    tolerance: float | None = None
    """A replica accepts a snapshot of another whose means are so near its own, in sd of its own;
    None = any."""


@dataclass(frozen=True, slots=True)
class LiarPlan:
    """Some replicas of the root that lie as members of their committee."""

    kind: str
    nodes: tuple[str, ...]
    """Selectors of the candidates."""
    share: float
    """How many of the candidates lie."""
    budget: int | None
    """The most that lie, whatever the share."""
    at_ns: int
    until_ns: int | None
    options: Mapping[str, Any]
    path: str
    """Where it stands in the file, such as ``adversaries[0]``."""


@dataclass(frozen=True, slots=True)
class RaisedPlan:
    """A critical alert that somebody raises, and perhaps takes back."""

    at_ns: int
    by: str
    """A selector of one node; of an agent, its local raises it."""
    retract_ns: int | None
    path: str


@dataclass(frozen=True, slots=True)
class AlertsPlan:
    """Critical alerts: provisional at once, committed by a quorum of the root's replicas."""

    expire_ns: int
    """How long an alert may be provisional."""
    resend_ns: int
    """How often a raiser tells the keepers again until its alert is committed."""
    gossip_ns: int
    """How often keepers compare what they hold."""
    raised: tuple[RaisedPlan, ...]


@dataclass(frozen=True, slots=True)
class ConsumerPlan:
    """Somebody who reads, again and again."""

    at: tuple[str, ...]
    """Selectors of the nodes that read."""
    what: ReadClass
    prefer: Preference
    every_ns: int
    path: str


@dataclass(frozen=True, slots=True)
class MembershipPlan:
    """Who watches whom, and what follows a failure."""

    detector: Variant
    watch: int
    """The tier that is watched; by its parents, or by each other (swim)."""
    rehome: bool
    """Agents of an aggregator that failed are taken over by its siblings."""


@dataclass(frozen=True, slots=True)
class AntiEntropyPlan:
    """How replicas compare and mend what they hold."""

    method: Variant
    every_ns: int
    store: Literal["snapshots", "log"]
    """snapshots: the newest version of each agent; log: every version there ever was."""
    item_bytes: int


@dataclass(frozen=True, slots=True)
class ControlPlan:
    """Everything that reacts message by message; a block that is absent is None or empty."""

    agreement: AgreementPlan | None = None
    alerts: AlertsPlan | None = None
    reads: tuple[ConsumerPlan, ...] = ()
    membership: MembershipPlan | None = None
    anti_entropy: AntiEntropyPlan | None = None
    liars: tuple[LiarPlan, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the scenario asks for none of it."""
        return self == ControlPlan()
