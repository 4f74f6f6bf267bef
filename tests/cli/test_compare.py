"""``sim compare``: two runs, or a run and a baseline, side by side."""

import json
import shutil

import pytest

from sim.cli.exits import Exit
from tests.cli.gated_runs import BASELINE, RUN
from tests.gated import METRIC, shift_file


def row_of(metric, out):
    (line,) = (line for line in out.splitlines() if metric in line.split())
    return line.split()


def test_a_run_and_its_own_baseline_are_the_same(sim, gated):
    result = sim("compare", RUN, str(BASELINE))
    assert result.code == Exit.GOOD
    assert row_of(METRIC, result.out)[-2:] == ["0", "same"]
    assert "same seed: 8 replications compared in pairs" in result.err


def test_a_change_is_told_with_its_size_first_and_then_whether_it_is_noise(sim, gated):
    shift_file(BASELINE, -0.003)
    row = row_of(METRIC, sim("compare", str(BASELINE), RUN).out)
    assert row[5:7] == ["+3", "ms"]
    assert row[-1] == "worse"


def test_a_name_stands_for_its_latest_run(sim, gated):
    assert sim("compare", "gated", RUN).out == sim("compare", RUN, RUN).out


def test_other_seeds_are_compared_as_groups(sim, gated):
    text = BASELINE.read_text().replace('"seed": 7', '"seed": 8')
    BASELINE.write_text(text)
    assert "different seeds: compared as two groups" in sim("compare", RUN, str(BASELINE)).err


def test_markdown_is_a_table_for_a_comment(sim, gated):
    result = sim("compare", RUN, str(BASELINE), "--format", "md", "--quiet")
    assert result.out.startswith("| metric | A | B | change |")
    assert result.err == ""


def test_json_has_every_metric(sim, gated):
    shift_file(BASELINE, -0.003)
    result = sim("compare", str(BASELINE), RUN, "--format", "json")
    found = {row["metric"]: row for row in json.loads(result.out, parse_constant=pytest.fail)}
    assert found[METRIC]["change"] == pytest.approx(0.003)
    assert sim("compare", str(BASELINE), RUN, "--json") == result


def test_what_is_not_there_is_one_line(sim, gated):
    result = sim("compare", "nowhere", RUN)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert result.err == (
        "nowhere: there is no such run or baseline, nor a run named so in results/runs\n"
    )


def test_a_damaged_run_is_not_compared(sim, gated):
    shutil.copytree(gated / RUN / "latest", gated / "copy")
    (gated / "copy" / "metrics.json").write_text("[]")
    result = sim("compare", "copy", RUN)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert "metrics.json is damaged" in result.err
