"""In what state a region is, at each step of the slider."""

from dataclasses import replace

import numpy as np
import pytest

from sim.report.html.badges import region_range
from sim.report.html.charts import staleness_charts
from sim.report.html.clock import clock_of
from sim.report.html.moment import seen, sentence, steps_data
from sim.report.html.seats import seats
from sim.report.html.states import CUT, DOWN, FRESH, STALE, UNUSED, states_of
from sim.scenario.plan import AdversaryPlan, AttestPlan, FaultPlan
from sim.scenario.selectors import TreeShape
from sim.telemetry.tree import Tree
from tests.measure.synthetic import MS, Fault, S, make_tables
from tests.report.evolved import EVOLUTION
from tests.report.html.made import CUT as PARTITION
from tests.report.html.made import made

ATTEST = AttestPlan(5 * S, 100 * MS, 6, 0, agents_check=True, replace=True, replace_ns=S)


def liar(*nodes, tier=1, **changes):
    plan = AdversaryPlan("forge", tier, nodes, (), 1.0, None, "random", "own", "a", 10 * S, 30 * S,
                         {}, "adversaries[0]")  # fmt: skip
    return replace(plan, **changes)


def column(run, at_s, name="code"):
    states = states_of(run, 1000)
    return getattr(states, name)[np.searchsorted(states.time_s, at_s)].tolist()


def test_a_region_is_cut_off_during_the_cut_and_stale_until_news_have_come():
    run = made(PARTITION)
    assert [column(run, at_s)[2] for at_s in (10, 25, 35, 40)] == [FRESH, CUT, STALE, FRESH]


def crash(selector, *regions, kind="crash", **options):
    fault = Fault(20 * S, 35 * S, regions, kind=kind)
    options = options or {"nodes": (selector,)}
    return made(fault, faults=(FaultPlan(kind, fault.at_ns, fault.until_ns, options, "faults[0]"),))


@pytest.mark.parametrize("selector", ["regional-2", "region-2"])
def test_a_region_whose_aggregator_crashed_is_down_and_no_other_is(selector):
    run = crash(selector, 2)
    assert column(run, 30) == [DOWN if region == 2 else FRESH for region in range(8)]
    assert not states_of(run, 10).root_down.any()


def test_when_the_root_crashed_it_is_down_and_every_region_is_cut_off():
    run = crash("root", *range(8))
    assert set(column(run, 30)) == {CUT}
    assert [column(run, at_s, "root_down") for at_s in (10, 30, 36)] == [False, True, False]
    states = states_of(run, 1000)
    assert "The root is down." in sentence(states, states.first_look)


def test_a_site_that_goes_dark_stops_the_aggregators_that_stand_there():
    run = crash("", 2, kind="site_down", site="site-0")
    at_site = seats(run.plan)
    assert column(run, 30)[2] == DOWN
    assert column(run, 30, "root_down")
    assert at_site.names[at_site.root] == "site-0"


def test_an_aggregator_that_chance_stopped_is_down_though_the_scenario_does_not_name_it():
    tables = make_tables([replace(PARTITION, kind="crash")])
    drawn = {**tables.faults, "fault": np.array(["faults[0]/regional-2/7"])}
    assert column(made(tables=replace(tables, faults=drawn)), 30)[2] == DOWN


def test_a_crash_of_agents_stops_no_region():
    assert DOWN not in column(crash("5%", 2), 30)


@pytest.mark.parametrize("instants", [7, 100])
def test_a_cut_that_is_shorter_than_a_step_is_still_seen(instants):
    run = made(Fault(20 * S, 20 * S + 200 * MS, (2,)))
    assert (states_of(run, instants).code[:, 2] == CUT).any()


def test_the_first_look_is_in_the_middle_of_the_cut():
    states = states_of(made(PARTITION), 600)
    assert states.time_s[states.first_look] == pytest.approx(27.5, abs=0.2)


def test_of_very_many_regions_the_cut_one_stands_alone_and_most_stand_together():
    tables = make_tables([Fault(20 * S, 35 * S, (40,))], regions=60)
    states = states_of(made(tables=tables, regions=60), 100)
    assert "region-40" in [member.label for member in states.members]
    assert states.members[-1].label == "49 other regions"
    assert len(states.members) == 12


def test_the_sentence_names_who_is_cut_off_and_says_how_old_the_oldest_is():
    states = states_of(made(PARTITION), 1000)
    at = int(np.searchsorted(states.time_s, 30))
    assert sentence(states, at) == (
        "At 30 s: 7 fresh, 1 cut off (region-2). The root knows 87.5 % of the agents within the "
        "bound; the oldest is 10.3 s old."
    )


def test_a_run_of_hours_is_told_in_hours():
    states = states_of(made(PARTITION), 1000)
    long = replace(states, time_s=states.time_s * 3600, clock=clock_of(10**14))
    at = int(np.searchsorted(states.time_s, 30))
    assert sentence(long, at).startswith("At 30.000 h: 7 fresh")
    assert steps_data(long)["told"][at] == "30.000 h"


def test_the_words_of_a_region_are_its_state_age_and_coverage():
    states = states_of(made(PARTITION), 1000)
    region = seen(states, int(np.searchsorted(states.time_s, 30)))[2]
    assert (region.state, region.letter, region.age, region.coverage) == (
        "cut off", "C", "10.3 s", "0 %",
    )  # fmt: skip


def test_the_script_gets_one_character_of_state_for_each_step():
    data = steps_data(states_of(made(PARTITION), 100))
    assert [len(code) for code in data["code"]] == [len(data["time"])] * 8
    assert set(data["code"][0]) == {str(FRESH)}


def test_a_named_liar_marks_its_region_while_it_lies():
    run = made(adversaries=(liar("local-12"),))
    assert [column(run, at_s, "lying") for at_s in (5, 20, 31)] == [
        [False] * 8,
        [region == 2 for region in range(8)],
        [False] * 8,
    ]


def test_liars_in_every_region_mark_none_and_are_said_to_be_everywhere():
    run = made(adversaries=(liar("agents", tier=0, share=0.2),))
    assert not states_of(run, 10).lying.any()
    assert states_of(run, 10).badges.everywhere == ("adversaries[0] (forge)",)


def test_a_convicted_aggregator_marks_its_region_until_it_is_replaced():
    convictions = {"tier": [1], "node": [12], "lied_ns": [10 * S], "convicted_ns": [15 * S],
                   "replaced_ns": [16 * S], "reason": ["sum"]}  # fmt: skip
    tables = make_tables()
    tables = replace(tables, convictions={k: np.array(v) for k, v in convictions.items()})
    run = made(tables=tables, adversaries=(liar("local-12"),), attest=ATTEST)
    assert [column(run, at_s, "lying")[2] for at_s in (12, 15.5, 17)] == [True, True, False]


def test_an_alarm_counts_from_the_decision_that_raised_it_to_the_next():
    points = {"time_ns": np.repeat([10 * S, 11 * S], 2), "agent": np.tile([250, 251], 2),
              "alarm": np.array([True, True, False, False]), "weight": np.ones(4)}  # fmt: skip
    tables = make_tables()
    run = made(tables=replace(tables, points={**tables.points, **points}))
    assert [column(run, at_s, "alarms")[2] for at_s in (9.9, 10, 10.9, 11)] == [0, 2, 2, 0]
    assert column(run, 10.5, "alerting") == [region == 2 for region in range(8)]


def test_an_alert_marks_the_region_that_raised_it_while_it_is_provisional():
    rows = {"at_ns": [10 * S, 14 * S], "node": ["local-12", "root-0/0"], "replica": [-1, 0],
            "alert": ["a", "a"], "raised_ns": [10 * S] * 2, "state": ["provisional", "committed"],
            "side": [0, 0]}  # fmt: skip
    alerts = {name: np.array(values) for name, values in rows.items()}
    run = made(tables=replace(make_tables(), alerts=alerts))
    assert [column(run, at_s, "alerting")[2] for at_s in (9, 12, 15)] == [False, True, False]


@pytest.mark.parametrize("counts", [(100, 13, 5, 1), (17, 4, 1), (7, 1), (90, 30, 9, 4, 1)])
def test_the_regions_above_a_node_are_those_that_the_tree_says(counts):
    shape = TreeShape(tuple(f"tier-{tier}" for tier in range(len(counts))), counts)
    for tier in range(len(counts) - 1):
        region = Tree(counts).region_of(tier)
        for node in range(counts[tier]):
            assert list(region_range(shape, tier, node, node + 1)) == [region[node]]


def spare(region, since_ns):
    """A tree that changes: a region has no agents from then on, and another never has any."""
    tables = make_tables()
    rows, agents = tables.regions, tables.regions["agents"].copy()
    agents[(rows["region"] == region) & (rows["time_ns"] >= since_ns)] = 0
    agents[rows["region"] == 7] = 0
    tables = replace(tables, regions={**rows, "agents": agents})
    return made(tables=tables, evolution=EVOLUTION)


def test_a_place_that_nobody_ever_is_below_is_no_region_and_an_empty_one_is_not_in_use():
    run = spare(2, 30 * S)
    states = states_of(run, 1000)
    assert [member.label for member in states.members] == [f"region-{n}" for n in range(7)]
    assert [column(run, at_s)[2] for at_s in (20, 40)] == [FRESH, UNUSED]
    at = int(np.searchsorted(states.time_s, 40))
    assert sentence(states, at).startswith("At 40 s: 1 not in use (region-2), 6 fresh.")
    assert (seen(states, at)[2].age, seen(states, at)[2].coverage) == ("–", "–")
    assert [one.label for one in staleness_charts(run, 100)[0].curves] == ["all 7 regions"]


def test_liars_everywhere_are_looked_at_while_they_lie():
    states = states_of(made(adversaries=(liar("agents", tier=0, share=0.2),)), 600)
    assert 10 <= states.time_s[states.first_look] < 30


def test_a_run_without_samples_has_no_states():
    tables = make_tables()
    empty = {name: values[:0] for name, values in tables.samples.items()}
    assert states_of(made(tables=replace(tables, samples=empty)), 100) is None
