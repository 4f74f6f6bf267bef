"""The figures of capacity, from a table that was written by hand."""

from dataclasses import replace

import numpy as np
import pytest

from sim.measure.capacity import CAPACITY_FIGURES
from sim.measure.columns.capacity import COLUMNS
from sim.measure.tables import table
from sim.scenario.blocks.capacity.plan import CapacityPlan
from tests.measure.synthetic import S, make_plan, make_tables

ROWS = [
    # time, tier, messages, waited, offered max, utilisation max, backlog max, state max and total
    (1, 0, 0, 0, 0, 0, 0, 10, 1000),
    (1, 1, 100, 300, 0.5, 0.5, 3, 50, 200),
    (1, 2, 20, 10, 0.2, 0.2, 1, 60, 90),
    (1, 3, 10, 50, 1.5, 1.0, 5, 70, 70),
    (2, 0, 0, 0, 0, 0, 0, 10, 900),
    (2, 1, 100, 100, 0.7, 0.7, 2, 40, 160),
    (2, 2, 20, 10, 0.2, 0.2, 1, 60, 90),
    (2, 3, 10, 150, 0.5, 1.0, 9, 95, 95),
]
EXTREMES = [
    # tier, what, node, messages, offered, utilisation, wait
    (1, "offered", "local-3", 50, 0.6, 0.6, 1.0),
    (1, "wait", "local-1", 50, 0.5, 0.5, 7.0),
    (2, "offered", "regional-0", 20, 0.2, 0.2, 0.5),
    (2, "wait", "regional-0", 20, 0.2, 0.2, 0.5),
    (3, "offered", "root", 20, 1.0, 0.9, 10.0),
    (3, "wait", "root", 20, 1.0, 0.9, 10.0),
]
NAMES = ("messages", "waited_ns", "offered_max", "utilisation_max", "backlog_max")
LIMITED = CapacityPlan((None, 100, 40, 50), None)


def figure(name, rows=ROWS, capacity=LIMITED):
    """A figure of a run of two samples, one a second."""
    names = ("time_ns", "tier", *NAMES, "state_max", "state_total")
    columns = dict(zip(names, np.array(rows, float).reshape(-1, 9).T, strict=True))
    columns["time_ns"] = columns["time_ns"] * S
    columns["span_ns"] = np.full(len(rows), S)
    load = {
        key: np.asarray(columns.get(key, np.zeros(len(rows))), kind)
        for key, kind in COLUMNS["load"].items()
    }
    extremes = dict(zip(COLUMNS["extremes"], zip(*EXTREMES, strict=True), strict=True))
    plan = replace(make_plan(2 * S, regions=2), capacity=capacity)
    return CAPACITY_FIGURES[f"capacity.{name}"](
        replace(make_tables([]), load=load, extremes=table("extremes", extremes)), plan
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("offered.root", (1.5 + 0.5) / 2),
        ("offered.max", 1.0),
        ("utilisation.root", 1.0),
        ("utilisation.max", 0.9),
        ("wait.root", 200e-9 / 20),
        ("wait.max", 10e-9),
        ("backlog.max", 9),
        ("state.max", 95),
        ("state.total", 1000 + 200 + 90 + 70),
        ("memory.max", 95 / 50),
    ],
)
def test_a_figure_is_over_time_and_of_the_worst_tier(name, value):
    assert figure(name) == pytest.approx(value)


def test_without_a_limit_there_is_no_share_of_memory():
    assert np.isnan(figure("memory.max", capacity=CapacityPlan((None,) * 4, None)))


def test_nobody_waits_where_nothing_came():
    idle = [(t, tier, *[0] * 7) for t, tier, *_ in ROWS]
    assert figure("wait.root", idle) == 0


@pytest.mark.parametrize("name", ["offered.root", "utilisation.root", "state.max", "state.total"])
def test_what_was_never_sampled_has_no_figure(name):
    assert np.isnan(figure(name, []))
