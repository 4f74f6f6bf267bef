import json
import math
from dataclasses import replace

from sim.campaign.store import plain
from sim.measure.breakdown import UNKNOWN, Breakdown
from sim.measure.cells import CellResult
from sim.report.breakdown.table import as_json, as_markdown, as_text, bracket, broken, rule_words
from sim.scenario.grid import Cell
from tests.measure.lied import AGENTS_LIE, GUARDED
from tests.measure.synthetic import MEAN
from tests.report.liars import NESTED, breaking

FOUND = broken(breaking())


def brackets(found):
    return {(one.rule, one.placement): bracket(one.limit) for one in found}


def test_there_is_a_row_for_each_rule_and_placement():
    assert brackets(FOUND) == {
        ("mean", "random"): "5 to 10 %",
        ("mean", "worst"): "5 to 10 %",
        ("guarded_mean (median, 20 %, sample of 400)", "random"): "33 to 45 %",
        ("guarded_mean (median, 20 %, sample of 400)", "worst"): "33 to 45 %",
        ("robust (trimmed_mean, 33 %, nested)", "random"): "33 to 45 %",
        ("robust (trimmed_mean, 33 %, nested)", "worst"): "0 to 5 %",
    }


def test_a_median_never_departs_from_the_floor_but_a_mean_does():
    departs = {(one.rule.split()[0], one.placement): bracket(one.floor) for one in FOUND}
    assert departs["guarded_mean", "random"] == "none up to 45 %"
    assert departs["mean", "random"] == "at most 5 %"


def test_the_table_says_what_it_is_of_and_who_lies_where():
    heading, headers, first, *_ = as_text(FOUND).splitlines()
    assert heading == "share of liars at which rules break down:"
    assert headers.split()[:4] == ["rule", "attack", "tier", "placement"]
    assert headers.endswith("bias above 1 sd  first above 3 x floor")
    assert first.split()[:4] == ["mean", "push", "agents", "random"]
    assert first.split()[4:] == ["5", "to", "10", "%", "at", "most", "5", "%"]


def test_in_markdown_it_is_a_table():
    lines = as_markdown(FOUND).splitlines()
    assert lines[1] == "| :-- | :-- | :-- | :-- | --: | --: |"
    assert len(lines) == 2 + len(FOUND)


def test_programs_get_shares_and_null_where_there_is_none():
    found = json.loads(json.dumps(plain(as_json(FOUND))))
    assert found[2]["floor"] == {"last_good": 0.45, "first_bad": None, "up_to": 0.45}


def test_what_was_swept_besides_has_a_column_of_its_own():
    cells = [
        replace(one, cell=replace(one.cell, settings={**one.cell.settings, "tree.local": local}))
        for local in ("10", "50")
        for one in breaking(rules=(NESTED,), placements=("worst",))
    ]
    rows = broken(cells)
    assert [one.further for one in rows] == [{"tree.local": "10"}, {"tree.local": "50"}]
    assert as_text(rows).splitlines()[1].split()[4] == "tree.local"


def test_a_sweep_of_something_else_has_no_breakdown():
    plan = breaking()[0].cell.plan
    loss = CellResult(Cell({"topology.loss": "1%"}, plan), breaking()[0].folder, "pass")
    assert broken([loss]) == []
    assert broken([]) == []


def test_a_plain_mean_that_holds_at_every_share_is_not_what_the_sweep_is_about():
    """Such as floods of claims, which lie about importance and not about values."""
    calm = breaking(shares=("0%", "5%"), rules=("mean",))
    assert broken(calm) == []
    rows = broken(breaking(shares=("0%", "5%", "20%"), rules=("mean",)))
    assert {bracket(one.limit) for one in rows} == {"5 to 20 %"}
    assert {one.rule for one in broken(breaking(shares=("0%", "5%")))} > {"mean"}


def test_cells_without_a_run_or_a_bias_are_left_out():
    missing = [replace(one, verdict="missing", values=()) for one in breaking()]
    assert broken(missing) == []
    half = [*breaking(rules=("mean",)), *missing[12:]]
    assert {one.rule for one in broken(half)} == {"mean"}


def test_a_rule_is_named_with_all_that_tells_it_from_others():
    assert rule_words(MEAN) == "mean"
    assert rule_words(replace(GUARDED, over="sketch")) == "guarded_mean (median, 20 %, sketch)"
    assert bracket(UNKNOWN) == "–"


def test_a_sweep_in_which_nobody_ever_lies_has_nobody_to_name():
    (row,) = broken(breaking(shares=("0%",), rules=(NESTED,), placements=("random",)))
    assert (row.attack, row.tier, row.placement, bracket(row.limit)) == (
        "–",
        "–",
        "–",
        "none up to 0 %",
    )


def test_the_liar_that_is_named_is_the_one_whose_share_was_swept():
    second = replace(AGENTS_LIE, kind="mimic", path="adversaries[1]")
    cells = [
        replace(
            one,
            cell=replace(
                one.cell,
                plan=replace(one.cell.plan, adversaries=(second, *one.cell.plan.adversaries)),
            ),
        )
        for one in breaking(rules=(NESTED,), placements=("worst",))
    ]
    assert [one.attack for one in broken(cells)] == ["push"]


def test_a_rule_that_is_off_without_liars_is_told_so():
    assert bracket(Breakdown(math.nan, 0.0, 0.45)) == "even without liars"
    assert bracket(Breakdown(math.nan, 0.1, 0.45)) == "at most 10 %"
