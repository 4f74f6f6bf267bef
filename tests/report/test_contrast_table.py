"""Two sides of a comparison: the size first, then noise or not."""

import math
from pathlib import Path

from sim.campaign.comparison import Contrast
from sim.report.checks.contrast_table import contrasts_as_markdown, contrasts_as_text
from tests.golden import agrees

TRANSCRIPTS = Path(__file__).parent / "transcripts"
INF, NAN = math.inf, math.nan


def contrast(metric, unit, a, b, change, low, high, verdict):
    return Contrast(metric, unit, a, b, change, low, high, 0.01, 20, True, verdict)


ROWS = [
    contrast("staleness.root.mean", "s", 0.2, 0.25, 0.05, 0.04, 0.06, "worse"),
    contrast("detection.recall", "share", 0.9, 0.94, 0.04, -0.001, 0.081, "noise"),
    contrast("recovery.time.max", "s", 3.0, INF, INF, 0.2, INF, "worse"),
    contrast("traffic.messages", "1/s", 200.0, 200.0 + 1e-9, 1e-9, 0.0, 0.0, "same"),
    contrast("error.mean.max", "sd", NAN, 0.3, NAN, NAN, NAN, "only one side"),
    contrast("detection.f1", "share", NAN, NAN, NAN, NAN, NAN, "only one side"),
]


def test_the_table_for_a_terminal():
    assert agrees(TRANSCRIPTS / "contrasts.txt", contrasts_as_text(ROWS, ("old", "new")))


def test_the_table_in_markdown():
    assert agrees(TRANSCRIPTS / "contrasts.md", contrasts_as_markdown(ROWS, ("A", "B")))


def test_what_is_undefined_on_both_sides_is_left_out():
    assert "detection.f1" not in contrasts_as_text(ROWS, ("old", "new"))
