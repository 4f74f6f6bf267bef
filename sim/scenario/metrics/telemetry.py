"""Metrics of the tree's own reports: age, coverage, error, recovery and traffic."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = (
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
)
