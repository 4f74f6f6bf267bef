"""``sim validate`` prints every mistake, for people, programs and pull requests."""

import json

from sim.cli.exits import Exit
from sim.cli.validate import annotation
from sim.errors import Mistake
from sim.scenario import load_scenario
from tests.scenario.texts import GOOD


def test_a_good_file_is_good(sim):
    assert sim("validate", "good.yaml") == (Exit.GOOD, "good.yaml: good\n", "")


def test_a_good_file_is_nothing_to_talk_about_when_quiet(sim):
    assert sim("validate", "good.yaml", "--quiet") == (Exit.GOOD, "", "")


def test_every_mistake_is_a_line(sim):
    result = sim("validate", "bad.yaml")
    assert result.code == Exit.WRONG_CALL
    assert result.out.splitlines() == [
        "bad.yaml:6:1: sede: unknown key, did you mean seed?",
        "bad.yaml:7:12: baseline.pane: must be a duration such as 20ms, 5s or 2h, not '1parsec'",
    ]


def test_one_bad_file_among_good_ones_counts(sim):
    result = sim("validate", "good.yaml", "bad.yaml", "absent.yaml", "--quiet")
    assert result.code == Exit.WRONG_CALL
    assert [line.split(":")[0] for line in result.out.splitlines()] == [
        "bad.yaml",
        "bad.yaml",
        "absent.yaml",
    ]


def test_a_bug_that_one_file_brings_out_does_not_hide_the_others(sim, monkeypatch):
    def load(file, *changes):
        if file == "good.yaml":
            raise OverflowError("too much")
        return load_scenario(file, *changes)

    monkeypatch.setattr("sim.scenario.load_scenario", load)
    result = sim("validate", "good.yaml", "bad.yaml", "--quiet")
    assert result.code == Exit.OUR_BUG
    first, *rest = result.out.splitlines()
    assert first == "good.yaml: cannot be checked for a bug of ours: too much"
    assert [line.split(":")[0] for line in rest] == ["bad.yaml", "bad.yaml"]
    assert "OverflowError: too much" in result.err


def test_an_override_is_checked_with_the_file(sim):
    result = sim("validate", "good.yaml", "--set", "topology.lss=1%", "--seed", "-4")
    assert result.out.splitlines() == [
        "--seed -4: must be at least 0, not -4",
        "--set topology.lss=1%: topology.lss: unknown key, did you mean loss?",
    ]


def test_json_has_the_parts_of_every_mistake(sim):
    result = sim("validate", "good.yaml", "bad.yaml", "--format", "json")
    good, bad = json.loads(result.out)
    assert good == {
        "file": "good.yaml",
        "good": True,
        "mistakes": [],
        "infeasible": [],
        "advice": [],
    }
    assert bad["mistakes"][0] == {
        "file": "bad.yaml",
        "line": 6,
        "column": 1,
        "path": "sede",
        "problem": "unknown key",
        "hint": "did you mean seed?",
    }


def test_json_is_one_word_away(sim):
    assert sim("validate", "bad.yaml", "--json") == sim("validate", "bad.yaml", "--format", "json")


def test_a_pull_request_gets_annotations(sim):
    result = sim("validate", "good.yaml", "bad.yaml", "--format", "github")
    assert result.out.splitlines()[0] == (
        "::error file=bad.yaml,line=6,col=1::sede: unknown key, did you mean seed?"
    )


def test_an_annotation_cannot_be_broken_out_of():
    mistake = Mistake("a,b:c.yaml", 1, 2, "", "100%\n::error::x")
    expected = "::error file=a%2Cb%3Ac.yaml,line=1,col=2::100%25%0A::error::x"
    assert annotation(mistake) == expected


LIARS = """\
adversaries: [{where: agents, share: 20%, kind: push}]
thresholds:
  bias.max: {max: 0.1}
"""
FLOOR = "at 20 % liars no rule is better than 0.3186 sd, threshold asks 0.1 sd"


def test_what_is_infeasible_is_told_and_is_no_mistake(sim, folder):
    (folder / "liars.yaml").write_text(GOOD + LIARS)
    assert sim("validate", "liars.yaml") == (
        Exit.GOOD,
        f"liars.yaml: good\nliars.yaml:8:1: thresholds.bias.max: infeasible: {FLOOR}\n",
        "",
    )


def test_what_is_infeasible_is_a_warning_of_a_pull_request(sim, folder):
    (folder / "liars.yaml").write_text(GOOD + LIARS)
    out = sim("validate", "liars.yaml", "--format", "github").out
    assert out.startswith("::warning file=liars.yaml,line=8,col=1::thresholds.bias.max: infeasible")


def test_the_cell_of_a_sweep_that_is_infeasible_is_named(sim, folder):
    sweep = 'sweep:\n  "adversaries[0].share": [0%, 5%, 10%]\n'
    (folder / "liars.yaml").write_text(GOOD + LIARS.replace("20%", "0%") + sweep)
    _, line = sim("validate", "liars.yaml").out.splitlines()
    assert "infeasible with adversaries[0].share=10%: at 10 % liars no rule is better than" in line


def test_json_has_what_is_infeasible_apart_from_mistakes(sim, folder):
    (folder / "liars.yaml").write_text(GOOD + LIARS)
    (report,) = json.loads(sim("validate", "liars.yaml", "--json").out)
    assert (report["good"], report["mistakes"]) == (True, [])
    assert [one["problem"] for one in report["infeasible"]] == [f"infeasible: {FLOOR}"]
