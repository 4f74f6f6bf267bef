"""The same as the command line, for notebooks and scripts."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sim.campaign.replay import stored_plan
from sim.campaign.replications import RESULTS, run_scenario
from sim.campaign.results import Results, open_results
from sim.campaign.stored_tables import tables_of
from sim.scenario.loader import Scenario, load_scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def run(
    scenario: Scenario | str | os.PathLike[str],
    *,
    out: str | os.PathLike[str] = RESULTS,
    jobs: int = 1,
) -> Results:
    """Run a scenario (or the file of one), store it under `out`, and open what was stored.

    Raises ScenarioError, InputError or ResultsError; see `sim.errors`.
    """
    ready = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return open_results(run_scenario(ready, Path(out), jobs).folder)


def plot(results: Results, *, replication: int = 0) -> "Figure":
    """The partition-recovery figure of a stored run, as a matplotlib Figure."""
    from sim.report.recovery_figure import recovery_figure

    return recovery_figure(tables_of(results, replication), stored_plan(results))
