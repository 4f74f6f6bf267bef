"""The resolved scenario: frozen, complete and free of text.

The loader turns a YAML file into a `Plan`; everything behind it reads only this. Times are
nanoseconds, sizes bytes, shares from 0 to 1. This module imports nothing heavy, so that
``sim validate`` stays instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sim.scenario.blocks.capacity.plan import CapacityPlan
from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.scenario.blocks.dependence.plan import DependencePlan, QuantilesPlan
from sim.scenario.blocks.evolution.plan import EvolutionPlan
from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.plan_control import ControlPlan, LiarPlan
from sim.scenario.variant import Variant as Variant


@dataclass(frozen=True, slots=True)
class AgentsPlan:
    """Who is watched: how many, how many features each sends, how often, and what they do."""

    count: int
    features: int
    period_ns: int
    behaviour: Variant
    scale: float
    """The unit of a feature; values are counted in 2**-20 of it and clipped at 16 of it."""


@dataclass(frozen=True, slots=True)
class TopologyPlan:
    """Where the sites are and what the way between two of them costs.

    One-way delay of a message = shortest path (a floor, from distances) + one draw of `jitter`.
    """

    source: Variant
    """topohub, graphml, rtt_csv, ring, grid, tree, waxman or point."""
    detour: float
    hop_ns: int
    jitter: Variant
    loss: Variant
    """none, independent or gilbert_elliott; per message and end to end."""
    placement: Literal["regions", "spread"]
    """regions (neighbours in the tree sit together) or spread."""


@dataclass(frozen=True, slots=True)
class TierPlan:
    """One level of the tree, from the agents (first) to the root (last)."""

    name: str
    """agent, local, regional, tier-3 ... root; node i of it is called ``<name>-<i>``."""
    count: int
    period_ns: int
    """How often each node reports to its parent (for the root: not used)."""
    link: Variant | None
    """Extra delay law of the last mile to the parent, on top of the path between the sites."""
    uplink_bps: int | None
    """Rate of the line on which each node sends to its parent (FIFO queue); None = unlimited."""
    ingress_ns: int
    """Time this node needs for each message that it receives (FIFO queue); 0 = no queue."""


@dataclass(frozen=True, slots=True)
class ReplicasPlan:
    """The root and the tiers next to it stand several times, each time with the same children.

    Replica r of a node reports to replica r of its parent, so a replica of the root comes with a
    spine of its own. Replica 0 is what there is without replicas.
    """

    count: int
    first_tier: int
    """The lowest tier that is replicated, from 2; all above it are, too."""
    sites: tuple[str, ...] | None
    """Where replica r of the root stands, with its spine; None = far from each other."""


@dataclass(frozen=True, slots=True)
class RulePlan:
    """How the root makes one baseline of what its agents say, some of whom may lie."""

    kind: Literal["mean", "guarded_mean", "robust"]
    """mean: exact moments of all. robust: what `estimator` says. guarded_mean: the exact mean while
    it lies near what the estimator says, else the estimator's, and an integrity alert."""
    estimator: Variant | None
    """A rule of `sim.stats.robust` with its options; None for mean."""
    f: float
    """Share of liars that is to be tolerated, of the agents or, nested, of every group."""
    over: Literal["sample", "sketch", "nested"]
    """What the estimator is given: a bottom-k sample of agents' summaries, a quantile sketch of all
    of them, or, at each tier, what the rule made of each child."""
    sample: int
    """k of the bottom-k sample."""
    accuracy: float
    """Relative accuracy of the sketch."""
    lead_ns: int
    """How long before a publication the locals send their digests."""
    false_alerts: float
    """guarded_mean: probability of an alert at a publication although nobody lies."""
    let_through: float
    """guarded_mean: share of liars whose pull on the exact mean raises no alert."""
    quorum: bool
    """Locals take the first n - f agents heard in a round, not all that they know."""


@dataclass(frozen=True, slots=True)
class BaselinePlan:
    """What the root publishes: from the last `panes` panes, every `publish_ns`."""

    publish_ns: int
    pane_ns: int
    panes: int
    epsilon: float
    """Accuracy that is promised: largest error of a mean in standard deviations."""
    rule: RulePlan

    def panes_at(self, now_ns: int) -> tuple[int, int]:
        """First and last pane that is covered: the last finished ones and the running one."""
        running = now_ns // self.pane_ns
        return max(running - self.panes, 0), running

    @property
    def first_whole_ns(self) -> int:
        """When the first baseline with a finished pane is published."""
        return -(-self.pane_ns // self.publish_ns) * self.publish_ns


@dataclass(frozen=True, slots=True)
class StalenessPlan:
    """The bounds on age, a class each."""

    baseline_ns: int
    anomaly_ns: int


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """One thing that goes wrong at `at_ns` and, if it ever does, mends at `until_ns`."""

    kind: str
    at_ns: int
    until_ns: int | None
    options: Mapping[str, Any]
    path: str
    """Where it stands in the file, such as ``faults[0]``."""


@dataclass(frozen=True, slots=True)
class AnomalyPlan:
    """Behaviour of some agents that is wrong on purpose, with exact labels."""

    kind: str
    at_ns: int
    until_ns: int | None
    """None = until the end of the run."""
    agents: tuple[str, ...]
    """Selectors; a name of an aggregator or a region stands for all agents below it."""
    jitter_ns: int
    """Each agent begins later by a time of its own, uniform from 0 to this; its end stays."""
    options: Mapping[str, Any]
    path: str
    """Where it stands in the file, such as ``anomalies[0]``."""

    @property
    def number(self) -> int:
        """Its label: 1 for the first of the file, whether others are muted or not."""
        return int(self.path.removeprefix("anomalies[").removesuffix("]")) + 1


@dataclass(frozen=True, slots=True)
class AdversaryPlan:
    """Some nodes of one tier that lie, from `at_ns` to `until_ns`."""

    kind: str
    tier: int
    """0 = agents; the root does not lie."""
    nodes: tuple[str, ...]
    """Selectors of the candidates, all of this tier."""
    under: tuple[str, ...]
    """Selectors of aggregators: only candidates below one of them; none = all."""
    share: float
    """How many of the candidates lie."""
    budget: int | None
    """The most that lie, whatever the share."""
    placement: Literal["random", "clustered", "worst"]
    """random; clustered: whole groups of siblings; worst: where nested rules are weakest."""
    knows: Literal["own", "group", "all"]
    """What they see: their own values, those of their group of liars, or all correct agents too."""
    group: str
    """Liars with the same name act together; by default those of one entry."""
    at_ns: int
    until_ns: int | None
    options: Mapping[str, Any]
    path: str
    """Where it stands in the file, such as ``adversaries[0]``."""


@dataclass(frozen=True, slots=True)
class Muted:
    """Entries that do nothing in this run, in the order of the file; see `sim.scenario.mute`.

    They keep their place, and with it their streams, their numbers and the nodes they would have.
    """

    faults: tuple[FaultPlan, ...] = ()
    anomalies: tuple[AnomalyPlan, ...] = ()
    adversaries: tuple[AdversaryPlan, ...] = ()
    liars: tuple[LiarPlan, ...] = ()
    """Replicas that lie as members of their committee."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Where they stand in the file."""
        faults = [one.path for one in self.faults]
        lies = [one.path for one in self.adversaries] + [one.path for one in self.liars]
        return (*faults, *lies, *(one.path for one in self.anomalies))


@dataclass(frozen=True, slots=True)
class RegistryPlan:
    """What parents know of their children without asking them, and do with it."""

    refuse: bool
    """Reports that claim what cannot be (too many values, a negative spread, a version that jumps)
    are not taken in."""
    admission: Literal["open", "one_per_owner"]
    """Who may join: everybody, or one identity for each owner (against Sybils)."""


@dataclass(frozen=True, slots=True)
class AttestPlan:
    """The statistical Merkle tree: every `every_ns` the tree commits to what it sums up."""

    every_ns: int
    step_ns: int
    """From the commitments of one tier to those of the next."""
    watchers: int
    """Members that recompute what each aggregator commits to."""
    audits: int
    """Children that an auditor checks of each aggregator and round; 0 = none."""
    agents_check: bool
    """Every agent checks that its summary is in the tree, and acknowledges."""
    replace: bool
    """A convicted aggregator is replaced, and baselines go back to the last attested one."""
    replace_ns: int
    """From a conviction to the replacement's first report."""


@dataclass(frozen=True, slots=True)
class EvidencePlan:
    """Evidence that the agents below a node have shifted, as log-odds with bounds."""

    effect: float
    """The shift that is looked for, in standard deviations of the baseline."""
    threshold: float
    """Log-odds, in nats, from which there is an alarm."""
    f: float
    """Share of reporters that may lie, of every local aggregator."""
    cap: float | None
    """Largest magnitude of one agent's evidence, in nats."""


@dataclass(frozen=True, slots=True)
class DetectionPlan:
    """How the aggregators next to the agents look for anomalies, and who decides."""

    detector: Variant
    scope: Literal["own", "local", "region", "population"]
    """Whose normal an agent is held against: its own history, or a published baseline."""
    control: Variant
    """threshold or a multiple testing procedure: from scores to decisions."""
    decide: Literal["local", "region", "root"]
    every_ns: int
    """How often scores are sent up, and how often there is a decision."""
    wait_ns: int
    """From the sending of scores to the decision; what arrives later counts the next time."""
    learn_ns: int
    """From the start: values of this time make up an agent's own history."""
    calibrate_ns: int
    """After that: scores of this time say what scores are normal. Then decisions begin."""
    witnesses: int = 1
    """Locals that each agent reports to, its own among them; 2 f + 1 where f of them may lie."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The smallest worsening of a metric that matters when a run is held against its baseline."""

    metric: str
    worsening: float
    """In the metric's unit, more than 0, whichever direction is worse."""
    line: int


@dataclass(frozen=True, slots=True)
class MeasurePlan:
    """How often the state is sampled, and how long good must last to count as recovered."""

    every_ns: int
    sustain_ns: int


@dataclass(frozen=True, slots=True)
class MessagesPlan:
    """Single messages that are kept: those sent in a window, from or to some nodes."""

    from_ns: int = 0
    until_ns: int | None = None
    """None: to the end of the run."""
    nodes: tuple[str, ...] = ()
    """Selectors; none = of all nodes."""


@dataclass(frozen=True, slots=True)
class JournalPlan:
    """What is kept beside the metrics."""

    messages: MessagesPlan | None
    """None: no single message."""
    fingerprint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on a metric; `line` is where it stands in the file (0 = unknown)."""

    metric: str
    minimum: float | None
    maximum: float | None
    line: int
    infeasible: str = ""
    """Why no rule can promise to keep it, whatever a run shows; empty = one may."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole scenario, ready to run."""

    name: str
    about: str
    seed: int
    replications: int
    duration_ns: int
    agents: AgentsPlan
    topology: TopologyPlan
    tiers: tuple[TierPlan, ...]
    baseline: BaselinePlan
    staleness: StalenessPlan
    faults: tuple[FaultPlan, ...]
    anomalies: tuple[AnomalyPlan, ...]
    detection: DetectionPlan | None
    adversaries: tuple[AdversaryPlan, ...]
    registry: RegistryPlan
    attest: AttestPlan | None
    evidence: EvidencePlan | None
    control: ControlPlan
    reseat_ns: int | None
    """How often all agents are dealt anew to the locals, by chance; None = never."""
    replicas: ReplicasPlan | None
    """None: every node of the tree stands once."""
    measure: MeasurePlan
    journal: JournalPlan
    thresholds: tuple[Threshold, ...]
    gate: tuple[Tolerance, ...]
    directory: str
    """Folder of the scenario file: relative paths of traces and topologies start here."""
    confidence: ConfidencePlan | None = None
    dependence: DependencePlan | None = None
    """What baselines say of how features, or agents, move together."""
    quantiles: QuantilesPlan | None = None
    """What baselines say of how values are distributed."""
    routing: RoutingPlan | None = None
    evolution: EvolutionPlan | None = None
    """None: who reports to whom stays as it is."""
    capacity: CapacityPlan | None = None
    muted: Muted = Muted()
