"""Everything that can be named in a scenario file, without importing what stands behind it.

The registries of `network`, `workload` and `engine` must hold exactly these names (a contract test
compares them), so that a file can be checked before anything heavy is imported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sim.scenario.blocks.capacity.metrics import METRICS as _CAPACITY
from sim.scenario.blocks.confidence.metrics import METRICS as _CONFIDENCE
from sim.scenario.blocks.dependence.metrics import METRICS as _DEPENDENCE
from sim.scenario.blocks.evolution.metrics import METRICS as _EVOLUTION
from sim.scenario.blocks.routing.metrics import METRICS as _ROUTING
from sim.scenario.metric import Metric
from sim.scenario.procedures import PROCEDURES


@dataclass(frozen=True, slots=True)
class Attack:
    """What an adversary of a kind can be."""

    tiers: Literal["agents", "aggregators", "both"]
    looks: bool = False
    """Whether it looks at what others say."""
    makes_up: bool = True
    """Whether it claims values that were never measured."""
    placement: Literal["random", "clustered", "worst"] = "random"
    """What it is made for."""

    def is_for(self, tier: int) -> bool:
        """Whether nodes of a tier (0 = agents) can do this."""
        return self.tiers == "both" or (self.tiers == "agents") == (tier == 0)


LATENCY_LAWS: Final = (
    "constant",
    "empirical",
    "exponential",
    "lognormal",
    "normal",
    "pareto_exponential",
    "uniform",
)
LOSS_LAWS: Final = ("gilbert_elliott", "independent", "none")
TOPOLOGIES: Final = (
    "graphml",
    "grid",
    "point",
    "ring",
    "rtt_csv",
    "topohub",
    "tree",
    "waxman",
)
BEHAVIOURS: Final = ("synthetic", "trace")
FAULTS: Final = (
    "churn",
    "clock",
    "corrupt",
    "crash",
    "degrade",
    "duplicate",
    "hold",
    "link_down",
    "partition",
    "pause",
    "reorder",
    "site_down",
)
ANOMALIES: Final = (
    "decorrelate",
    "freeze",
    "impersonate",
    "ramp",
    "scale",
    "shift",
    "zero",
)
DETECTORS: Final = (
    "cusum",
    "ewma_residual",
    "ewma_z",
    "lr_e_process",
    "mahalanobis",
    "pca",
    "peers",
    "z",
)
CONTROLS: Final = tuple(PROCEDURES)
ROBUST_RULES: Final = (
    "bulyan",
    "centred_clipping",
    "geometric_median",
    "krum",
    "mean",
    "median",
    "median_of_means",
    "multi_krum",
    "spectral_filter",
    "trimmed_mean",
)
ADVERSARIES: Final[Mapping[str, Attack]] = {
    "churn_storm": Attack("agents", makes_up=False),
    "count_inflation": Attack("both"),
    "delay_to_bound": Attack("both", makes_up=False),
    "drop": Attack("aggregators"),
    "equivocate": Attack("aggregators"),
    "fast_liar": Attack("agents"),
    "flood_alarms": Attack("aggregators"),
    "forge": Attack("aggregators"),
    "group_capture": Attack("agents", placement="worst"),
    "importance_flood": Attack("both", makes_up=False),
    "inner_product": Attack("agents", looks=True),
    "little_is_enough": Attack("agents", looks=True),
    "max_for_sum": Attack("aggregators"),
    "mimic": Attack("agents", looks=True),
    "min_max": Attack("agents", looks=True),
    "min_sum": Attack("agents", looks=True),
    "push": Attack("agents"),
    "selective_silence": Attack("agents", makes_up=False),
    "sign_flip": Attack("agents", looks=True),
    "silence": Attack("both", makes_up=False),
    "sleeper": Attack("agents"),
    "slow_poison": Attack("agents"),
    "stale_replay": Attack("both", makes_up=False),
    "sybil": Attack("agents"),
    "variance_deflation": Attack("both", makes_up=False),
    "version_jump": Attack("both", makes_up=False),
}
PROTOCOLS: Final = (
    "approximate",
    "bracha",
    "consistent_broadcast",
    "hotstuff",
    "imbs_raynal",
    "pbft",
    "versions",
    "witness",
)
FAILURE_DETECTORS: Final = ("heartbeat", "phi", "swim")
SYNC_METHODS: Final = ("full", "merkle", "riblt")
FINGERPRINT_INGREDIENTS: Final = (
    "baselines",
    "detection",
    "faults",
    "heard",
    "samples",
    "traffic",
)

_SCORES: Final = (
    Metric("precision", "share", "alarms that are true, of all alarms", "more"),
    Metric("recall", "share", "anomalous instants with an alarm, of all of them", "more"),
    Metric("f1", "share", "harmonic mean of precision and recall", "more"),
    Metric("roc_auc", "share", "area under the ROC curve of the scores", "more"),
    Metric("pr_auc", "share", "average precision: area under precision against recall", "more"),
    Metric("fdr", "share", "false alarms of all alarms of a decision, mean over decisions"),
    Metric("fdr.overall", "share", "false alarms of all alarms of the run, 0 without an alarm"),
    Metric(
        "fdr.running",
        "share",
        "false alarms of all alarms so far, at the worst decision (an early one may be of one)",
    ),
    Metric("any_false", "share", "decisions with any false alarm, of all decisions"),
    Metric("segment_recall", "share", "anomalies with an alarm in time, of all of them", "more"),
    Metric("delay.median", "s", "from an anomaly's begin to its first alarm; missed = censored"),
    Metric("missed", "1", "anomalies without an alarm in time, in a replication"),
    Metric("false_alarms", "1/h", "alarms at no anomaly, per hour of an agent"),
)
"""Of a detector; point-wise ones are over (agent, decision), without any adjustment."""


def _with_twins(score: Metric) -> tuple[Metric, Metric, Metric]:
    """A score, that of the same detector run centrally, and what distribution costs."""
    name = f"detection.{score.name}"
    better, about = score.better, score.about
    lost = "central minus distributed" if better == "more" else "distributed minus central"
    return (
        Metric(name, score.unit, about, better),
        Metric(f"{name}.central", score.unit, f"the same, run centrally: {about}", better),
        Metric(f"{name}.loss", score.unit, f"lost by distribution ({lost}): {about}"),
    )


METRICS: Final = (
    Metric("staleness.root.mean", "s", "age of a source at the root, mean over sources and time"),
    Metric("staleness.root.oldest.max", "s", "largest age of any source at the root"),
    Metric(
        "staleness.baseline.violation",
        "s",
        "time in which some age at the root broke the baseline bound",
    ),
    Metric(
        "staleness.anomaly.violation",
        "s",
        "time in which some age at the root broke the anomaly bound",
    ),
    Metric("staleness.locals.mean", "s", "age of the baseline that a local aggregator holds, mean"),
    Metric("staleness.locals.max", "s", "largest age of a baseline held by a local aggregator"),
    Metric(
        "coverage.mean",
        "share",
        "sources within the baseline bound at the root, mean over time",
        "more",
    ),
    Metric("coverage.min", "share", "the same, worst instant", "more"),
    Metric("error.mean.median", "sd", "baseline error of the means (E_mean), median over time"),
    Metric("error.mean.max", "sd", "baseline error of the means (E_mean), worst sample"),
    Metric("error.sd.median", "ln", "baseline error of the standard deviations (E_sd), median"),
    Metric("error.sd.max", "ln", "baseline error of the standard deviations (E_sd), worst sample"),
    Metric("recovery.reconnected.max", "s", "from the heal to the first message across"),
    Metric("recovery.fresh.max", "s", "from the heal until all ages are within the baseline bound"),
    Metric(
        "recovery.accurate.max", "s", "from the heal until the baseline error is within epsilon"
    ),
    Metric(
        "recovery.converged.max", "s", "from the heal until all replicas that are up know the same"
    ),
    Metric(
        "recovery.settled.max", "s", "from the heal until no node shows an alert as provisional"
    ),
    Metric(
        "recovery.time.p95", "s", "from the heal until recovered in every part, 95th percentile"
    ),
    Metric("recovery.time.max", "s", "from the heal until recovered in every part, longest"),
    Metric("traffic.messages", "1/s", "messages sent per second, all tiers"),
    Metric("traffic.bytes", "B/s", "bytes sent per second, all tiers"),
    Metric("traffic.lost", "share", "messages that never arrived"),
    Metric("traffic.digests", "B/s", "bytes of digests sent per second, all tiers"),
    Metric(
        "traffic.proofs",
        "B/s",
        "bytes of commitments, proofs and acknowledgements sent per second, all tiers",
    ),
    Metric(
        "bias.median",
        "sd",
        "published mean against that of correct agents, worst feature, in sd between agents; "
        "median over publications",
    ),
    Metric("bias.max", "sd", "the same, worst publication"),
    Metric("bias.plain.max", "sd", "the same of the plain mean of all agents, worst publication"),
    Metric("integrity.alerts", "1", "publications with an integrity alert, in a replication"),
    Metric("integrity.false_alerts", "1", "those of them before anybody had begun to lie"),
    Metric("integrity.disputed", "share", "publications while the baseline was in dispute"),
    Metric(
        "attest.convict.max",
        "s",
        "from the first lie of an aggregator to its conviction, longest; not convicted = censored",
    ),
    Metric(
        "attest.convicted", "share", "aggregators that were convicted, of all that lied", "more"
    ),
    Metric("attest.innocent", "1", "aggregators convicted before any lie, in a replication"),
    Metric(
        "attest.attested",
        "share",
        "rounds that every agent acknowledged, of those with time for it",
        "more",
    ),
    Metric(
        "evidence.error.max",
        "nat",
        "evidence of all reports against that of correct agents, at the root, worst instant",
    ),
    Metric("evidence.undetermined", "share", "instants at which liars could have decided, root"),
    Metric("evidence.false_alarms", "share", "instants with an alarm not warranted, root"),
    Metric("evidence.missed", "share", "instants cleared although an alarm was warranted, root"),
    Metric(
        "agreement.latency.median",
        "s",
        "from a proposal to its decision at a replica, median; undecided = infinite",
    ),
    Metric("agreement.latency.p95", "s", "from a proposal to its decision, 95th percentile"),
    Metric(
        "agreement.decided",
        "share",
        "publications that were decided, of all proposed to a correct replica that was up",
        "more",
    ),
    Metric(
        "agreement.available",
        "share",
        "publications that some replica put out before the next was due",
        "more",
    ),
    Metric(
        "agreement.divergence.max",
        "sd",
        "largest difference of what two replicas published as one version, worst feature",
    ),
    Metric(
        "agreement.messages",
        "1",
        "messages between replicas about versions, per version that was decided; certificates, "
        "checkpoints, repetitions and what was under way at the end included",
    ),
    Metric("agreement.bytes", "B", "bytes of these messages per version that was decided"),
    Metric("agreement.views", "1", "highest view (or round) of a decision, counted from 0"),
    Metric("alerts.committed", "share", "alerts that were committed, of all raised", "more"),
    Metric(
        "alerts.lost",
        "1",
        "alerts that some correct keeper did not hold at the end, in a replication",
    ),
    Metric("alerts.double", "1", "alerts committed with two contents; anything but 0 is a bug"),
    Metric("alerts.commit.max", "s", "from raising an alert until a keeper shows it as committed"),
    Metric("alerts.provisional.max", "s", "how long a node showed an alert as provisional"),
    Metric(
        "reads.answered.availability",
        "share",
        "reads that were answered, of those that prefer availability",
        "more",
    ),
    Metric(
        "reads.answered.consistency",
        "share",
        "reads that were answered, of those that prefer consistency",
        "more",
    ),
    Metric("reads.violation", "share", "answered reads of a value older than the bound"),
    Metric("reads.coverage", "share", "intervals of answered reads with the truth inside", "more"),
    Metric(
        "reads.half_width.median", "sd", "half of the interval of an answer, worst feature, median"
    ),
    Metric("reads.error.max", "sd", "error of an answer, worst feature and worst read"),
    Metric(
        "membership.detect.max",
        "s",
        "from the crash or cut of a member until somebody takes it for failed",
    ),
    Metric("membership.false", "1", "members taken for failed that were there, in a replication"),
    Metric(
        "membership.rehomed.max",
        "s",
        "from the crash or cut of a member until its agents have another parent",
    ),
    Metric(
        "membership.miscount",
        "1",
        "counts at the root of more agents than there are; anything but 0 is a bug",
    ),
    Metric(
        "sync.bytes",
        "B/s",
        "bytes of anti-entropy per second, all replicas, comparisons that find nothing included",
    ),
    Metric("sync.round_trips.max", "1", "round trips of the longest session of anti-entropy"),
    *(metric for score in _SCORES for metric in _with_twins(score)),
    *_CONFIDENCE,
    *_DEPENDENCE,
    *_ROUTING,
    *_EVOLUTION,
    *_CAPACITY,
)
METRIC_NAMES: Final = tuple(metric.name for metric in METRICS)
