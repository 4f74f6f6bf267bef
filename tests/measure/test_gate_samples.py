import math

import pytest

from sim.measure.gate import Sample, common, figures
from sim.measure.metrics import FIGURES, measure
from tests.measure.synthetic import Fault, S, make_plan, make_tables

PLAN = make_plan()


@pytest.fixture(scope="module")
def runs():
    return [make_tables([Fault(20 * S, 35 * S, (2,))], seed=seed) for seed in (1, 2)]


def test_every_metric_that_is_measured_has_a_figure_for_each_replication(runs):
    samples = figures(runs, PLAN)
    assert list(samples) == [value.name for value in measure(runs, PLAN)]
    assert common(samples) == 2


def test_figures_stand_in_the_order_of_replications(runs):
    name = "error.mean.median"
    expected = tuple(FIGURES[name](one, PLAN) for one in runs)
    assert figures(runs, PLAN)[name].figures == expected
    assert expected[0] != expected[1]


def test_the_figure_of_a_recovery_is_the_longest_of_the_replication():
    two_heals = make_tables([Fault(10 * S, 15 * S, (1,)), Fault(20 * S, 35 * S, (2,))])
    (one_run,) = (
        value for value in measure([two_heals], PLAN) if value.name == "recovery.time.max"
    )
    samples = figures([two_heals], PLAN)
    assert samples["recovery.time.max"].figures == (one_run.value,)
    assert samples["recovery.time.p95"].figures == (one_run.value,)


def test_a_heal_that_never_recovered_is_infinite_with_what_is_known_of_it():
    cut_again = make_tables([Fault(20 * S, 35 * S, (2,)), Fault(35 * S + 1, 50 * S, (2,))])
    sample = figures([cut_again], PLAN)["recovery.time.max"]
    assert sample.figures == (math.inf,)
    assert 0 < sample.at_least[0] < 60


def test_without_a_heal_a_recovery_is_undefined():
    sample = figures([make_tables()], PLAN)["recovery.time.max"]
    assert math.isnan(sample.figures[0])
    assert math.isnan(sample.at_least[0])


def test_samples_of_different_length_have_the_shortest_in_common():
    assert common({"a": Sample.of("s", [1.0, 2.0]), "b": Sample.of("s", [1.0])}) == 1
    assert common({}) == 0
