"""The detection engine on plain arrays: every promised function, and what each of them returns.

    >>> import numpy as np
    >>> from sim.detection.engine import analyze_behavior, update_baseline
    >>> normal = np.random.default_rng(1).normal(size=(500, 3))
    >>> found = analyze_behavior([[0.1, -0.2, 0.3], [0.1, 6.0, 0.3]], update_baseline(normal))
    >>> found.score.round(1).tolist()
    [0.2, 2.2]

None of it knows a network, a clock or a label; inside the simulator the same code is fed with what
arrived. `docs/detection.md` says what each detector computes.
"""

from sim.detection.adaptation import TopologyAdaptation, network_adaptive_detection
from sim.detection.analysis import AnomalyScore, analyze_behavior, update_baseline
from sim.detection.contract import Baseline
from sim.detection.evidence import (
    Probability,
    SecureProbability,
    byzantine_evidence_consensus,
    combine_evidence,
)
from sim.detection.hierarchy import GlobalBaseline, hierarchical_baseline_update

__all__ = [
    "AnomalyScore",
    "Baseline",
    "GlobalBaseline",
    "Probability",
    "SecureProbability",
    "TopologyAdaptation",
    "analyze_behavior",
    "byzantine_evidence_consensus",
    "combine_evidence",
    "hierarchical_baseline_update",
    "network_adaptive_detection",
    "update_baseline",
]
