"""Metrics of the control plane: agreement, alerts, reads, membership, anti-entropy."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = (
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
)
