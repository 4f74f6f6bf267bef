"""The page of the gallery and the README say what is there: files, pictures, promises, commands."""

import re
import shlex

import pytest
import typer

from benchmarks.gallery import GALLERY as PICTURES
from benchmarks.gallery import measured, tell
from sim.cli.app import app
from sim.scenario import load_scenario
from tests.data import ROOT
from tests.gallery import GALLERY

PAGE = (ROOT / "docs" / "gallery.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
BYTES_MAX = 200_000


def test_there_is_a_section_and_a_picture_for_each_of_the_twenty():
    stems = [file.stem for file in GALLERY]
    assert list(PICTURES) == stems
    assert re.findall(r"\]\(\.\./results/gallery/(.*)\.png\)", PAGE) == stems
    sizes = [(ROOT / "results" / "gallery" / f"{stem}.png").stat().st_size for stem in stems]
    assert max(sizes) < BYTES_MAX


@pytest.mark.slow
def test_a_section_has_the_figure_of_each_promise_and_a_change_that_can_be_made():
    for file, section in zip(GALLERY, SECTIONS, strict=True):
        (line,) = re.findall(r"^Measured: .*", section, flags=re.MULTILINE)
        promised = [one.metric for one in load_scenario(file).plan.thresholds]
        assert sorted(re.findall(r"`([^`]*)`", line)) == sorted(promised)
        (call,) = re.findall(r"`sim run (.*?)`", section)
        path, *words = shlex.split(call)
        assert path == f"scenarios/{file.name}"
        load_scenario(file, words[1::2])
        assert words[::2] == ["--set"] * len(words[1::2])


def test_a_section_is_five_sentences():
    for section in SECTIONS:
        (text,) = (part for part in section.strip().split("\n\n")[1:] if part[0] not in "!M")
        prose = re.sub(r"`[^`]*`", "x", text)
        assert len(re.findall(r"[.](?=\s|$)", prose)) == 5, section.splitlines()[0]


def test_every_command_is_in_the_readme():
    group = typer.main.get_command(app)
    assert set(group.commands) == set(re.findall(r"`sim ([a-z]+)", README))


def test_what_was_measured_is_told_with_what_was_promised():
    metrics = [
        {"name": "coverage.min", "value": 0.5, "unit": "share"},
        {"name": "alerts.lost", "value": 0, "unit": "1"},
    ]
    thresholds = [
        {"metric": "coverage.min", "bound": "≥ 10 %"},
        {"metric": "alerts.lost", "bound": "≤ 0"},
    ]
    line = measured({"metrics": metrics, "thresholds": thresholds})
    assert line == (
        "Measured: `coverage.min` 50 % (promised ≥ 10 %) · `alerts.lost` 0 (promised ≤ 0)"
    )


def test_new_figures_replace_the_old_ones_of_their_section_alone():
    page = "![](x/01-a.png)\n\nMeasured: old\n\n![](x/02-b.png)\n\nMeasured: old\n"
    assert tell(page, "02-b", "Measured: new") == page[:-4] + "new\n"


def test_figures_without_a_place_are_refused():
    with pytest.raises(SystemExit, match="no line of figures for 03-c"):
        tell("![](x/01-a.png)\n\nMeasured: old\n", "03-c", "Measured: new")
