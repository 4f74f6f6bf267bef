"""Every scenario of the gallery is run and holds what it promises.

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

SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
REPLICATIONS_MAX = 5


@pytest.mark.slow
@pytest.mark.parametrize("file", SCENARIOS, ids=[file.stem for file in SCENARIOS])
def test_a_scenario_of_the_gallery_holds_what_it_promises(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if "$SIM_DATA" in file.read_text(encoding="utf-8"):
        monkeypatch.setenv("SIM_DATA", str(shared_data("smd").parent))
    scenario = load_scenario(file)
    if scenario.plan.replications > REPLICATIONS_MAX:
        scenario = load_scenario(file, [f"replications={REPLICATIONS_MAX}"])
    outcome = run_scenario(scenario, tmp_path)
    assert outcome.idle_faults == ()
    assert [one.outcome for one in outcome.verdicts] == ["pass"] * len(outcome.verdicts)
    assert outcome.verdicts, "a scenario of the gallery promises something"
    figure = recovery_figure(outcome.first, scenario.plan)
    assert all(path.stat().st_size > 10_000 for path in save(figure, tmp_path / "recovery"))


def test_the_first_line_of_every_scenario_names_its_schema():
    for file in SCENARIOS:
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../docs/scenario.schema.json"
