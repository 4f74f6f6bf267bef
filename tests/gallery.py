"""The scenarios of the gallery and of the studies, and what each of them is held to.

Each is run as it stands, but once: between replications the figures differ by a seventh of the way
to their bounds or less. Where that is more the whole interval has to be within the bounds, from as
many replications as that takes; `make gate` runs the scenarios with a gate whole.
"""

from pathlib import Path

import pytest

from sim.campaign.replications import run_scenario
from sim.report.recovery_figure import recovery_figure
from sim.scenario import load_scenario
from tests.data import ROOT, shared_data
from tests.report.layout import beyond_the_page

GALLERY = sorted((ROOT / "scenarios").glob("*.yaml"))
"""One idea each, numbered in the order in which to learn them."""
STUDIES = sorted((ROOT / "scenarios" / "studies").glob("*.yaml"))
"""Variants and curves."""
LARGE = ("20-million-agents",)
"""Those that have a file of tests of their own, so that they run beside the others."""
REPLICATIONS = {"17-coverage-under-staleness": 3, "slow-poison": 4}
REPLICATIONS_MAX = 1
SHORTER = {
    "20-million-agents": (
        "duration=3s",
        "faults[0].at=400ms",
        "faults[0].until=1700ms",
        "staleness.baseline=1s",
    )
}
"""As many agents, links and regions, for a third of the time and with a bound of half of it."""


def holds_what_it_promises(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a scenario, look at its verdicts, and at whether its figure fits on the page."""
    if "$SIM_DATA" in file.read_text(encoding="utf-8"):
        monkeypatch.setenv("SIM_DATA", str(shared_data("smd").parent))
    changes = list(SHORTER.get(file.stem, ()))
    scenario = load_scenario(file, changes)
    enough = REPLICATIONS.get(file.stem, REPLICATIONS_MAX)
    if scenario.plan.replications > enough:
        scenario = load_scenario(file, [*changes, f"replications={enough}"])
    outcome = run_scenario(scenario, folder)
    assert outcome.idle_faults == ()
    assert [one.outcome for one in outcome.verdicts] == ["pass"] * len(outcome.verdicts)
    assert outcome.verdicts, "a scenario of the gallery promises something"
    assert beyond_the_page(recovery_figure(outcome.first, scenario.plan)) == []
