"""Annotations as the runner of GitHub Actions reads them."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from sim.report.checks.github import annotations, command
from tests.report.judged import BAD, BLIND, GOOD, IDLE

PARTS = re.compile(r"::(\w+) ?([^:]*)::(.*)")


def read(line):
    """Level, properties and text, the way the runner splits and unescapes them."""
    level, properties, text = PARTS.fullmatch(line).groups()
    pairs = dict(pair.split("=", 1) for pair in properties.split(",") if pair)
    return level, {key: unquote(value) for key, value in pairs.items()}, unquote(text)


def test_a_failure_is_an_error_at_its_line():
    (line,) = annotations(replace(BAD, findings=(BLIND,)))
    level, properties, text = read(line)
    assert level == "error"
    assert properties == {
        "file": "scenarios/wan-cut.yaml",
        "line": "13",
        "title": "wan-cut: detection.recall failed",
    }
    assert text.splitlines()[0].startswith("detection.recall is 91.2 % (95 % interval")
    assert text.splitlines()[1] == f"replay: {BAD.replay}"


def test_a_doubt_is_a_warning():
    (line,) = annotations(replace(BAD, findings=(IDLE,)))
    level, properties, _ = read(line)
    assert (level, properties["title"]) == ("warning", "wan-cut: faults[1] hold is inconclusive")


def test_what_is_infeasible_is_an_error():
    (line,) = annotations(replace(BAD, findings=(replace(BLIND, outcome="infeasible"),)))
    level, properties, _ = read(line)
    assert (level, properties["title"]) == ("error", "wan-cut: detection.recall is infeasible")


def test_a_line_that_is_not_known_is_not_made_up():
    (line,) = annotations(replace(BAD, findings=(replace(BLIND, line=0),)))
    assert "line" not in read(line)[1]


def test_what_passed_is_silent():
    assert list(annotations(GOOD)) == []


def test_a_file_is_named_from_the_folder_of_the_job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (line,) = annotations(replace(BAD, file=str(tmp_path / "a" / "b.yaml"), findings=(BLIND,)))
    assert read(line)[1]["file"] == str(Path("a", "b.yaml"))


def test_a_file_outside_of_it_keeps_its_name(tmp_path, monkeypatch):
    (tmp_path / "job").mkdir()
    monkeypatch.chdir(tmp_path / "job")
    outside = str(tmp_path / "b.yaml")
    (line,) = annotations(replace(BAD, file=outside, findings=(BLIND,)))
    assert read(line)[1]["file"] == outside


def test_an_annotation_cannot_be_broken_out_of():
    line = command("error", "100%\r\n::error::x", "a,b:c.yaml", 1, title="x,line=9::y")
    assert line == (
        "::error file=a%2Cb%3Ac.yaml,line=1,title=x%2Cline=9%3A%3Ay::100%25%0D%0A::error::x"
    )


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))
def test_whatever_is_said_arrives(title, text):
    line = command("notice", text, "a.yaml", 3, title=title)
    assert not set(line) & {"\r", "\n"}
    level, properties, arrived = read(line)
    assert (level, properties["title"], arrived) == ("notice", title, text)
