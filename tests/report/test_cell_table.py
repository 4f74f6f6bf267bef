"""A sweep as text, Markdown and CSV."""

import math
from pathlib import Path

import pytest

from sim.measure.cells import CellResult
from sim.measure.metrics import MetricValue
from sim.report.sweeps.cell_table import as_csv, as_markdown, as_text
from sim.scenario.grid import Cell

MEAN = MetricValue("staleness.root.mean", 0.25, "s", 5, 0.2, 0.3, 0)
NEVER = MetricValue("recovery.time.max", math.inf, "s", 4, 1.5, math.inf, 2)
UNDEFINED = MetricValue("coverage.mean", math.nan, "share", 0, math.nan, math.nan, 0)


def result(setting, verdict, *values):
    settings = {"topology.loss": setting, "tree.local": "a|b"}
    return CellResult(Cell(settings, None), Path("runs/x/ab12-s1"), verdict, values)


RESULTS = [result("0%", "pass", MEAN, NEVER, UNDEFINED), result("1%", "missing")]
METRICS = [MEAN.name, NEVER.name, UNDEFINED.name]


def test_text_is_as_wide_as_it_must_be_and_says_what_is_not_known():
    header, _, one, two = as_text(RESULTS, METRICS).splitlines()
    assert header.split() == ["topology.loss", "tree.local", "verdict", *METRICS]
    assert one.split("  ")[0] == "0%"
    assert "250 ms (200 ms to 300 ms)     more than 1.5 s" in one
    assert [word for word in two.split() if word] == ["1%", "a|b", "missing", "–", "–", "–"]


def test_a_figure_that_is_infinite_and_has_no_bound_is_infinite_and_not_more_than_unknown():
    never = MetricValue("routing.death.median", math.inf, "s", 1, math.nan, math.nan, 0)
    row = as_text([result("1%", "fail", never)], [never.name]).splitlines()[-1]
    assert row.split()[-1] == "∞"


def test_colour_comes_only_when_asked_for():
    assert "\x1b[" not in as_text(RESULTS)
    assert "\x1b[32mpass" in as_text(RESULTS, colour=True)


def test_markdown_escapes_what_would_end_a_cell():
    lines = as_markdown(RESULTS, METRICS[:1]).splitlines()
    assert lines[1] == "| :-- | :-- | :-- | --: |"
    assert lines[3] == "| 1% | a\\|b | missing | – |"


def test_csv_is_tidy_and_leaves_undefined_figures_empty():
    lines = as_csv(RESULTS).splitlines()
    assert lines == [
        "topology.loss,tree.local,run,verdict,metric,value,unit,n,low,high,censored",
        "0%,a|b,ab12-s1,pass,staleness.root.mean,0.25,s,5,0.2,0.3,0",
        "0%,a|b,ab12-s1,pass,recovery.time.max,inf,s,4,1.5,inf,2",
        "0%,a|b,ab12-s1,pass,coverage.mean,,share,0,,,0",
    ]


@pytest.mark.parametrize("write", [as_text, as_markdown])
def test_a_table_needs_no_metrics(write):
    assert "verdict" in write(RESULTS)
