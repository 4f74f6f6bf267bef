"""``sim validate`` prints every mistake, for people, programs and pull requests."""

import json

from sim.cli.exits import Exit
from sim.cli.validate import annotation
from sim.errors import Mistake


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


def test_an_override_is_checked_with_the_file(sim):
    result = sim("validate", "good.yaml", "--set", "topology.lss=1%", "--seed", "-4")
    assert result.out.splitlines() == [
        "--set seed=-4: seed: must be at least 0, not -4",
        "--set topology.lss=1%: topology.lss: unknown key, did you mean loss?",
    ]


def test_json_has_the_parts_of_every_mistake(sim):
    result = sim("validate", "good.yaml", "bad.yaml", "--format", "json")
    good, bad = json.loads(result.out)
    assert good == {"file": "good.yaml", "good": True, "mistakes": [], "infeasible": []}
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
