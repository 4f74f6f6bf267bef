"""The scenarios of the gallery and of the studies, and what each of them is held to.

Each is run as it stands, but for the many replications that only a gate needs: `make gate` runs
these. What a scenario promises by itself, it promises with five.
"""

from pathlib import Path

import pytest

from sim.campaign.replications import run_scenario
from sim.report.recovery_figure import recovery_figure
from sim.report.style import save
from sim.scenario import load_scenario
from tests.data import ROOT, shared_data

GALLERY = sorted((ROOT / "scenarios").glob("*.yaml"))
"""One idea each, numbered in the order in which to learn them."""
STUDIES = sorted((ROOT / "scenarios" / "studies").glob("*.yaml"))
"""Variants and curves."""
SCENARIOS = GALLERY + STUDIES
LARGE = ("20-million-agents",)
"""Those that have a file of tests of their own, so that they run beside the others."""
REPLICATIONS_MAX = 5


def holds_what_it_promises(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a scenario, look at its verdicts, and draw its figure."""
    if "$SIM_DATA" in file.read_text(encoding="utf-8"):
        monkeypatch.setenv("SIM_DATA", str(shared_data("smd").parent))
    scenario = load_scenario(file)
    if scenario.plan.replications > REPLICATIONS_MAX:
        scenario = load_scenario(file, [f"replications={REPLICATIONS_MAX}"])
    outcome = run_scenario(scenario, folder)
    assert outcome.idle_faults == ()
    assert [one.outcome for one in outcome.verdicts] == ["pass"] * len(outcome.verdicts)
    assert outcome.verdicts, "a scenario of the gallery promises something"
    figure = recovery_figure(outcome.first, scenario.plan)
    assert all(path.stat().st_size > 10_000 for path in save(figure, folder / "recovery"))
