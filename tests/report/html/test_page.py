"""The page as text: whole, safe and small, before any script runs."""

import base64
import hashlib
import json
import re

import pytest

from sim.errors import SimError
from sim.report.html import page as pages
from sim.report.html.facts import Room, room_for
from sim.report.html.page import page, write_page
from tests.measure.synthetic import MS, Fault
from tests.report.html.made import CUT, made

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(autouse=True)
def _without_plotly(monkeypatch):
    """Five megabytes that say nothing about the page."""
    monkeypatch.setattr(pages, "plotly", lambda: "let Plotly = {}")


@pytest.fixture(scope="module")
def text():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "plotly", lambda: "let Plotly = {}")
        return page([made(CUT, name="evil", about=EVIL, manifest={"scenario": EVIL})])


def scripts(text):
    return re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)


def test_what_a_scenario_says_is_text_and_never_a_tag(text):
    assert EVIL not in text
    assert "onerror=alert(2)&gt;" in text
    assert len(scripts(text)) == 3


def test_the_policy_allows_just_the_scripts_that_are_in_the_page(text):
    allowed = re.search(r"script-src ([^;]*);", text.replace("&#39;", "'")).group(1)
    code = [body for attributes, body in scripts(text) if "json" not in attributes]
    digests = [hashlib.sha256(body.encode()).digest() for body in code]
    names = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    assert allowed == " ".join(names)


def test_nothing_is_loaded_from_anywhere(text):
    assert not re.search(r"<(link|iframe|img|script[^>]*src)", text)
    assert not re.search(r"(url\(|@import|fetch\(|XMLHttpRequest|\beval\()", text)


def test_without_scripts_there_are_verdicts_lanes_states_tables_and_the_way_back(text):
    for words in (
        "What was asked of it",
        "the whole interval is within the bound",
        "partition: region-2",
        "At 27.5 s: 7 fresh, 1 cut off (region-2).",
        "How long after each heal until all was well again",
        "this run kept no single messages",
        "1ab26f3d",
    ):
        assert words in text


def test_every_chart_has_a_table_of_the_same(text):
    assert text.count('class="plot"') == text.count("The same as a table") == 3


def test_the_data_of_the_script_are_json_with_a_step_for_every_instant(text):
    ((_, body),) = [one for one in scripts(text) if "json" in one[0]]
    (data,) = json.loads(body)
    assert len(data["steps"]["time"]) == len(data["steps"]["code"][2]) <= 601
    assert data["heals"] == [35.0]


def test_several_runs_share_one_plotly_and_are_compared_above_it():
    text = page([made(CUT), made(name="other")])
    assert text.count("let Plotly = {}") == 1
    assert "2 runs side by side" in text
    assert text.count("<article") == 2


def test_runs_of_one_name_are_told_apart_by_their_identifiers():
    text = page([made(manifest={"run": "aaaa"}), made(manifest={"run": "bbbb"})])
    assert "partition-recovery aaaa" in text
    assert "partition-recovery bbbb" in text


def test_the_more_runs_the_less_room_each_has_but_never_none():
    assert room_for(2) == Room(300, 300, 100, 1500)
    assert room_for(100) == Room(100, 100, 50, 200)


def test_a_page_that_would_be_too_large_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "BYTES_MAX", 10_000)
    with pytest.raises(SimError, match="ask for fewer runs"):
        write_page([made(CUT)], tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


def test_ten_runs_leave_room_for_plotly():
    size = len(page([made(CUT, name=f"run-{number}") for number in range(10)]).encode())
    assert size < 6_000_000 - 4_900_000


def test_the_same_run_is_the_same_page():
    assert page([made(CUT)]) == page([made(CUT)])


def test_plotly_can_stand_in_a_page(monkeypatch):
    monkeypatch.undo()
    script = pages.plotly()
    assert len(script) < 4_900_000
    assert "</script" not in script


def test_a_run_in_which_every_region_flaps_all_the_time_leaves_room_for_plotly():
    flaps = [
        Fault(k * 600 * MS + 100 * r * MS, k * 600 * MS + 100 * r * MS + 250 * MS, range(r, 24, 4))
        for k in range(100)
        for r in range(4)
    ]
    size = len(page([made(*flaps, regions=24)]).encode())
    assert size < pages.BYTES_MAX - 4_900_000
