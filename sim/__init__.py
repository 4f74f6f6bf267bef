"""A simulator of statistical networks: agents, aggregators, partitions and what is known meanwhile.

    >>> from sim import load_scenario, open_results, plot, run
    >>> results = run("scenarios/05-partition-recovery.yaml")  # doctest: +SKIP
    >>> results.metrics()  # doctest: +SKIP
    >>> results.table("samples")  # doctest: +SKIP
    >>> plot(results)  # doctest: +SKIP
    >>> open_results("results/runs/partition-recovery")  # the latest again  # doctest: +SKIP

The detection that runs in there works on plain arrays, too (`sim.detection.engine`):

    >>> from sim import analyze_behavior, update_baseline
    >>> normal = update_baseline([[0.0, 1.0], [2.0, 3.0], [1.0, 2.0], [1.0, 2.0]])
    >>> analyze_behavior([[9.0, 2.0]], normal).score.round(1).tolist()
    [4.9]

Names are loaded when they are first used, so that ``import sim`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api import plot, run, sweep
    from sim.campaign.results import Results, open_results
    from sim.detection.engine import (
        analyze_behavior,
        byzantine_evidence_consensus,
        combine_evidence,
        hierarchical_baseline_update,
        network_adaptive_detection,
        update_baseline,
    )
    from sim.errors import InputError, ResultsError, ScenarioError, SimError, WorkerError
    from sim.scenario.loader import Scenario, load_scenario

_HOME: Final = {
    "InputError": "sim.errors",
    "Results": "sim.campaign.results",
    "ResultsError": "sim.errors",
    "Scenario": "sim.scenario.loader",
    "ScenarioError": "sim.errors",
    "SimError": "sim.errors",
    "WorkerError": "sim.errors",
    "analyze_behavior": "sim.detection.engine",
    "byzantine_evidence_consensus": "sim.detection.engine",
    "combine_evidence": "sim.detection.engine",
    "hierarchical_baseline_update": "sim.detection.engine",
    "load_scenario": "sim.scenario.loader",
    "network_adaptive_detection": "sim.detection.engine",
    "open_results": "sim.campaign.results",
    "plot": "sim.api",
    "run": "sim.api",
    "sweep": "sim.api",
    "update_baseline": "sim.detection.engine",
}

__all__ = [
    "InputError",
    "Results",
    "ResultsError",
    "Scenario",
    "ScenarioError",
    "SimError",
    "WorkerError",
    "analyze_behavior",
    "byzantine_evidence_consensus",
    "combine_evidence",
    "hierarchical_baseline_update",
    "load_scenario",
    "network_adaptive_detection",
    "open_results",
    "plot",
    "run",
    "sweep",
    "update_baseline",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """For completion in a notebook."""
    return sorted({*globals(), *__all__})
