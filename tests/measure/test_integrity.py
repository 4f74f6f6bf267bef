import math
from dataclasses import replace

import numpy as np
import pytest

from sim.measure.censored import CensoredSample
from sim.measure.gate.samples import figures
from sim.measure.integrity import INTEGRITY_FIGURES, bias_while, times_to_convict
from sim.measure.metrics import FIGURES, measure, metrics_of
from sim.measure.tables import ALARM, CLEAR, NEVER, UNATTESTED, empty
from sim.measure.verdicts import judge
from sim.scenario.catalogue import METRICS
from sim.scenario.plan import Threshold, Variant
from tests.measure.lied import (
    AGENTS_LIE,
    FROM_NS,
    GUARDED,
    LIES,
    UNTIL_NS,
    convictions,
    lied,
    lied_plan,
)
from tests.measure.synthetic import MEAN, S

PLAN = lied_plan()
CALM = lied_plan(MEAN, (), None, None)


def figure(name, tables=None, plan=PLAN):
    return FIGURES[name](tables or lied(), plan)


def prefixes(plan):
    mine = ("bias", "integrity", "attest", "evidence", "traffic.digests", "traffic.proofs")
    return {name for name in mine for metric in metrics_of(plan) if metric.name.startswith(name)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # 56 publications from 5 s on, 20 of them with lies: the median is one without.
        ("bias.median", 0.01),
        ("bias.max", LIES["bias"]),
        ("bias.plain.max", -LIES["bias_plain"]),
        ("integrity.alerts", 21),
        ("integrity.false_alerts", 1),
        ("integrity.disputed", 8 / 60),
        ("attest.convicted", 1),
        ("attest.innocent", 0),
        ("attest.attested", 4 / 5),
        ("evidence.error.max", 500),
        ("evidence.undetermined", 20 / 60),
        ("evidence.false_alarms", 0),
        ("evidence.missed", 0),
    ],
)
def test_a_run_with_liars_has_the_figures_that_arithmetic_says(name, expected):
    assert figure(name) == pytest.approx(expected, rel=1e-12)


def test_all_figures_are_held_to_arithmetic():
    named = {metric.name for metric in METRICS if metric.name.split(".")[0] in
             ("bias", "integrity", "attest", "evidence")}  # fmt: skip
    assert named == {*INTEGRITY_FIGURES, "attest.convict.max"}


def test_a_bias_is_judged_from_the_baseline_bound_on():
    early = lied().integrity["published_ns"] < 5 * S
    assert lied().integrity["bias"][early].max() == 9.0
    assert figure("bias.max") < 1


def test_the_sign_of_a_bias_does_not_matter():
    down = lied(integrity={"bias": -lied().integrity["bias"]})
    assert figure("bias.max", down) == figure("bias.max")


def test_a_publication_without_a_bias_does_not_count():
    bias = lied().integrity["bias"].copy()
    bias[bias == LIES["bias"]] = np.nan
    assert figure("bias.max", lied(integrity={"bias": bias})) == 0.01


def test_what_is_published_as_a_lie_begins_holds_none_yet():
    rows = lied().integrity
    assert bias_while(rows, FROM_NS, FROM_NS + S, "bias") == LIES["bias"]
    assert math.isnan(bias_while(rows, FROM_NS, FROM_NS, "bias"))


def test_a_lie_without_an_end_is_judged_to_the_end_of_the_run():
    rows = lied().integrity
    assert bias_while(rows, UNTIL_NS, NEVER, "bias") == 0.01
    assert bias_while(rows, UNTIL_NS, UNTIL_NS + 3 * S, "bias") == 0.01
    assert math.isnan(bias_while(rows, 60 * S, NEVER, "bias"))


def test_an_alert_as_the_first_lie_begins_is_false_and_the_next_one_is_not():
    for at_ns, false in ((FROM_NS, 1), (FROM_NS + S, 0)):
        alert = lied().integrity["published_ns"] == at_ns
        assert figure("integrity.false_alerts", lied(integrity={"alert": alert})) == false


def test_without_liars_every_alert_is_false():
    nobody = replace(lied(), adversaries=empty("adversaries"))
    assert figure("integrity.false_alerts", nobody) == figure("integrity.alerts", nobody) == 21


@pytest.mark.parametrize("rule", [MEAN, replace(GUARDED, kind="robust")])
def test_a_rule_that_raises_no_alerts_has_no_count_of_them(rule):
    assert math.isnan(figure("integrity.alerts", plan=lied_plan(rule)))


def test_the_time_to_convict_counts_from_the_first_lie():
    assert times_to_convict(lied(), PLAN) == CensoredSample((3.0, 11.0), ())


def test_a_liar_that_is_never_convicted_took_more_than_it_was_watched():
    tables = lied(convictions=convictions([(1, 3, 20 * S, 23 * S), (1, 7, 20 * S, NEVER)]))
    value = {one.name: one for one in measure([tables], PLAN)}["attest.convict.max"]
    assert (value.value, value.low, value.high) == (math.inf, 40.0, math.inf)
    assert (value.n, value.censored, value.unseen) == (2, 1, "1 of 2 not seen convicted")
    assert figure("attest.convicted", tables) == 0.5
    (verdict,) = judge([value], [Threshold("attest.convict.max", None, 30.0, 0)])
    assert (verdict.outcome, "not seen convicted" in verdict.reason) == ("fail", True)


def test_the_longest_of_a_replication_stands_for_it_when_runs_are_compared():
    free = lied(convictions=convictions([(1, 7, 20 * S, NEVER)]))
    sample = figures([lied(), free], PLAN)["attest.convict.max"]
    assert (sample.figures, sample.at_least) == ((11.0, math.inf), (11.0, 40.0))


@pytest.mark.parametrize("lied_ns", [NEVER, 30 * S])
def test_who_is_convicted_before_any_lie_is_innocent_and_no_liar(lied_ns):
    tables = lied(convictions=convictions([(1, 3, lied_ns, 25 * S)]))
    assert figure("attest.innocent", tables) == 1
    assert math.isnan(figure("attest.convicted", tables))
    assert len(times_to_convict(tables, PLAN)) == 0


def test_without_a_round_nobody_was_tried_and_nothing_attested():
    tables = replace(lied(), attestation=empty("attestation"), convictions=empty("convictions"))
    for name in ("attest.innocent", "attest.convicted", "attest.attested"):
        assert math.isnan(figure(name, tables))


def test_without_attestation_no_baseline_is_in_dispute_or_out_of_it():
    assert math.isnan(figure("integrity.disputed", plan=lied_plan(attest=None)))
    assert figure("integrity.disputed", lied(integrity={"status": [UNATTESTED] * 60})) == 0


@pytest.mark.parametrize(
    ("verdict", "name", "share"),
    [
        (ALARM, "evidence.false_alarms", 29 / 60),
        (ALARM, "evidence.missed", 0),
        (CLEAR, "evidence.false_alarms", 0),
        (CLEAR, "evidence.missed", 31 / 60),
    ],
)
def test_a_verdict_is_right_if_correct_agents_alone_call_for_it(verdict, name, share):
    tables = lied(evidence={"verdict": [verdict] * 60})
    assert figure(name, tables) == pytest.approx(share)


def test_evidence_of_exactly_the_threshold_warrants_an_alarm():
    tables = lied(evidence={"honest": [6.9] * 60, "verdict": [ALARM] * 60})
    assert figure("evidence.false_alarms", tables) == 0


def test_evidence_is_judged_at_the_root():
    elsewhere = lied(evidence={"tier": [2] * 60})
    assert math.isnan(figure("evidence.undetermined", elsewhere))


def test_an_instant_without_evidence_does_not_count():
    honest = np.where(np.arange(60) < 59, np.nan, 10.0)
    assert figure("evidence.false_alarms", lied(evidence={"honest": honest})) == 0
    assert figure("evidence.error.max", lied(evidence={"honest": honest})) == 30


def test_bytes_of_digests_and_proofs_are_counted_by_their_kind():
    traffic = {
        "tier": ["local", "local", "regional", "root"],
        "kind": ["digest", "digest", "proof", "summary"],
        "outcome": ["delivered", "duplicate", "lost", "delivered"],
        "messages": [1, 1, 1, 1],
        "bytes": [6000, 6000, 600, 60],
    }
    tables = replace(lied(), traffic={name: np.array(rows) for name, rows in traffic.items()})
    assert figure("traffic.digests", tables) == 100
    assert figure("traffic.proofs", tables) == 10
    assert figure("traffic.bytes", tables) == 111


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (CALM, set()),
        (lied_plan(MEAN, attest=None, evidence=None), {"bias", "integrity"}),
        (lied_plan(GUARDED, (), None, None), {"bias", "integrity", "traffic.digests"}),
        (lied_plan(MEAN, (), evidence=None), {"attest", "traffic.proofs"}),
        (lied_plan(MEAN, (), attest=None), {"evidence", "traffic.digests"}),
    ],
)
def test_a_run_has_only_the_metrics_of_what_is_in_its_scenario(plan, expected):
    assert prefixes(plan) == expected


def test_a_run_of_which_nothing_was_recorded_has_no_figure_of_lies():
    nothing = replace(
        lied(), **{name: empty(name) for name in ("integrity", "attestation", "convictions",
                                                  "evidence", "adversaries")}
    )  # fmt: skip
    assert all(math.isnan(figure(name, nothing)) for name in INTEGRITY_FIGURES)


def test_the_fixture_lies_as_it_says():
    """Guards the fixture: adversaries of the plan and of the tables are the same."""
    assert [one.kind for one in PLAN.adversaries] == lied().adversaries["kind"].tolist()
    assert (AGENTS_LIE.at_ns, AGENTS_LIE.until_ns) == (FROM_NS, UNTIL_NS)
    assert PLAN.baseline.rule.estimator == Variant("median", {})


def test_a_publication_at_the_very_bound_is_judged():
    at_bound = lied().integrity["published_ns"] == 5 * S
    assert figure("bias.max", lied(integrity={"bias": np.where(at_bound, 7.0, 0.1)})) == 7


def test_a_conviction_at_the_instant_of_the_first_lie_is_just():
    tables = lied(convictions=convictions([(1, 3, 20 * S, 20 * S)]))
    assert figure("attest.innocent", tables) == 0
    assert times_to_convict(tables, PLAN) == CensoredSample((0.0,), ())


def test_evidence_that_liars_took_away_is_an_error_too():
    less = lied().evidence["honest"] - 700
    assert figure("evidence.error.max", lied(evidence={"all": less})) == 700
