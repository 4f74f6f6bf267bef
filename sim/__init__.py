"""A simulator of statistical networks: agents, aggregators, partitions and what is known meanwhile.

    >>> from sim import load_scenario, run, open_results
    >>> results = run("scenarios/partition-recovery.yaml")  # doctest: +SKIP
    >>> results.table("samples")  # doctest: +SKIP

Names are loaded when they are first used, so that ``import sim`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api import plot, run
    from sim.campaign.results import Results, open_results
    from sim.errors import InputError, ResultsError, ScenarioError, SimError
    from sim.scenario.loader import Scenario, load_scenario

_HOME: Final = {
    "InputError": "sim.errors",
    "Results": "sim.campaign.results",
    "ResultsError": "sim.errors",
    "Scenario": "sim.scenario.loader",
    "ScenarioError": "sim.errors",
    "SimError": "sim.errors",
    "load_scenario": "sim.scenario.loader",
    "open_results": "sim.campaign.results",
    "plot": "sim.api",
    "run": "sim.api",
}

__all__ = [
    "InputError",
    "Results",
    "ResultsError",
    "Scenario",
    "ScenarioError",
    "SimError",
    "load_scenario",
    "open_results",
    "plot",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
