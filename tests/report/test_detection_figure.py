"""The figure is judged by eye; here it is held to what an eye cannot see or would soon forget."""

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ResultsError
from sim.measure.detection import detection_figures
from sim.measure.tables import empty
from sim.report.detection.figure import detection_figure
from sim.report.detection.words import headline, sentence
from sim.report.promises import in_words
from sim.report.style import save
from sim.scenario.plan import Variant
from tests.measure.synthetic import Fault, S, make_plan, make_tables
from tests.report.detected import SHIFT, detected, detection_plan
from tests.report.layout import beyond_the_page, boxes, overlapping
from tests.report.reading import labels, panel

pytestmark = pytest.mark.slow

FALSE = ("False", "Decisions with")
CUT = Fault(28 * S, 43 * S, (2,))


def draw(tables, **plan):
    return detection_figure(tables, detection_plan(**plan))


def titles(figure):
    return [axes.get_title(loc="left").partition(":")[0] for axes in figure.axes[1:]]


def lane_labels(figure):
    axes = panel(figure, "What is wrong")
    return [tick.get_text() for tick in axes.get_yticklabels()]


def curve(axes, label):
    return next(line for line in axes.get_lines() if line.get_label().startswith(label))


@pytest.fixture(scope="module")
def figure():
    return draw(detected(faults=[CUT]))


# What it says


def test_the_title_says_what_distribution_cost():
    words = headline(detected(), detection_plan())
    assert words == "small: recall 95 %, 5 points less than centrally; first alarms 1 s later"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (detected(late=0), "small: recall 100 %, as centrally; first alarms as early"),
        (
            detected(late=99, false=0),
            "small: recall 0 %, 100 points less than centrally; "
            "100 % of the anomalies never found in time",
        ),
        (
            detected(anomalous=0),
            "small: nobody was anomalous when there were decisions; "
            "0.8 false alarms per agent-hour",
        ),
        (
            detected(anomalous=0, false=0),
            "small: nobody was anomalous when there were decisions; no false alarm",
        ),
        (make_tables(), "small: nothing was decided"),
    ],
    ids=["as good", "never", "calm", "silent", "undecided"],
)
def test_the_title_stays_true_where_there_is_little_to_say(tables, words):
    assert headline(tables, detection_plan()) == words


def test_the_sentence_has_every_figure_of_the_twin_in_brackets():
    assert sentence(detected(), detection_plan()) == (
        "The run, in brackets run centrally: anomalies found 100 % (100 %), "
        "median delay 1 s (0 s), false alarms per agent-hour 0.8 (0.8)"
    )


def test_each_curve_has_its_figure_over_the_run_in_the_legend(figure):
    assert labels(panel(figure, "Recall"))[:2] == ["run centrally: 100 %", "as deployed: 95 %"]


def test_the_areas_stand_above_their_curves(figure):
    title = panel(figure, "ROC").get_title(loc="left")
    assert title.startswith("ROC: area 0.9")
    assert title.endswith("run centrally 0.995")


# What it shows


def test_the_recall_of_a_decision_is_that_of_its_instant(figure):
    at_s, percent = curve(panel(figure, "Recall"), "as deployed").get_data()
    by_instant = dict(zip(at_s.tolist(), percent.tolist(), strict=True))
    assert (by_instant[25.5], by_instant[26.0], by_instant[44.5]) == (0, 100, 100)
    assert np.isnan([by_instant[24.5], by_instant[45.0]]).all()


def test_what_distribution_lost_is_shaded(figure):
    assert labels(panel(figure, "Recall"))[2:] == ["lost by distribution"]
    assert "lost by distribution" not in labels(panel(draw(detected(late=0)), "Recall"))


ALPHA = {"alpha": 0.05}


@pytest.mark.parametrize(
    ("kind", "decide", "words"),
    [
        ("bh", "root", "bh promises 5 %\nat most, on average"),
        ("bh", "local", "bh promises 5 %\nat most, at each of 40 locals"),
        ("bonferroni", "region", "bonferroni promises 5 %\nat most, at each of 8 regionals"),
        ("qute", "local", "qute promises 5 %\nat most, on average"),
    ],
)
def test_the_level_names_who_promises_it_and_for_whom(kind, decide, words):
    plan = detection_plan(control=Variant(kind, ALPHA), decide=decide)
    assert in_words(plan) == words


def test_the_level_is_a_line_with_its_words(figure):
    (level,) = curve(panel(figure, FALSE), "bh promises 5 %").get_ydata()[:1]
    assert level == 5


def test_a_threshold_promises_nothing():
    free = draw(detected(), control=Variant("threshold", {"score": 4.0, "quantile": None}))
    assert not any("promises" in label for label in labels(panel(free, FALSE)))


@pytest.mark.parametrize(
    ("kind", "title", "metric"),
    [
        ("bh", "False share of a decision's alarms, mean of all so far", "fdr"),
        ("bonferroni", "Decisions with any false alarm, of all so far", "any_false"),
        ("lord", "False share of all alarms so far", "fdr.overall"),
    ],
)
def test_what_is_promised_is_drawn_and_ends_at_its_figure_of_the_run(kind, title, metric):
    """One agent is always taken for anomalous, four are found for twenty seconds."""
    control, tables = Variant(kind, ALPHA), detected()
    axes = panel(draw(tables, control=control), title)
    figures = detection_figures(tables, detection_plan(control=control))
    for label, whose in (("as deployed", ""), ("run centrally", ".central")):
        ends = curve(axes, label).get_ydata()[-1]
        assert ends == pytest.approx(100 * figures[f"detection.{metric}{whose}"])


def test_what_the_last_decisions_were_like_is_pale_behind_it(figure):
    (pale,) = panel(figure, FALSE).collections
    assert pale.get_label() == "last 6 decisions, as deployed"


def test_a_missing_score_is_not_known():
    axes = panel(draw(detected(missing=25)), "What is known")
    assert set(curve(axes, "of all agents").get_ydata()) == {75.0}
    assert np.nanmin(curve(axes, "of the anomalous").get_ydata()) == 100


def test_who_decides_is_named():
    assert "where locals decide" in panel(
        draw(detected(), decide="local"), "What is known"
    ).get_title(loc="left")


def test_each_anomaly_has_a_lane_with_the_number_of_its_agents(figure):
    assert lane_labels(figure) == ["shift: 4 agents", "detection"]


def test_agents_that_stand_for_others_are_counted_for_them():
    assert lane_labels(draw(detected(weight=2.5)))[0] == "shift: about 10 agents"


def test_an_anomaly_that_nobody_could_have_found_says_so():
    early = replace(SHIFT, at_ns=2 * S, until_ns=4 * S)
    figure = draw(detected(anomalous=0), anomalies=[early])
    assert lane_labels(figure) == ["shift", "detection"]
    assert "met no decision: not scored" in labels(panel(figure, "What is wrong"))


def test_anomalies_of_a_trace_have_a_lane():
    tables = detected()
    traced = {**tables.segments, "anomaly": np.full(4, -1)}
    figure = draw(replace(tables, segments=traced), anomalies=[])
    assert lane_labels(figure) == ["in the trace: 4 agents", "detection"]


def test_many_anomalies_share_the_last_lane():
    assert lane_labels(draw(detected(), anomalies=[SHIFT] * 9))[5:] == [
        "4 more anomalies",
        "detection",
    ]


# When there is nothing to show


def test_without_an_anomaly_there_is_neither_recall_nor_a_curve_of_scores():
    assert titles(draw(detected(anomalous=0), anomalies=[])) == [
        "Which regions can reach the root",
        "What is wrong with agents, and from when on somebody looks for it",
        "False share of a decision's alarms, mean of all so far; without an alarm",
        "What is known at the root",
    ]


def test_with_nothing_but_anomalies_there_is_no_curve_of_scores():
    shown = titles(draw(detected(agents=4, anomalous=4, first_s=25, false=0)))
    assert "Recall" in shown
    always = detected(agents=4, anomalous=4, false=0)
    always.points["label"][:] = 1
    assert "ROC" not in titles(draw(always))


def test_a_run_without_a_decision_can_be_drawn(tmp_path):
    paths = save(draw(replace(make_tables(), points=empty("points"))), tmp_path / "x", ["png"])
    assert paths[0].stat().st_size > 10_000


def test_a_run_without_detection_has_no_figure_of_it():
    with pytest.raises(ResultsError, match="partition-recovery has no `detection`"):
        detection_figure(make_tables(), make_plan())


# What every figure must be


def test_every_axis_of_a_value_has_its_unit(figure):
    found = [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes[3:]]
    assert found == [
        ("", "recall (%)"),
        ("", "false (%)"),
        ("simulated time (s)", "agents (%)"),
        ("normal agents flagged (%)", "recall (%)"),
        ("recall (%)", "precision (%)"),
    ]


@pytest.mark.parametrize("tables", [detected(faults=[CUT]), detected(agents=10, anomalous=1)])
def test_everything_fits_on_the_page_and_nothing_overlaps(tables):
    figure = draw(tables)
    assert beyond_the_page(figure) == []
    *_, left, right = boxes(figure)
    assert overlapping(figure) == [len(figure.axes) - 2], "the last two stand side by side"
    assert left.x1 <= right.x0


def test_the_header_fits_on_the_page(figure):
    figure.draw_without_rendering()
    for text in figure.axes[0].texts:
        assert text.get_window_extent().x1 <= figure.bbox.width


def test_two_drawings_of_one_run_are_the_same_bytes(tmp_path):
    first, second = (save(draw(detected()), tmp_path / name, ["svg"]) for name in "ab")
    assert first[0].read_bytes() == second[0].read_bytes()
