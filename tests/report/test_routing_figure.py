"""The figure of routing: what it shows, and what it says."""

import json

import matplotlib.colors
import pytest

from sim.campaign.replications import whole
from sim.engine.simulation import Simulation
from sim.errors import ResultsError
from sim.measure.tables import Tables
from sim.report.routing.figure import routing_figure
from sim.report.style import PALE
from tests.engine.scenarios import plan_of
from tests.report.layout import beyond_the_page, overlapping

BUSY = {"every": "100ms", "learn": "1s", "rate": "50kbps", "discipline": "priority"}
ALERT = {"kind": "shift", "agents": "agent-5", "at": "2s", "size": "12sd"}


def drawn(*faults, **blocks):
    plan = plan_of(*faults, **json.loads(json.dumps(blocks)))
    return routing_figure(Tables.of(whole(Simulation(plan, seed=1).run().tables)), plan)


@pytest.fixture(scope="module")
def figure():
    return drawn(anomalies=[ALERT], routing={**BUSY, "admission": {}})


def panels(figure):
    return [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]


def panel(figure, title):
    """The one whose title begins so."""
    (found,) = [one for one in figure.axes if one.get_title(loc="left").startswith(title)]
    return found


def rows(figure):
    axes = panel(figure, "What goes wrong")
    return [label.get_text() for label in axes.get_yticklabels()]


def key(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_there_is_a_panel_for_messages_waits_ages_and_errors(figure):
    assert panels(figure) == ["messages/s", "wait (s)", "age (s)", "error (sd)"]


def test_the_title_says_how_soon_an_alert_is_at_the_root(figure):
    title = texts(figure)[0].replace("\n", " ")
    assert title.startswith("small: strict priority with token buckets; an alert reaches the root")


def test_the_sentence_says_what_lines_carry_and_what_is_lost(figure):
    assert texts(figure)[1].startswith("The run: 240 updates/s, busiest lines 99.")
    assert "0 % lost" in texts(figure)[1]


def test_classes_that_nobody_sent_are_not_in_the_legend(figure):
    labels = panel(figure, "What agents send").get_legend_handles_labels()[1]
    assert "critical" in labels
    assert not {"heartbeat", "flood"} & set(labels)


def test_without_alerts_the_title_is_about_age():
    figure = drawn(routing={"every": "1s"})
    assert "first come, first served; what the root holds is" in texts(figure)[0].replace("\n", " ")


def test_where_silence_means_something_the_title_is_about_what_it_saves_and_what_it_costs():
    send = {"kind": "on_delta", "delta": "0.5sd"}
    crash = {"kind": "crash", "nodes": "agent-5", "at": "1s"}
    figure = drawn(crash, routing={"every": "100ms", "heartbeat": "200ms", "send": send})
    title = texts(figure)[0].replace("\n", " ")
    assert title.startswith("small: of 240 measurements/s ")
    assert "are sent; mean over all held off by" in title
    assert "over those heard lately by" in title
    assert "; a death is noticed after 5" in title
    assert "delta 0.5 sd" in figure.axes[-1].get_legend_handles_labels()[1]


FLOOD = {"where": "agent-0", "kind": "importance_flood", "times": 20, "from": "1s"}
CRASH = {"kind": "crash", "nodes": "agent-5", "at": "1s", "until": "3s"}


@pytest.fixture(scope="module")
def troubled():
    routing = {**BUSY, "capacity": 20, "heartbeat": "200ms"}
    return drawn(CRASH, anomalies=[ALERT], adversaries=[FLOOD], routing=routing)


def test_whatever_goes_wrong_has_a_lane_and_a_look_of_its_own(troubled):
    assert rows(troubled) == ["shift: agent-5", "importance_flood: 1 agent", "crash: agent-5"]
    labels = key(panel(troubled, "What goes wrong"))
    assert labels == ["anomaly", "lies", "fault in force", "a fault ends"]


def test_the_end_of_a_fault_goes_through_every_panel_though_it_cut_nobody_off(troubled):
    for axes in troubled.axes[1:]:
        assert [3.0, 3.0] in [list(line.get_xdata()) for line in axes.lines], axes.get_title()


def test_no_colour_but_that_of_faults_lies_behind_the_curves(troubled):
    grey = matplotlib.colors.to_rgb(PALE)
    for axes in troubled.axes[2:]:
        behind = [one for one in axes.patches if one.get_zorder() == 0]
        assert [one.get_facecolor()[:3] for one in behind] == [grey]


def test_losses_are_shown_with_the_queue_that_was_too_short(troubled, figure):
    assert "lost/s" not in panels(figure)
    queue = panel(troubled, "What waits at the fullest router, which has room for 20")
    longest = queue.lines[0].get_ydata()
    assert longest.max() == 20
    assert key(queue) == ["longest queue", "capacity"]


def test_the_dead_are_shown_with_those_taken_for_dead(troubled, figure):
    assert not [one for one in figure.axes if "dead" in one.get_title(loc="left")]
    axes = panel(troubled, "Who is down, and who is taken for dead (held: ")
    assert key(axes) == ["down", "taken for dead"]


def test_the_panel_of_ages_says_that_the_dead_are_left_out(figure):
    assert panel(figure, "How old").get_title(loc="left").endswith("mean over those that are up")


def test_where_nobody_waits_there_is_no_panel_of_waits():
    figure = drawn(routing={"every": "1s"})
    assert key(panel(figure, "How old")) == ["all others"], "nobody has an anomaly"
    assert panels(figure) == ["messages/s", "age (s)", "error (sd)"]


def test_without_routing_there_is_no_figure_of_it():
    with pytest.raises(ResultsError, match="has no `routing`"):
        drawn()


def test_everything_fits_on_the_page_and_no_two_panels_overlap(figure):
    assert beyond_the_page(figure) == []
    assert overlapping(figure) == []
