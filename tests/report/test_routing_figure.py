"""The figure of routing: what it shows, and what it says."""

import json

import pytest

from sim.campaign.replications import whole
from sim.engine.simulation import Simulation
from sim.errors import ResultsError
from sim.measure.tables import Tables
from sim.report.routing_figure import routing_figure
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


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_there_is_a_panel_for_messages_waits_ages_and_errors(figure):
    labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    assert labels == ["messages/s", "wait (s)", "age (s)", "error (sd)"]


def test_the_title_says_how_soon_an_alert_is_at_the_root(figure):
    title = texts(figure)[0].replace("\n", " ")
    assert title.startswith("small: strict priority with token buckets; an alert reaches the root")


def test_the_sentence_says_what_lines_carry_and_what_is_lost(figure):
    assert texts(figure)[1].startswith("The run: 240 updates/s, busiest lines 99.")
    assert "0 % lost" in texts(figure)[1]


def test_classes_that_nobody_sent_are_not_in_the_legend(figure):
    labels = figure.axes[1].get_legend_handles_labels()[1]
    assert "critical" in labels
    assert not {"heartbeat", "flood"} & set(labels)


def test_without_alerts_the_title_is_about_age():
    figure = drawn(routing={"every": "1s", "send": {"kind": "on_delta", "delta": "0.5sd"}})
    assert "first come, first served; what the root holds is" in texts(figure)[0].replace("\n", " ")
    assert "delta 0.5 sd" in figure.axes[-1].get_legend_handles_labels()[1]


def test_where_nobody_waits_there_is_no_panel_of_waits():
    figure = drawn(routing={"every": "1s"})
    labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    assert labels == ["messages/s", "age (s)", "error (sd)"]


def test_without_routing_there_is_no_figure_of_it():
    with pytest.raises(ResultsError, match="has no `routing`"):
        drawn()


def test_everything_fits_on_the_page_and_no_two_panels_overlap(figure):
    assert beyond_the_page(figure) == []
    assert overlapping(figure) == []
