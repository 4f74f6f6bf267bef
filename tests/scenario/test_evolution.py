"""A changing tree: what may be written, what is refused, what is told and what is known before."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from sim.cli.explain.evolution import about_evolution
from sim.scenario import parse_scenario, resolved_yaml
from sim.scenario.blocks.evolution.advice import about_evolution as advice_on
from sim.scenario.blocks.evolution.facts import evolution_facts, first_counts
from sim.units import NS_PER_S
from tests.scenario.strategies import changing_scenarios
from tests.scenario.texts import GOOD, mistakes_in
from tests.scenario.texts import plan_of as scenario_of

TREE = "tree: {local: 60, regional: 20}\n"
"""With 6,000 agents: 100 locals and 5 regionals."""
MANY = GOOD.replace("count: 1000", "count: 6000") + TREE
STORM = "joins: 20/s, leaves: 20/s, epoch: 2s, start: 17%"


def plan_of(block: str = STORM, text: str = MANY):
    return scenario_of(text + "baseline: {pane: 1s}\n" + f"evolution: {{{block}}}\n")


def mistakes(block: str, text: str = MANY, more: str = "") -> list[str]:
    """What is said of a block in line 8, without the place in the file where all stand in it."""
    found = mistakes_in(f"{text}evolution: {{{block}}}\nbaseline: {{pane: 1s}}\n{more}")
    return [one.split(": ", 1)[1] for one in found]


def told(block: str) -> list[str]:
    return [f"{'.'.join(path)}: {problem}" for path, problem, _ in advice_on(plan_of(block))]


# What is written


@pytest.mark.parametrize(
    ("bounds", "slack"),
    [("min: 10, max: 50", 15), ("min: 5, max: 15", 3), ("min: 10, max: 50, slack: 0", 0)],
)
def test_slack_is_the_most_that_bounds_allow_unless_it_is_given(bounds, slack):
    assert plan_of(f"locals: {{{bounds}}}, start: 8%").evolution.fan_in[0].slack == slack


def test_a_tree_without_regionals_has_bounds_for_its_locals_alone():
    text = MANY.replace("regional: 20", "levels: 2")
    assert len(plan_of("start: 17%", text).evolution.fan_in) == 1


@pytest.mark.usefixtures("outages_without_end")
@settings(max_examples=15, deadline=None)
@given(changing_scenarios())
def test_reading_what_was_written_gives_the_same_tree(values):
    plan = scenario_of(json.dumps(values))
    again = scenario_of(resolved_yaml(plan))
    assert replace(again, thresholds=(), gate=()) == replace(plan, thresholds=(), gate=())


# What is refused


def test_every_mistake_is_told_at_once_with_what_to_do():
    found = mistakes("locals: {min: 10, max: 19}, regionals: {min: 5, max: 25}, epoch: 1500ms")
    assert found == [
        "evolution.start: 3,000 agents need 158 locals of at most 19, and there are 100, begin "
        "with 1,900 agents or fewer (start: 31.66%), or have more places",
        "evolution.locals: would thrash: a merge of two at min makes 20, more than max - slack = "
        "19, max must be at least twice min, here 20; three times is calm",
        "evolution.regionals.max: max 25 needs a place more than that: 100 locals below 5 "
        "regionals leave room for 20 each, tree.regional must be 26 or more, and agents.count must "
        "fill it, here with 7,800",
        "evolution.epoch: must be a multiple of 1s (baseline.pane)",
    ]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (
            "start: 17%, locals: {min: 10, max: 50, slack: 16}",
            "evolution.locals: would thrash: a split of 51 leaves 25, less than min + slack = 26, "
            "say slack: 15 or less, or leave it out",
        ),
        (
            "start: 17%, locals: {min: 50, max: 10}",
            "evolution.locals: min 50 is above max 10",
        ),
        ("start: 17%, joins: 0/s", "evolution.joins: must be more than 0; say none for nobody"),
        ("start: 17%, leaves: 0Hz", "evolution.leaves: must be more than 0; say none for nobody"),
        ("start: 0.001%", "evolution.start: 0.001 % of 6,000 agents is nobody"),
        (
            "start: 95%",
            "evolution.start: 5,700 agents need 114 locals of at most 50, and there are 100, "
            "begin with 2,250 agents or fewer (start: 37.5%), or have more places",
        ),
        (
            "start: 60%",
            "evolution.start: 100 locals need 7 regionals of at most 15, and there are 5, "
            "begin with 2,250 agents or fewer (start: 37.5%), or have more places",
        ),
        (
            "start: 17%, joins: 1000000/s, leaves: 4/s",
            "evolution.joins: about 60,000,000 agents would join and 240 leave in the run, "
            "together more than 200,000, say less, or for a shorter time (until)",
        ),
        ("start: 17%, epoch: 60s", "evolution.epoch: 1min is not before the end of the run, 1min"),
        ("start: 17%, at: 9s, until: 8s", "evolution.until: must be after `at`"),
        ("start: 17%, adapt: true", "evolution.adapt: needs `detection`"),
    ],
)
def test_what_cannot_be_is_refused_in_words_that_help(block, problem):
    (found,) = mistakes(block)
    assert found.startswith(problem)


@pytest.mark.parametrize("share", ["37.5%", "17%"])
def test_a_start_that_a_refusal_names_is_accepted(share):
    assert mistakes(f"start: {share}") == []


def test_one_agent_more_than_a_refusal_names_is_too_many():
    (found,) = mistakes(f"start: {2251 / 6000}")
    assert "76 locals need 6 regionals of at most 15, and there are 5" in found


def test_as_many_events_as_a_run_may_have_are_accepted_where_they_end_in_time():
    assert mistakes("start: 17%, joins: 20000/s, until: 10s") == []


def test_room_that_the_number_of_agents_leaves_is_not_blamed_on_the_tree():
    """tree.regional is 8, but 480 agents make 20 locals, for three regionals."""
    text = GOOD.replace("count: 1000", "count: 480") + "tree: {local: 24, regional: 8}\n"
    block = "locals: {min: 5, max: 20}, regionals: {min: 2, max: 7}, start: 40%"
    (found,) = mistakes(block, text)
    assert found == (
        "evolution.regionals.max: max 7 needs a place more than that: 20 locals below 3 regionals "
        "leave room for 6 each, tree.regional must be 8 or more, and agents.count must fill it, "
        "here with 576"
    )
    assert mistakes(block, text.replace("480", "576")) == []


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("start: 20%, locals: {min: 0, max: 20}, regionals: {min: 2, max: 7}", "locals.min"),
        ("start: .nan, locals: {min: 5, max: 20}, regionals: {min: 2, max: 7}", "start"),
        ("start: 20%, locals: {min: 5, max: 20}, regionals: {min: 2}", "regionals.max"),
    ],
)
def test_what_is_wrong_is_told_once_and_nothing_is_said_of_its_default(block, problem):
    """In this tree no default would do."""
    text = GOOD.replace("count: 1000", "count: 1152") + "tree: {local: 24, regional: 8}\n"
    (found,) = mistakes(block, text)
    assert found.startswith(f"evolution.{problem}: ")


def test_an_epoch_is_not_held_against_the_default_of_a_pane_that_is_wrong():
    text = MANY + "baseline: {pane: long}\nevolution: {start: 17%, epoch: 7s}\n"
    (found,) = mistakes_in(text)
    assert "baseline.pane" in found


def test_adapt_does_not_miss_a_detection_that_is_wrong():
    (found,) = mistakes("start: 17%, adapt: true", more="detection: {detector: nobody}\n")
    assert found.startswith("detection.detector")


def test_a_wrong_block_does_not_hide_a_mistake_in_another_one():
    (of_evolution, of_fault) = mistakes(
        "start: .nan", more="faults: [{kind: crash, nodes: [local-1000], at: 1s}]\n"
    )
    assert of_evolution.startswith("evolution.start")
    assert "local-1000" in of_fault


def test_regionals_are_refused_where_there_are_none():
    text = MANY.replace("regional: 20", "levels: 2")
    (found,) = mistakes("start: 17%, regionals: {min: 5, max: 15}", text)
    assert found == (
        "evolution.regionals: there is no tier between the locals and the root, "
        "tree.levels: 3 adds one"
    )


def test_a_flat_tree_has_nothing_that_could_change():
    text = MANY.replace("local: 60, regional: 20", "levels: 1")
    found = mistakes("start: 17%", text)
    assert found == ["evolution: needs local aggregators: tree.levels of 2 or more"]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("confidence: {}\n", "confidence"),
        ("detection: {detector: cusum, scope: own}\n", "detection.scope"),
        ("attest: {}\n", "attest"),
    ],
)
def test_what_goes_by_who_sits_where_cannot_stand_beside_it(more, path):
    found = mistakes("start: 17%", more=more)
    assert any(one.startswith(f"{path}: ") for one in found)


# What is told


def test_a_calm_tree_is_told_nothing():
    assert told(STORM) == []


def test_less_slack_than_possible_is_told_where_nodes_borrow():
    block = f"{STORM}, locals: {{min: 10, max: 50, slack: 2}}"
    assert told(block) == [
        "evolution.locals.slack: with slack 2 small nodes borrow until all are down to 12, where "
        "nearly every leave makes one borrow again"
    ]
    assert told(f"{block}, borrow: false") == []


def test_a_tree_that_fills_or_empties_is_told_when():
    """1,020 of 6,000 are there: 4,980 more come at 95 a second net, or they go at 30."""
    filling = "joins: 100/s, leaves: 5/s, epoch: 1s, start: 17%"
    assert told(filling)[0] == (
        "evolution.joins: more join than leave: after about 52.4 s all 6,000 places are taken, "
        "and nobody can join"
    )
    emptying = "joins: 10/s, leaves: 40/s, epoch: 1s, start: 17%"
    assert told(emptying)[0] == (
        "evolution.leaves: more leave than join: after about 34 s there is nobody left"
    )


def test_epochs_in_which_bounds_are_left_are_told():
    """In 10 s 34 locals have 2 * 1,000 events: 59 each, and a standard deviation of 7.7."""
    storm = "joins: 100/s, leaves: 100/s, start: 17%, epoch: 10s"
    (found,) = told(f"{storm}, locals: {{min: 20, max: 45}}")
    assert found == (
        "evolution.epoch: in 10s a local's agents change by +0 ± 7.9: of those half way between "
        "20 and 45 one in forty or more leaves these bounds before anything is done"
    )
    assert told(storm) == []


# What is known before a run


def test_nodes_at_the_start_are_half_way_between_their_bounds():
    assert first_counts([6000, 100, 5], plan_of().evolution) == [1020, 34, 4]


def test_expected_events_are_those_of_the_time_in_which_agents_come():
    facts = evolution_facts(plan_of(f"{STORM}, at: 10s, until: 30s"))
    assert (facts.joins, facts.leaves, facts.epochs) == (400, 400, 29)
    assert (facts.full_ns, facts.empty_ns) == (None, None)


def test_when_it_is_full_counts_from_when_agents_come():
    facts = evolution_facts(plan_of("joins: 249/s, epoch: 1s, start: 17%, at: 5s"))
    assert facts.full_ns == pytest.approx(25 * NS_PER_S, rel=1e-6)


def test_a_plan_without_evolution_has_no_facts_about_it():
    assert evolution_facts(parse_scenario(GOOD, "scenario.yaml")) is None


def test_explain_says_what_theory_expects_where_it_knows():
    block = f"{STORM}, borrow: false"
    assert any(
        line.startswith("theory: 7.5e-05 splits and merges of locals an event at 10-50, 0.18 in")
        for line in about_evolution(plan_of(block))
    )
    assert not any(line.startswith("theory") for line in about_evolution(plan_of()))


def test_explain_says_who_is_there_and_who_comes():
    lines = list(about_evolution(plan_of()))
    assert lines[0].startswith(
        "at the start there are 1,020 of 6,000 agents, 34 of 100 locals, 4 of 5 regionals"
    )
    assert lines[1] == (
        "a local splits above 50 children and borrows or merges below 10; "
        "after a borrow both have 25 or more"
    )
    assert "about 1,200 and 1,200 in a run" in lines[3]
