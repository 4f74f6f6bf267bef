"""Everything that can be named in a scenario file, without importing what stands behind it.

The registries of `network`, `workload` and `engine` must hold exactly these names (a contract test
compares them), so that a file can be checked before anything heavy is imported.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that a run reports."""

    name: str
    unit: str
    about: str


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
FINGERPRINT_INGREDIENTS: Final = ("baselines", "faults", "heard", "samples", "traffic")

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
        "coverage.mean", "share", "sources within the baseline bound at the root, mean over time"
    ),
    Metric("coverage.min", "share", "the same, worst instant"),
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
        "recovery.time.p95", "s", "from the heal until recovered in every part, 95th percentile"
    ),
    Metric("recovery.time.max", "s", "from the heal until recovered in every part, longest"),
    Metric("traffic.messages", "1/s", "messages sent per second, all tiers"),
    Metric("traffic.bytes", "B/s", "bytes sent per second, all tiers"),
    Metric("traffic.lost", "share", "messages that never arrived"),
)
METRIC_NAMES: Final = tuple(metric.name for metric in METRICS)
