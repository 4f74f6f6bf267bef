import math

import numpy as np
import pytest

from sim.measure.gate import Levels, Sample, error_rates, fewest, judge_gate
from sim.measure.gate.effect import Effect
from sim.measure.gate.planning import reach, replications_needed
from sim.measure.gate.rates import FALSE_ALARM, LOOKS, POWER, levels_of
from sim.measure.verdicts import worst
from sim.scenario.plan import Tolerance

NAN, INF = math.nan, math.inf
RECALL, RECOVERY, AGE = "detection.recall", "recovery.time.max", "staleness.root.mean"
BASE = 0.9 + np.random.default_rng(1).normal(0, 0.02, 20)
NOISE = np.random.default_rng(2).normal(0, 1, 20)


def samples(**metrics):
    names = {"recall": RECALL, "recovery": RECOVERY, "age": AGE}
    return {names[name]: Sample.of("share", list(figures)) for name, figures in metrics.items()}


def change(base, candidate, worsening=0.02, paired=True, **others):
    """The verdict on recall; `others` are metrics of the candidate that the base has as zeros."""
    zeros = {name: [0.0] * len(figures) for name, figures in others.items()}
    found = judge_gate(
        samples(recall=base, **zeros),
        samples(recall=candidate, **others),
        [Tolerance(RECALL, worsening, 7)],
        paired=paired,
    )
    return found[0]


@pytest.mark.parametrize("paired", [True, False])
def test_a_loss_as_large_as_the_tolerance_fails(paired):
    found = change(BASE, BASE - 0.03 + 0.001 * NOISE, paired=paired)
    assert found.outcome == "fail"
    assert found.worsening == pytest.approx(0.03, abs=0.001)
    assert (found.line, found.tolerance, found.needed) == (7, 0.02, None)


def test_a_gain_passes_however_large():
    assert change(BASE, BASE + 0.05).outcome == "pass"


def test_a_loss_that_is_sure_but_smaller_than_what_matters_passes():
    found = change(BASE, BASE - 0.01 + 0.001 * NOISE)
    assert found.low > 0
    assert found.outcome == "pass"


def test_a_loss_of_exactly_the_tolerance_fails_though_figures_are_rounded():
    assert change([0.95] * 10, [0.93] * 10).outcome == "fail"
    assert 0.95 - 0.93 < 0.02


def test_what_could_be_nothing_or_too_much_is_inconclusive_and_says_what_would_settle_it():
    found = change(BASE, BASE - 0.01 + 0.03 * NOISE)
    assert found.outcome == "inconclusive"
    assert found.needed > 20
    assert f"take {found.needed} replications" in found.reason


def test_the_same_code_under_the_same_seeds_passes_with_a_single_replication():
    found = change([0.9], [0.9])
    assert found.outcome == "pass"
    assert (found.low, found.worsening, found.high) == (0, 0, 0)
    assert found.reason == "not one figure of the run differs from the baseline's"


def test_equal_figures_of_other_code_need_as_many_replications_as_any_others():
    assert change([0.9] * 5, [0.9] * 5, age=[1.0] * 5).outcome == "inconclusive"
    assert change([0.9] * 8, [0.9] * 8, age=[1.0] * 8).outcome == "pass"


def test_equal_figures_under_other_seeds_are_no_proof_of_equal_code():
    assert change([0.9] * 3, [0.9] * 3, paired=False).outcome == "inconclusive"


def test_too_few_replications_ask_for_the_fewest_that_can_decide():
    found = change(BASE[:3], BASE[:3] - 0.5)
    assert found.outcome == "inconclusive"
    assert found.needed == fewest(FALSE_ALARM / LOOKS, paired=True) == 8
    assert found.reason == "3 replications are too few to say anything; take 8 replications"


def test_all_gated_metrics_share_the_false_alarms():
    """8 of 8 worse is rare enough (1/256 < 0.005) for one metric, and not for two."""
    base = samples(recall=[0.9] * 8, age=[1.0] * 8)
    candidate = samples(recall=[0.8] * 8, age=[1.0] * 8)
    recall, age = Tolerance(RECALL, 0.02, 1), Tolerance(AGE, 0.1, 2)
    assert judge_gate(base, candidate, [recall], paired=True)[0].outcome == "fail"
    alone, other = judge_gate(base, candidate, [recall, age], paired=True)
    assert alone.outcome == "inconclusive"
    assert alone.needed == 9
    assert other.outcome == "pass"


def test_verdicts_stand_in_the_order_of_tolerances():
    both = samples(recall=[0.9], age=[1.0])
    found = judge_gate(both, both, [Tolerance(AGE, 1, 1), Tolerance(RECALL, 1, 2)], paired=True)
    assert [one.metric for one in found] == [AGE, RECALL]


def test_a_gate_on_nothing_passes():
    assert judge_gate({}, {}, [], paired=True) == []
    assert worst([]) == "pass"


def test_a_metric_that_is_not_there_is_our_bug():
    with pytest.raises(KeyError):
        judge_gate({}, samples(recall=[1.0]), [Tolerance(RECALL, 1, 1)], paired=True)


def recovery(base, candidate):
    found = judge_gate(
        samples(recovery=base),
        samples(recovery=candidate),
        [Tolerance(RECOVERY, 1, 1)],
        paired=True,
    )
    return found[0]


def test_one_heal_that_no_longer_recovers_is_neither_a_fail_nor_a_pass():
    found = recovery([2.0] * 20, [2.0] * 19 + [INF])
    assert found.outcome == "inconclusive"
    assert found.reason.startswith(
        "never reached in 1 more than in the baseline, which may be luck"
    )
    assert found.needed == 160  # 8 such cases, if 1 of 20 was no luck


def test_many_heals_that_no_longer_recover_fail():
    found = recovery([2.0] * 20, [2.0] * 10 + [INF] * 10)
    assert found.outcome == "fail"
    assert found.worsening == INF
    assert found.reason == "never reached in 10 more than in the baseline"


def test_heals_that_recover_now_pass():
    assert recovery([2.0] * 10 + [INF] * 10, [2.0] * 20).outcome == "pass"


def test_a_metric_that_the_candidate_can_no_longer_tell_does_not_pass():
    found = change([0.9] * 20, [0.9] * 19 + [NAN])
    assert found.outcome == "inconclusive"
    assert found.reason == "undefined in 1 where the baseline is defined"
    assert found.needed is None


def test_a_metric_that_is_undefined_everywhere_is_inconclusive_even_without_a_change():
    found = change([NAN] * 20, [NAN] * 20)
    assert found.outcome == "inconclusive"
    assert found.reason == "undefined here or in the baseline, in every replication"


def test_yes_and_no_pass_only_with_enough_replications_to_see_a_rare_failure():
    few, many = [1.0] * 19 + [0.0], [1.0] * 299 + [0.0]
    assert change(few, few, worsening=0.02, age=[1.0] * 20).outcome == "inconclusive"
    assert change(many, many, worsening=0.02, age=[1.0] * 300).outcome == "pass"


def effect(n, deviation, low=-1.0, high=1.0, never=0):
    return Effect(0, 0, 0, low, high, 0.5, 0.5, n, deviation, n - 1, 0, never)


def test_the_replications_asked_for_give_the_planned_number_of_standard_errors():
    levels = Levels(0.005, 0.005)
    needed = replications_needed(effect(20, 0.05), 0.02, levels, paired=True)
    errors = 0.02 / (0.05 / math.sqrt(needed))
    assert errors >= reach(19, levels) > 0.02 / (0.05 / math.sqrt(needed - 1))


def test_what_is_not_known_of_the_deviation_is_paid_for():
    few, many = (replications_needed(effect(n, 0.05), 0.02, levels_of(1), True) for n in (8, 80))
    assert few > many


def test_if_those_are_not_enough_the_interval_must_become_narrower_than_the_tolerance():
    needed = replications_needed(effect(100, 0.02, low=-0.01, high=0.03), 0.02, levels_of(1), True)
    assert needed == 400


def test_twice_as_many_are_asked_for_if_nothing_bounds_the_worsening():
    assert replications_needed(effect(50, 0.0, -INF, INF), 0.02, levels_of(1), True) == 100


@pytest.mark.parametrize("bounds", [(-INF, INF), (-INF, 1.0), (-0.001, 0.001)])
def test_more_than_there_are_is_asked_for_always(bounds):
    assert replications_needed(effect(50, 0.0, *bounds), 0.02, levels_of(1), True) > 50


def test_the_rates_are_stated_in_words():
    alarm, power = error_rates(5)
    assert alarm.startswith("with no change, fails at most 1% of the time (all 5 gated metrics")
    assert f"at least {POWER:.0%} power" in power
