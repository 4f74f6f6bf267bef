"""A simulator of statistical networks: agents, aggregators, partitions and what is known meanwhile.

    >>> from sim import load_scenario, open_results, plot, run
    >>> results = run("scenarios/partition-recovery.yaml")  # doctest: +SKIP
    >>> results.metrics()  # doctest: +SKIP
    >>> results.table("samples")  # doctest: +SKIP
    >>> plot(results)  # doctest: +SKIP
    >>> open_results("results/runs/partition-recovery")  # the latest again  # doctest: +SKIP

Names are loaded when they are first used, so that ``import sim`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api import plot, run, sweep
    from sim.campaign.results import Results, open_results
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
    "load_scenario": "sim.scenario.loader",
    "open_results": "sim.campaign.results",
    "plot": "sim.api",
    "run": "sim.api",
    "sweep": "sim.api",
}

__all__ = [
    "InputError",
    "Results",
    "ResultsError",
    "Scenario",
    "ScenarioError",
    "SimError",
    "WorkerError",
    "load_scenario",
    "open_results",
    "plot",
    "run",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """For completion in a notebook."""
    return sorted({*globals(), *__all__})
