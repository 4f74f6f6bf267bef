"""What is told and drawn of liars, from stored tables: no run is needed for it."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from sim.campaign.check import judge_run
from sim.campaign.outcome import Outcome
from sim.campaign.results import open_results
from sim.campaign.store import FinishedRun, store_run
from sim.campaign.stored_tables import tables_of
from sim.campaign.subjects import Subject
from sim.campaign.sweep import SweepOutcome
from sim.cli import sweep_summary
from sim.cli.exits import Exit
from sim.cli.run import _draw
from sim.cli.summary import as_json, tell_results, verdict_lines
from sim.measure.metrics import measure
from sim.report import style
from sim.report.sweeps.cell_table import as_csv
from sim.scenario.loader import Scenario
from tests.measure.lied import lied, lied_plan
from tests.measure.synthetic import make_plan
from tests.report.liars import breaking
from tests.small import SMALL, only_what_counts

PLAN = lied_plan()


def outcome(tables=None, idle=()):
    """What a run with liars would hand over."""
    tables = tables or lied()
    values = measure([tables], PLAN)
    return Outcome(Path("runs/liars"), values, [], ["f" * 64], idle, 0, 1, 1, 0.1, tables)


def stored(tables, folder):
    """The tables of two replications as a run folder."""
    run = FinishedRun(
        name="liars",
        path="liars.yaml",
        scenario="",
        resolved={},
        seed=1,
        started="2026-01-01T00:00:00+00:00",
        wall_s=0.1,
        fingerprints=[{"fingerprint": "f" * 64, "parts": {}}] * 2,
        verdict="pass",
        replay="",
        metrics=[asdict(value) for value in measure(tables, PLAN)],
        replications=[dict(one) for one in tables],
    )
    return open_results(store_run(run, folder))


def swept():
    return SweepOutcome(breaking(), fresh=2)


def wanted(**how):
    chosen = {"metrics": ["bias.max"], "markdown": None, "json": False, "quiet": False, **how}
    return sweep_summary.Wanted(**chosen)


def tell(how, folder):
    scenario = Scenario(PLAN, "", "liars.yaml", tuple(one.cell for one in breaking()))
    call = sweep_summary.Call(Path("liars.yaml"), (), 1)
    how.tell(scenario, swept(), folder, call)


# One run


def test_a_run_tells_what_its_liars_did(capsys):
    tell_results(outcome(), PLAN)
    lines = capsys.readouterr().out.splitlines()
    (first,) = [line for line in lines if line.startswith("adversaries[0] little_is_enough")]
    assert first.split()[2:] == [
        "160",
        "agents",
        "16,000",
        "0",
        "0.3",
        "sd",
        "0.3",
        "sd",
        "2",
        "sd",
    ]


def test_an_honest_run_tells_nothing_of_liars(capsys):
    honest = replace(lied(), adversaries={k: v[:0] for k, v in lied().adversaries.items()})
    tell_results(outcome(honest), make_plan())
    assert "liars" not in capsys.readouterr().out


def test_a_liar_that_told_no_lie_is_named_below_the_verdict():
    lines = list(verdict_lines(outcome(idle=("adversaries[1]",)), PLAN))
    assert lines == [
        "verdict:  inconclusive (the scenario has no thresholds)",
        "          adversaries[1] (forge) told no lie, so its effect was not tested",
    ]


def test_programs_are_told_of_liars_as_well():
    found = json.loads(json.dumps(as_json(outcome(), PLAN, [])))["adversaries"]
    assert [(one["kind"], one["acts"]) for one in found] == [
        ("little_is_enough", 16_000),
        ("forge", 55),
    ]


@pytest.mark.slow
def test_the_tables_of_liars_survive_being_stored(tmp_path):
    results = stored([lied(), lied()], tmp_path)
    again = measure([tables_of(results, replication) for replication in range(2)], PLAN)
    assert repr(again) == repr(measure([lied(), lied()], PLAN))


@pytest.mark.slow
def test_a_check_finds_the_liar_that_told_no_lie_in_some_replication(tmp_path):
    results = stored([lied(), lied(adversaries={"acts": [9, 0]})], tmp_path)
    judged = judge_run(Subject(PLAN, "liars.yaml", ""), results)
    found = {one.name: one for one in judged.findings if one.kind == "adversary"}
    assert found["adversaries[0] little_is_enough"].outcome == "pass"
    idle = found["adversaries[1] forge"]
    assert (idle.outcome, idle.held) == ("inconclusive", 1)
    assert idle.reason == "told no lie, so its effect was not tested"


@pytest.mark.slow
def test_a_run_with_liars_draws_a_figure_of_them(monkeypatch):
    monkeypatch.setattr(style, "save", lambda _, stem: [stem.name])
    assert _draw(outcome(), PLAN) == ["recovery", "lies"]
    assert _draw(outcome(), make_plan()) == ["recovery"]


# A sweep


def test_a_sweep_over_shares_of_liars_tells_where_rules_break_down(capsys, tmp_path):
    tell(wanted(), tmp_path)
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("share of liars at which rules break down:")
    assert lines[start + 2].split()[:4] == ["mean", "push", "agents", "random"]


def test_in_markdown_and_json_it_is_there_too(capsys, tmp_path):
    tell(wanted(markdown=Path("-")), tmp_path)
    assert "| rule | attack | tier | placement |" in capsys.readouterr().out
    tell(wanted(json=True), tmp_path)
    found = json.loads(capsys.readouterr().out)["breakdown"]
    assert found[0]["limit"] == {"last_good": 0.05, "first_bad": 0.1, "up_to": 0.45}


@pytest.mark.slow
def test_the_breakdown_of_a_stored_sweep_can_be_drawn(sim, folder):
    (folder / "liars").mkdir()
    (folder / "liars" / "sweep.csv").write_text(as_csv(breaking()))
    result = sim("plot", "liars", "--kind", "breakdown", "--format", "png")
    assert (result.code, result.out) == (Exit.GOOD, "liars/breakdown.png\n")
    wrong = sim("plot", "liars", "--kind", "breakdown", "--x", "baseline.rule")
    assert (wrong.code, wrong.out) == (Exit.WRONG_CALL, "")
    assert "'baseline.rule' is no share of liars that is swept" in wrong.err


# With the engine

LIES = """\
adversaries: [{where: agents, share: 20%, kind: push, to: 10sd, from: 1s}]
sweep:
  adversaries[0].share: [0%, 20%]
"""


@pytest.mark.slow
def test_a_scenario_with_liars_is_run_swept_and_drawn(sim, folder, monkeypatch):
    """A plan of the cell in which nobody lies has no adversary to name."""
    only_what_counts(monkeypatch)
    (folder / "small.yaml").write_text(SMALL + LIES)
    told = sim("run", "small.yaml", "--no-plot", "--set", "replications=1").out
    assert "adversaries[0] push  4 agents" in told
    assert sim("plot", "results/runs/small", "--kind", "lies", "--format", "png").code == Exit.GOOD
    swept = sim("sweep", "small.yaml", "--set", "replications=1", "--metric", "bias.max")
    assert swept.code == Exit.GOOD
    rows = swept.out.split("share of liars at which rules break down:\n")[1].splitlines()
    assert rows[1].split()[:4] == ["mean", "push", "agents", "random"]


def test_other_parts_that_had_no_effect_are_named_in_words_of_their_own():
    parts = ("alerts.raised[0]", "reads[1]", "tree.reseat")
    lines = "\n".join(verdict_lines(outcome(idle=parts), PLAN))
    assert "alerts.raised[0] was not raised" in lines
    assert "reads[1] read nothing" in lines
    assert "tree.reseat never came" in lines
