"""The figure of capacity: what it shows, and what it says."""

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.engine.simulation import Simulation
from sim.errors import ResultsError
from sim.measure.tables import Tables
from sim.report.capacity.figure import capacity_figure
from tests.engine.scenarios import plan_of
from tests.report.layout import beyond_the_page, overlapping

PAUSE = {"kind": "pause", "nodes": ["local-0"], "at": "2s", "until": "2500ms"}
LIMITED = {"memory": {"root": "1MB"}}


def drawn(*faults, ingress="10ms", capacity=LIMITED):
    plan = plan_of(*faults, tree={"ingress": ingress}, capacity=capacity)
    return capacity_figure(Tables.of(whole(Simulation(plan, seed=1).run().tables)), plan)


@pytest.fixture(scope="module")
def figure():
    return drawn(PAUSE)


def title(figure):
    return figure.axes[0].texts[0].get_text().replace("\n", " ")


def lines(axes):
    return {line.get_label(): line.get_ydata() for line in axes.get_lines()}


def test_there_is_a_panel_for_load_backlog_age_and_state(figure):
    labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    assert labels == ["load", "messages", "age (s)", "state"]


def test_every_tier_has_a_line_and_agents_only_where_something_is_held(figure):
    load, _, _, state = figure.axes[1:5]
    assert {"local", "regional", "root"} <= set(lines(load))
    assert "agent" not in lines(load)
    assert "agent" in lines(state)


def test_memory_is_drawn_where_it_is_limited(figure):
    flat = [line for line in figure.axes[4].get_lines() if set(line.get_ydata()) == {10**6}]
    assert len(flat) == 1
    assert "memory" in lines(figure.axes[4])
    assert "memory" not in lines(drawn(capacity={}).axes[4])


def test_a_pause_shows_as_a_peak_of_messages(figure):
    backlog = lines(figure.axes[2])["local"]
    assert np.argmax(backlog) == 25


def test_the_title_says_who_is_busiest_and_whether_that_is_too_much():
    assert title(drawn()) == "small: everybody keeps up, local-0 has most to do, a load of 0.4"
    too_much = title(drawn(ingress="50ms"))
    assert too_much.startswith("small: local-0 is asked for ")
    assert too_much.endswith(" times what it can do")
    assert title(drawn(ingress="0ms")) == "small: messages take nobody any time"


def test_without_the_block_there_is_no_figure():
    plan = plan_of()
    with pytest.raises(ResultsError, match="has no `capacity`"):
        capacity_figure(Tables.of(whole(Simulation(plan, seed=1).run().tables)), plan)


def test_everything_fits_on_the_page_and_no_two_panels_overlap(figure):
    assert beyond_the_page(figure) == []
    assert overlapping(figure) == []
