import math

import pytest

from sim.measure.metrics import MetricValue
from sim.measure.verdicts import judge
from sim.report.table import about_n, as_markdown, as_text, rows
from sim.scenario.plan import Threshold

NAN = math.nan
VALUES = [
    MetricValue("staleness.root.mean", 0.215, "s", 20, 0.21, 0.22, 0),
    MetricValue("coverage.min", 0.875, "share", 20, 0.87, 0.88, 0),
    MetricValue("recovery.fresh.max", math.inf, "s", 30, 25.0, math.inf, 2),
    MetricValue("recovery.time.p95", 0.4, "s", 30, NAN, NAN, 1),
    MetricValue("error.mean.max", NAN, "sd", 0, NAN, NAN, 0),
]
THRESHOLDS = [
    Threshold("coverage.min", 0.8, None, 1),
    Threshold("recovery.fresh.max", None, 10.0, 2),
    Threshold("error.mean.max", None, 0.01, 3),
]
VERDICTS = judge(VALUES, THRESHOLDS)

MARKDOWN = """\
| metric | value | 95 % interval | n | bound | verdict |
| :-- | --: | --: | --: | --: | :-- |
| staleness.root.mean | 215 ms | 210 ms to 220 ms | 20 |  |  |
| coverage.min | 87.5 % | 87 % to 88 % | 20 | ≥ 80 % | pass |
| recovery.fresh.max | more than 25 s | 2 of 30 not seen recovered | 30 | ≤ 10 s | fail |
| recovery.time.p95 | 400 ms | 1 of 30 not seen recovered | 30 |  |  |
| error.mean.max | – | – | 0 | ≤ 0.01 sd | inconclusive |

- fail: recovery.fresh.max ≤ 10 s: the whole interval is beyond the bound (2 of 30 not seen recovered)
- inconclusive: error.mean.max ≤ 0.01 sd: the metric is undefined in this run
"""  # noqa: E501


def test_the_table_in_markdown():
    assert as_markdown(VALUES, VERDICTS) == MARKDOWN


def test_a_table_without_thresholds_has_no_reasons():
    assert as_markdown(VALUES[:1]).count("\n") == 3


def test_the_table_as_text_fits_its_width_and_has_every_cell():
    text = as_text(VALUES, VERDICTS, width=100)
    assert max(map(len, text.splitlines())) <= 100
    for row in rows(VALUES, VERDICTS):
        assert all(cell in text for cell in (row.metric, row.value, row.interval, row.verdict))


def test_colour_is_only_there_when_asked_for():
    assert "\x1b[" not in as_text(VALUES, VERDICTS)
    assert "\x1b[32mpass" in as_text(VALUES, VERDICTS, colour=True)


def test_a_time_of_which_nothing_is_known_but_that_it_is_one_is_unknown():
    value = MetricValue("recovery.time.max", math.inf, "s", 2, 0.0, math.inf, 1)
    assert rows([value])[0].value == "unknown"


def test_it_is_said_what_n_counts_and_how_long_a_heal_was_watched():
    told = [*VALUES, MetricValue("alerts.commit.max", 0.1, "s", 3, NAN, NAN, 0)]
    assert about_n(told) == [
        "n:        heals in recovery.*, alerts in alerts.commit.max; replications elsewhere",
        "          a heal is watched until the next cut or the end of the run, no longer",
    ]
    assert about_n(VALUES[:2]) == []


def test_a_second_threshold_on_a_metric_has_a_line_of_its_own():
    verdicts = judge(VALUES, [*THRESHOLDS[:1], Threshold("coverage.min", 0.9, None, 4)])
    found = rows(VALUES[1:2], verdicts)
    assert [(row.metric, row.bound, row.verdict) for row in found] == [
        ("coverage.min", "≥ 80 %", "pass"),
        ("", "≥ 90 %", "fail"),
    ]


@pytest.mark.parametrize(
    ("figure", "unit", "text"),
    [(1234.5, "1/s", "1,234 /s"), (16.75, "1/s", "16.8 /s"), (0.99999, "share", "99.999 %")],
)
def test_a_figure_is_written_with_its_unit(figure, unit, text):
    value = MetricValue("traffic.messages", figure, unit, 1, NAN, NAN, 0)
    assert rows([value])[0].value == text


def test_a_mean_that_is_infinite_is_more_than_nothing_in_particular():
    infinite = MetricValue("detection.delay.median", math.inf, "s", 20, NAN, NAN, 0)
    assert [row.value for row in rows([infinite])] == ["∞"]
