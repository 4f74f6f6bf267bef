"""What a detection achieved, in words: the title and the sentence below it, from computed figures.

The title says what distribution cost, for that is what a run is asked; where nothing can be said
of that, it says why.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Final

from sim.measure.detection import detection_figures
from sim.measure.tables import Tables
from sim.report.checks.finding_words import amount
from sim.report.table import written
from sim.report.words import seconds, which_run
from sim.scenario.plan import Plan

Figures = Mapping[str, float]

TINY: Final = 5e-4
"""A difference of two shares that nobody would print."""


def headline(tables: Tables, plan: Plan) -> str:
    """One line: recall, and what it and the first alarm lost against a central detector."""
    every_ns = plan.detection.every_ns if plan.detection is not None else 0
    return f"{plan.name}: {_outcome(detection_figures(tables, plan), every_ns)}"


def _outcome(figures: Figures, every_ns: int) -> str:
    if not figures:
        return "nothing was decided"
    recall = figures["detection.recall"]
    if math.isnan(recall):
        return f"nobody was anomalous when there were decisions; {_false_alarms(figures)}"
    cost = _recall_cost(figures["detection.recall.loss"])
    return "; ".join(
        [f"recall {written(recall, 'share')}, {cost}", *_delay_cost(figures, every_ns)]
    )


def _false_alarms(figures: Figures) -> str:
    rate = figures["detection.false_alarms"]
    return f"{written(rate, '1').strip()} false alarms per agent-hour" if rate else "no false alarm"


def _recall_cost(lost: float) -> str:
    """What distribution cost in recall.

    >>> _recall_cost(0.0795), _recall_cost(-0.02), _recall_cost(0.0)
    ('7.95 points less than centrally', '2 points more than centrally', 'as centrally')
    """
    if abs(lost) < TINY:
        return "as centrally"
    side = "less" if lost > 0 else "more"
    return f"{amount(abs(lost), 'share')} {side} than centrally"


def _delay_cost(figures: Figures, every_ns: int) -> Iterator[str]:
    """What it cost in time; less than half the time between two decisions is no difference.

    >>> figures = {"detection.delay.median": 1.0, "detection.delay.median.loss": 0.1}
    >>> [*_delay_cost(figures, 500_000_000), *_delay_cost(figures, 100_000_000)]
    ['first alarms as early', 'first alarms 0.1 s later']
    """
    delay, lost = figures["detection.delay.median"], figures["detection.delay.median.loss"]
    if math.isinf(delay):
        missed = 1 - figures["detection.segment_recall"]
        yield f"{written(missed, 'share')} of the anomalies never found in time"
    elif math.isfinite(lost):
        later = "later" if lost > 0 else "earlier"
        is_alike = abs(lost) * 1e9 < every_ns / 2 or not lost
        known = f"first alarms {seconds(abs(lost) * 1e9)} {later}"
        yield "first alarms as early" if is_alike else known


def sentence(tables: Tables, plan: Plan) -> str:
    """Further figures of the run, each with that of the central twin in brackets."""
    figures = detection_figures(tables, plan)
    if not figures:
        assert plan.detection is not None
        ready_ns = plan.detection.learn_ns + plan.detection.calibrate_ns
        return f"Decisions begin after calibration, at {seconds(ready_ns)}"
    parts = [
        _pair(figures, "segment_recall", "share", "anomalies found"),
        _pair(figures, "delay.median", "s", "median delay"),
        _pair(figures, "false_alarms", "1", "false alarms per agent-hour"),
    ]
    return f"{which_run(plan)}, in brackets run centrally: " + ", ".join(
        part for part in parts if part
    )


def _pair(figures: Figures, name: str, unit: str, label: str) -> str:
    here, central = (figures[f"detection.{name}{whose}"] for whose in ("", ".central"))
    return "" if math.isnan(here) else f"{label} {_figure(here, unit)} ({_figure(central, unit)})"


def _figure(figure: float, unit: str) -> str:
    """A figure without the unit 1; a delay that falls among what was missed is never over."""
    return "never" if math.isinf(figure) else written(figure, unit).strip()
