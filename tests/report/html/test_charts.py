"""Curves as plain values, and what stands below them."""

from dataclasses import replace

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.engine.simulation import Simulation
from sim.measure.tables import Tables
from sim.report.html.charts import Chart, Curve, recovery_rows, staleness_charts
from sim.report.html.detection import detection_section
from sim.report.html.evolution import evolution_section
from sim.report.html.routing import routing_section
from sim.report.html.section import lead
from sim.report.html.view import SUBJECTS, headline
from sim.scenario.plan import FaultPlan
from tests.engine.scenarios import plan_of
from tests.measure.synthetic import Fault, S
from tests.report.detected import detected, detection_plan
from tests.report.evolved import EVOLUTION, evolved
from tests.report.html.made import CUT, made


def chart(run, key, points=600):
    return next(one for one in staleness_charts(run, points) if one.key == key)


def test_the_age_of_the_cut_region_and_of_the_others_and_its_own_view_while_it_is_cut_off():
    curves = chart(made(CUT), "age").curves
    assert [one.label for one in curves] == [
        "region-2", "7 other regions", "region-2 while cut off, seen from inside",
    ]  # fmt: skip
    inside = [x for x, y in zip(curves[2].x, curves[2].y, strict=True) if y is not None]
    assert 20 <= min(inside) < max(inside) <= 35


def test_a_curve_that_is_alone_is_named_in_the_title():
    assert chart(made(), "age").title.endswith("the root knows of all 8 regions")
    assert chart(made(CUT), "age").title.endswith("the root knows of each region")


def test_nobody_sees_from_inside_a_region_whose_aggregator_is_down():
    fault = replace(CUT, kind="crash")
    crash = FaultPlan("crash", fault.at_ns, fault.until_ns, {"nodes": ("region-2",)}, "faults[0]")
    run = made(fault, faults=(crash,))
    assert [one.label for one in chart(run, "age").curves] == ["region-2", "7 other regions"]
    assert headline(run).startswith("Region-2 down for 15 s;")


def test_of_several_replications_a_title_says_which_one_it_is_of():
    prints = [{"fingerprint": "1ab26f3d"}] * 3
    run = made(CUT, manifest={"fingerprints": prints})
    assert headline(run).endswith("after the heal (replication 1 of 3)")
    assert lead(run, f"{run.plan.name}: a", "The run: b") == "Replication 1 of 3: A. B."


def test_the_highest_point_is_the_oldest_age_however_few_points_there_are():
    run = made(CUT)
    oldest = run.tables.regions["oldest_age_ns"].max() / 1e9
    assert max(chart(run, "age", points=20).curves[0].y) == pytest.approx(oldest, rel=1e-3)


def test_a_heal_that_is_followed_by_freshness_is_marked_when_it_came():
    (mark,) = chart(made(CUT), "age").marks
    assert (mark.label, mark.is_censored) == ("fresh again +0.076 s", False)
    assert mark.x == pytest.approx(35.076)


def test_a_recovery_that_was_not_seen_is_marked_as_such_where_watching_ended():
    run = made(Fault(20 * S, 59 * S, (2,)))
    (mark,) = chart(run, "error").marks
    assert mark.is_censored
    assert (mark.label, mark.x) == ("not accurate within 1 s", 60.0)
    header, rows = recovery_rows(run)
    assert rows[0][header.index("accurate")].startswith("more than ")


def test_no_curve_has_more_points_than_there_is_room_for():
    for one in staleness_charts(made(CUT), 50):
        assert all(len(curve.x) == len(curve.y) <= 50 for curve in one.curves)


def test_below_a_chart_stands_what_each_curve_is_at_a_few_instants():
    one = Chart("k", "t", "s", [Curve("a", [0, 10], [1, None]), Curve("b", [5, 12], [2, 3])])
    header, rows = one.rows()
    assert header == ["time", "a", "b"]
    assert rows[0] == ["0 s", "1", "–"]
    assert ["5 s", "1", "2"] in rows
    assert rows[-1] == ["12 s", "–", "3"]


def test_detection_has_the_recall_of_both_sides():
    run = made(tables=detected(agents=20))
    run = replace(run, stored=replace(run.stored, plan=detection_plan()))
    section = detection_section(run, 600)
    recall = section.charts[0]
    assert [curve.label for curve in recall.curves] == ["as deployed", "run centrally"]
    # 40 decisions while agents are anomalous, of which the deployed ones are 2 late
    found = [np.nanmean(np.array(one.y, float)) for one in recall.curves]
    assert found == [pytest.approx(95.0), pytest.approx(100.0)]
    assert "partition" not in section.lead


def test_a_run_about_nothing_else_has_no_other_sections():
    run = made(CUT)
    assert [make(run, 9) for make in SUBJECTS] == [None] * len(SUBJECTS)


def test_a_tree_that_changes_says_what_is_counted_which_nodes_there_are_and_what_it_did():
    section = evolution_section(made(tables=evolved(), evolution=EVOLUTION), 100)
    counts, nodes = section.charts
    assert counts.curves[1].y == [400, 400, 300, 400, 400]
    assert {one.y[0] for one in nodes.curves} == {20, 4}
    assert ["split", "local", "2", "51", "20 s", "20 s"] in section.sheets[0].rows
    assert "split" in section.lead


def test_a_run_of_updates_says_how_old_and_how_right_the_root_is_and_who_is_taken_for_dead():
    plan = plan_of(routing={"every": "100ms", "learn": "1s"})
    tables = Tables.of(whole(Simulation(plan, seed=1).run().tables))
    run = made(tables=tables)
    section = routing_section(replace(run, stored=replace(run.stored, plan=plan)), 100)
    assert [section.charts[at].key for at in (0, -1)] == ["ages", "dead"]
    ages = tables.beliefs["age_routine_ns"]
    assert max(section.charts[0].curves[-1].y) == pytest.approx(np.nanmax(ages) / S, rel=1e-3)


def test_a_run_without_samples_has_no_charts():
    tables = made().tables
    empty = {name: values[:0] for name, values in tables.samples.items()}
    assert staleness_charts(made(tables=replace(tables, samples=empty)), 100) == []
