"""`baseline.dependence` and `baseline.quantiles`: what they resolve to, and what is refused."""

from dataclasses import fields
from typing import get_args

import pytest

from sim.cli.explain.dependence import about_dependence
from sim.scenario import parse_scenario, resolved_yaml
from sim.scenario.advice import advice
from sim.scenario.blocks.dependence.schema import AnyMethod, AnySketch
from sim.scenario.detection_advice import about_detection
from sim.scenario.document import read_document
from sim.stats.dependence.registry import DEPENDENCE, make_dependence
from tests.scenario.texts import GOOD, mistakes_in, plan_of

MS, S = 10**6, 10**9


def text(*lines: str, good: str = GOOD) -> str:
    """The good scenario with lines in its baseline; the first of them is line 7."""
    return good + "baseline:\n" + "".join(f"  {line}\n" for line in lines)


def kinds(union) -> dict[str, type]:
    blocks = get_args(get_args(union)[0])
    return {get_args(block.model_fields["kind"].annotation)[0]: block for block in blocks}


def test_the_scenario_has_the_methods_of_the_registry_and_their_defaults():
    blocks = kinds(AnyMethod)
    assert sorted(blocks) == sorted(DEPENDENCE)
    for kind, block in blocks.items():
        for field in fields(DEPENDENCE[kind]):
            assert block.model_fields[field.name].default == field.default


@pytest.mark.parametrize("kind", DEPENDENCE)
def test_every_method_can_be_named_alone_and_built(kind):
    plan = plan_of(text(f"dependence: {kind}"))
    method = plan.dependence.method
    assert make_dependence(method.kind, method.options).name == kind


def test_left_out_the_window_is_that_of_the_panes_and_digests_say_when_to_send():
    plan = plan_of(text("dependence: covariance", "pane: 5s", "panes: 3", "publish: 600ms"))
    found = plan.dependence
    assert (found.window_ns, found.lead_ns, found.settle_ns) == (15 * S, 300 * MS, 200 * MS)
    assert found.feature is None


def test_quantiles_are_read_in_order_and_once():
    plan = plan_of(text("quantiles: {kind: kll, at: [50%, 0.01, 99%, 1%]}"))
    assert plan.quantiles.at == (0.01, 0.5, 0.99)
    assert plan.quantiles.sketch.options == {"k": 200}


@pytest.mark.parametrize(
    "line",
    [
        "dependence: {kind: projection, k: 50, feature: 3, lead: 100ms, settle: 0s, window: 7s}",
        "dependence: {kind: frequent_directions, rows: 9}",
        "dependence: covariance",
        "quantiles: {kind: ddsketch, accuracy: 2%, at: [25%, 0.123]}",
        "quantiles: kll",
    ],
)
def test_what_is_written_back_is_the_same_plan(line):
    plan = plan_of(text(line))
    again = parse_scenario(resolved_yaml(plan), "scenario.yaml")
    assert (again.dependence, again.quantiles) == (plan.dependence, plan.quantiles)


def test_metrics_are_there_only_where_something_is_gathered():
    asked = "thresholds: {dependence.error: {max: 1}, quantiles.error.rank: {max: 1}}\n"
    assert mistakes_in(text("dependence: blocks", "quantiles: kll") + asked) == []
    (one,) = mistakes_in(text("dependence: blocks") + asked)
    assert "is measured only with `baseline.quantiles`" in one


BAD = {
    "needs locals, which gather it: with tree.levels 1 there are none": (
        "dependence: covariance",
        "tree: {levels: 1}\n",
    ),
    "what is gathered goes to one root, and it has replicas here": (
        "quantiles: kll",
        "tree: {replicas: {root: 4}}\n",
    ),
    "baseline.dependence.lead: must be less than `publish`, 1s": (
        "dependence: {kind: covariance, lead: 1s}",
        "",
    ),
    "baseline.quantiles.lead: must be more than 0s: what is sent needs time to arrive": (
        "quantiles: {kind: ddsketch, lead: 0s}",
        "",
    ),
    "window: holds fewer than two reports of each agent: at least 300ms": (
        "dependence: {kind: blocks, window: 250ms}",
        "",
    ),
    "window: with `settle` and `lead` it takes longer than the run, 1min": (
        "dependence: {kind: blocks, window: 1min}",
        "",
    ),
    "feature: there are 8 features, counted from 1": ("dependence: {kind: blocks, feature: 9}", ""),
}


@pytest.mark.parametrize("problem", BAD)
def test_what_cannot_be_gathered_is_refused(problem):
    line, more = BAD[problem]
    found = mistakes_in(text(line) + more)
    assert any(problem in mistake and ":7:" in mistake for mistake in found), found


@pytest.mark.parametrize("kind", ["all_pairs", "blocks", "projection"])
def test_pairs_of_too_many_agents_are_not_listed(kind):
    many = GOOD.replace("count: 1000", "count: 5001")
    (mistake,) = mistakes_in(text(f"dependence: {kind}", good=many))
    assert f"{kind} lists the pairs of at most 5,000 agents" in mistake
    assert "say mean_correlation, or frequent_directions" in mistake
    assert mistakes_in(text("dependence: mean_correlation", good=many)) == []


def test_a_window_that_fills_the_memory_is_refused():
    many = GOOD.replace("count: 1000", "count: 400000")
    (mistake,) = mistakes_in(text("dependence: covariance", good=many))
    assert "holds 320,000,000 values, at most 250,000,000" in mistake


@pytest.mark.parametrize(
    "line",
    [
        "dependence: {kind: projection, k: 0}",
        "dependence: {kind: frequent_directions, rows: 1}",
        "dependence: {kind: covariance, feature: 1}",
        "quantiles: {kind: ddsketch, accuracy: 0%}",
        "quantiles: {kind: kll, k: 7}",
        "quantiles: {kind: kll, at: [101%]}",
        "quantiles: t_digest",
    ],
)
def test_options_that_make_no_sense_are_refused_in_their_place(line):
    (mistake,) = mistakes_in(text(line))
    assert mistake.startswith("scenario.yaml:7:")


@pytest.mark.parametrize("kind", [kind for kind in DEPENDENCE if kind != "covariance"])
def test_one_agent_moves_together_with_nobody(kind):
    alone = GOOD.replace("count: 1000", "count: 1")
    (mistake,) = mistakes_in(text(f"dependence: {kind}", good=alone))
    assert f"{kind} says how agents move together, and there is only one" in mistake
    assert mistakes_in(text("dependence: covariance", good=alone)) == []


def remarks(line: str, good: str = GOOD) -> list[str]:
    found = text(line, good=good)
    return [str(one) for one in advice(plan_of(found), read_document(found, "scenario.yaml"))]


def test_a_projection_on_too_few_numbers_is_told_how_little_it_says():
    (found,) = remarks("dependence: {kind: projection, k: 1}")
    assert found.startswith("scenario.yaml:7:")
    assert "1 number of each agent leave a correlation with a standard deviation of 1, 385" in found
    assert remarks("dependence: {kind: projection, k: 100, window: 20s}") == []


def test_a_projection_that_is_no_smaller_than_what_it_projects_is_told():
    (found,) = remarks("dependence: {kind: projection, k: 200, window: 20s}")
    assert "no fewer than the 200 values of its window, all_pairs says the same exactly" in found
    assert remarks("dependence: {kind: projection, k: 199, window: 20s}") == []


def test_directions_that_leave_nothing_out_are_told():
    few = GOOD.replace("count: 1000", "count: 20")
    (found,) = remarks("dependence: {kind: frequent_directions, rows: 1000}", few)
    assert "there are at most 20 directions (20 agents, 100 values each)" in found
    assert remarks("dependence: {kind: frequent_directions, rows: 19}", few) == []


def test_who_needs_independence_is_told_of_common_shocks():
    behaviour = "behaviour: {kind: synthetic, common: {sd: 0.5, among: locals}}"
    good = GOOD.replace("rate: 10Hz", f"rate: 10Hz, {behaviour}")
    detection = "detection: {detector: z, scope: population, control: %s}\n"
    told, silent = (
        [problem for _, problem, _ in about_detection(plan_of(good + detection % kind))]
        for kind in ("bh", "by")
    )
    shocks = "shocks hit all of a local at once (common: 0.5)"
    assert any(shocks in problem for problem in told)
    assert not any(shocks in problem for problem in silent)


def test_explain_says_what_is_gathered_and_what_a_round_takes():
    plan = plan_of(text("dependence: all_pairs", "quantiles: ddsketch"))
    method, when, sketch, _ = about_dependence(plan)
    assert method == (
        "all_pairs: how agents move together in feature 1; every series travels to the root, "
        "which works out 499,500 pairs"
    )
    assert when.endswith("400ms before a publication; 58 messages a round")
    assert sketch.startswith("ddsketch (within 0.01 of a value): quantiles 1 %, 5 %")


@pytest.mark.parametrize("kind", kinds(AnySketch))
def test_explain_has_words_for_every_sketch_and_method(kind):
    for method in DEPENDENCE:
        plan = plan_of(text(f"dependence: {method}", f"quantiles: {kind}"))
        first, _, third, _ = about_dependence(plan)
        assert first.startswith(f"{method}: ")
        assert third.startswith(f"{kind} (")


@pytest.mark.parametrize("key", ["dependence", "quantiles"])
def test_none_says_that_a_baseline_says_nothing_of_it(key):
    assert plan_of(f"{GOOD}baseline: {{{key}: none}}\n") == plan_of(GOOD)
