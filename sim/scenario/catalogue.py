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
from sim.scenario.metrics.control import METRICS as _CONTROL
from sim.scenario.metrics.detection import METRICS as _DETECTION
from sim.scenario.metrics.lies import METRICS as _LIES
from sim.scenario.metrics.telemetry import METRICS as _TELEMETRY
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
    "gamma",
    "lognormal",
    "normal",
    "pareto_exponential",
    "rtt_excess",
    "uniform",
    "weibull",
)
LOSS_LAWS: Final = ("gilbert_elliott", "independent", "none")
TOPOLOGIES: Final = (
    "graphml",
    "grid",
    "point",
    "ring",
    "rtt_csv",
    "rtt_npz",
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
    "outages",
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
METRICS: Final = (
    *_TELEMETRY,
    *_LIES,
    *_CONTROL,
    *_DETECTION,
    *_CONFIDENCE,
    *_DEPENDENCE,
    *_ROUTING,
    *_EVOLUTION,
    *_CAPACITY,
)
"""In the order in which they are listed."""
METRIC_NAMES: Final = tuple(metric.name for metric in METRICS)
BETTER: Final = {metric.name: metric.better for metric in METRICS}
"""Whether less or more of a metric is better."""
