"""Attestation, evidence and re-seating without aggregators, watchers or time are refused."""

import pytest

from sim.scenario.plan import AttestPlan, EvidencePlan, RegistryPlan
from tests.scenario.texts import GOOD, mistakes_in, plan_of


@pytest.mark.parametrize(
    ("block", "mistake"),
    [
        (
            "attest: {every: 59101ms}",
            "6:10: attest.every: the first round begins at 59101ms, takes 900ms and outlasts the "
            "run, 1min",
        ),
        (
            "attest: {every: 1s, step: 112ms}",
            "6:21: attest.step: a round takes 1008ms, and the next begins 1s after it does",
        ),
        (
            "evidence: {}\nbaseline: {pane: 59500ms}",
            "6:1: evidence: is gathered from the first baseline of a whole pane on, at 1min of ",
        ),
        (
            "attest: {watchers: 861}",
            "6:10: attest.watchers: only 860 agents are not below the aggregator that they would "
            "watch, say at most 860",
        ),
        ("attest: {watchers: -1}", "attest.watchers: must be at least 0, not -1"),
        ("attest: {wachters: 3}", "6:10: attest.wachters: unknown key, did you mean watchers?"),
        ("evidence: {effect: 0sd}", "evidence.effect: must not be 0: 0sd"),
        ("evidence: {threshold: 0}", "evidence.threshold: must be more than 0, not 0"),
        ("evidence: {f: 50%}", "evidence.f: must be less than 0.5, not '50%'"),
        ("evidence: {cap: 0}", "evidence.cap: must be more than 0, not 0"),
        ("registry: {admission: closed}", "admission: must be 'open' or 'one_per_owner', not"),
        ("registry: {refuse: 1}", "registry.refuse: must be true or false, not 1"),
        ("tree: {reseat: 15s}", "6:8: tree.reseat: must be a multiple of a pane, 10s"),
        ("tree: {reseat: 0s}", "tree.reseat: must be a multiple of a pane, 10s"),
        ("tree: {reseat: 2min}", "tree.reseat: once every 2min never happens in a run of 1min"),
    ],
)
def test_a_guard_that_cannot_be_is_refused(block, mistake):
    (found,) = mistakes_in(GOOD + block + "\n")
    assert mistake in found


@pytest.mark.parametrize(
    ("block", "path"), [("attest: {}", "attest"), ("evidence: {}", "evidence")]
)
def test_without_locals_there_is_nothing_to_check(block, path):
    (found,) = mistakes_in(GOOD + f"{block}\ntree: {{levels: 1}}\n")
    assert f"6:1: {path}: needs locals, which" in found


def test_without_locals_nobody_can_be_dealt_to_them():
    (found,) = mistakes_in(GOOD + "tree: {levels: 1, reseat: 10s}\n")
    assert "tree.reseat: needs locals, to which agents are dealt" in found


def test_an_own_history_does_not_move_with_an_agent():
    text = GOOD + "tree: {reseat: 10s}\ndetection: {detector: z, scope: %s}\n"
    (found,) = mistakes_in(text % "own")
    assert "tree.reseat: a local knows no history of an agent that has just been dealt" in found
    assert mistakes_in(text % "population") == []


@pytest.mark.parametrize("attest", ["every: 59100ms", "every: 900ms"])
def test_rounds_may_follow_each_other_without_a_pause_and_end_with_the_run(attest):
    assert mistakes_in(GOOD + f"attest: {{{attest}}}\n") == []


def test_an_aggregator_above_everybody_is_watched_by_anybody():
    text = GOOD + "tree: {local: 1000, levels: 2}\nattest: {watchers: 1000}\n"
    assert mistakes_in(text) == []


def test_attestation_has_the_defaults_of_its_description():
    attest = plan_of(GOOD + "attest: {}\n").attest
    assert attest == AttestPlan(10**10, 10**8, 6, 0, True, True, 10**9)


def test_evidence_has_the_defaults_of_its_description():
    assert plan_of(GOOD + "evidence: {}\n").evidence == EvidencePlan(0.5, 6.9, 0.2, None)


def test_nothing_is_checked_unless_it_is_asked_for():
    plan = plan_of(GOOD)
    assert (plan.attest, plan.evidence, plan.reseat_ns, plan.adversaries) == (None, None, None, ())
    assert plan.registry == RegistryPlan(refuse=True, admission="open")
