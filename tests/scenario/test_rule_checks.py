"""Rules that cannot keep their promise are refused, with the figures that would do."""

import pytest

from sim.scenario.plan import Variant
from sim.stats.robust.needs import least, liars
from tests.scenario.texts import GOOD, mistakes_in, plan_of


def with_rule(rule: str, tree: str = "", baseline: str = "") -> str:
    """The good scenario with this rule, in line 6, on a tree."""
    return (
        GOOD + f"baseline: {{rule: {rule}{baseline}}}\n" + (f"tree: {{{tree}}}\n" if tree else "")
    )


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ("medain", "6:12: baseline.rule.kind: unknown kind 'medain', did you mean mean?"),
        (
            "{kind: guarded_mean, estimator: medain}",
            "estimator.kind: unknown kind 'medain', did you",
        ),
        ("{kind: robust, false_alerts: 1%}", "baseline.rule.false_alerts: unknown key"),
        ("{kind: mean, f: 20%}", "6:31: baseline.rule.f: unknown key"),
        ("{kind: robust, f: 50%}", "baseline.rule.f: must be less than 0.5, not '50%'"),
        ("{kind: robust, f: 120%}", "baseline.rule.f: must be from 0% to 100%, not 120%"),
        ("{kind: robust, over: tree}", "must be 'sample', 'sketch' or 'nested', not 'tree'"),
        ("{kind: robust, estimator: {kind: krum, buckets: 3}}", "estimator.buckets: unknown key"),
        (
            "{kind: robust, over: sketch, estimator: krum}",
            "6:12: baseline.rule: a sketch can do median and trimmed_mean, not krum: say `over: ",
        ),
        (
            "{kind: robust, over: sketch, estimator: {kind: median, mix: true}}",
            "a sketch can do median and trimmed_mean, not mixing before median",
        ),
        (
            "{kind: guarded_mean, estimator: mean}",
            "baseline.rule.estimator: is what is guarded: a mean withstands nobody, so there",
        ),
        ("{kind: robust, lead: 1s}", "6:33: baseline.rule.lead: must be less than `publish`, 1s"),
        ("{kind: robust, lead: 0s}", "lead: must be more than 0s: digests need time to arrive"),
        (
            "{kind: robust, estimator: bulyan, f: 25%}",
            "6:52: baseline.rule.f: bulyan against 100 liars needs 403 items, the sample has 400, "
            "say f of at most 24.8 %",
        ),
        (
            "{kind: robust, estimator: krum, sample: 2}",
            "baseline.rule.estimator: krum against 0 liars needs 3 items, the sample has 2, choose",
        ),
        (
            "{kind: robust, estimator: {kind: median_of_means, buckets: 500}}",
            "estimator: median_of_means against 80 liars needs 500 items, the sample has 400, say "
            "at most 400 buckets",
        ),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule, mistake):
    (found,) = mistakes_in(with_rule(rule))
    assert mistake in found


@pytest.mark.parametrize(
    "rule",
    [
        "mean",
        "{kind: mean}",
        "guarded_mean",
        "robust",
        "{kind: guarded_mean, estimator: trimmed_mean, over: sketch, accuracy: 2%}",
        "{kind: robust, f: 0%, lead: 999ms}",
        "{kind: robust, estimator: {kind: krum, others: 1, mix: true}, f: 49%}",
        "{kind: robust, sample: 1000000}",
    ],
)
def test_a_rule_that_can_be_is_accepted(rule):
    assert mistakes_in(with_rule(rule)) == []


def test_nested_rules_are_held_to_the_smallest_group_of_every_tier():
    rule = "{kind: robust, estimator: krum, f: 40%, over: nested}"
    (found,) = mistakes_in(with_rule(rule, "local: 10, regional: 10"))
    assert found == (
        "scenario.yaml:6:50: baseline.rule.f: krum against 4 liars needs 11 items, the smallest "
        "local has 10, say f of at most 30 %"
    )


@pytest.mark.parametrize(("agents", "local"), [(1000, 19), (1000, 20), (990, 17), (60, 3)])
def test_the_share_that_is_offered_is_good_for_every_group(agents, local):
    rule = "{kind: robust, estimator: krum, f: %s, over: nested}"
    text = with_rule(rule % "49%", f"local: {local}, regional: 4, levels: 2")
    (found,) = mistakes_in(text.replace("count: 1000", f"count: {agents}"))
    share = found.rpartition("at most ")[2].replace(" ", "")
    assert mistakes_in(text.replace("count: 1000", f"count: {agents}").replace("49%", share)) == []


def test_a_quorum_leaves_fewer_items_than_there_are_agents():
    rule = "{kind: robust, estimator: krum, f: 30%%, over: nested, quorum: %s}"
    text = with_rule(rule, "local: 10, levels: 2")
    assert mistakes_in(text % "false") == []
    (found,) = mistakes_in(text % "true")
    # The root has 100 locals, of which 29 are 29 %.
    assert found.endswith(
        "krum against 3 liars needs 9 items, the smallest local has 7 in its quorum, say f of at "
        "most 29 %"
    )


def test_a_group_that_is_one_larger_can_be_the_one_that_does_not_do():
    # 39 agents under two locals, 19 and 20: 45 % is 8 of 19, which krum withstands, and 9 of 20.
    assert (least("krum", liars(0.45, 19)), least("krum", liars(0.45, 20))) == (19, 21)
    rule = "{kind: robust, estimator: krum, f: 45%, over: nested}"
    text = with_rule(rule, "local: 20, levels: 2").replace("count: 1000", "count: 39")
    (found,) = mistakes_in(text)
    assert "krum against 9 liars needs 21 items, the largest local has 20" in found


@pytest.mark.parametrize("over", ["sample", "sketch", "nested"])
def test_without_locals_nobody_sends_digests(over):
    (found,) = mistakes_in(with_rule(f"{{kind: robust, over: {over}}}", "levels: 1"))
    assert "6:12: baseline.rule: needs locals, which send digests" in found


def test_a_sample_is_never_larger_than_the_network():
    text = with_rule("{kind: robust, estimator: bulyan, f: 24%}")
    (found,) = mistakes_in(text.replace("count: 1000", "count: 10"))
    assert "bulyan against 2 liars needs 11 items, the sample has 10" in found


@pytest.mark.parametrize(
    ("metric", "needed"),
    [
        ("bias.max: {max: 1}", "`adversaries`, or a `baseline.rule` other than mean"),
        ("integrity.alerts: {max: 1}", "`adversaries`, or a `baseline.rule` other than mean"),
        ("attest.innocent: {max: 0}", "`attest`"),
        ("evidence.missed: {max: 1%}", "`evidence`"),
    ],
)
def test_what_is_not_measured_cannot_be_asked(metric, needed):
    (found,) = mistakes_in(GOOD + f"thresholds: {{{metric}}}\n")
    assert f"is measured only with {needed}" in found


def test_what_is_not_measured_cannot_be_gated():
    (found,) = mistakes_in(GOOD + "gate: {bias.max: {worse_by: 1}}\n")
    assert "gate.bias.max: is measured only with `adversaries`" in found


def test_a_rule_that_was_taken_out_for_a_mistake_is_not_called_missing():
    (found,) = mistakes_in(
        with_rule("{kind: robust, f: 60%}") + "thresholds: {bias.max: {max: 1}}\n"
    )
    assert "baseline.rule.f" in found


def test_where_a_sweep_comes_to_nobody_nothing_is_asked_of_lies():
    liars = "adversaries: [{where: agents, kind: push, share: 0%}]\n"
    asked = "thresholds: {bias.max: {max: 1}, coverage.mean: {min: 0.5}}\n"
    plan = plan_of(GOOD + liars + asked + "gate: {bias.max: {worse_by: 1}}\n")
    assert [one.metric for one in plan.thresholds] == ["coverage.mean"]
    assert plan.gate == ()


def test_a_rule_has_the_defaults_of_its_description():
    rule = plan_of(with_rule("guarded_mean")).baseline.rule
    assert rule.estimator == Variant("median", {"mix": False})
    assert (rule.f, rule.over, rule.sample, rule.accuracy) == (0.2, "sample", 400, 0.01)
    assert (rule.lead_ns, rule.false_alerts, rule.quorum) == (400 * 10**6, 0.01, False)


def test_the_lead_is_never_more_than_half_of_the_time_between_publications():
    rule = plan_of(with_rule("robust", baseline=", publish: 500ms")).baseline.rule
    assert rule.lead_ns == 250 * 10**6
