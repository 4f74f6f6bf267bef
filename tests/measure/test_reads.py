import math

import numpy as np
import pytest

from sim.measure.reads import READ_FIGURES, bound_ns
from sim.measure.staleness import held, violation_ns
from sim.measure.tables import Tables
from tests.engine.scenarios import plan_of, run
from tests.measure.controlled import controlled, controlled_plan
from tests.measure.synthetic import MS, S

PLAN = controlled_plan()


def figure(name, *rows):
    return READ_FIGURES[f"reads.{name}"](controlled(reads=rows), PLAN)


def test_answered_is_told_apart_by_what_the_consumer_prefers():
    rows = ({}, {"prefer": "consistency", "answered": False}, {"prefer": "consistency"})
    assert figure("answered.availability", *rows) == 1.0
    assert figure("answered.consistency", *rows) == 0.5


def test_a_read_before_the_baseline_bound_says_nothing_about_the_network():
    assert figure("answered.availability", {"at_ns": S, "answered": False}, {}) == 1.0
    assert figure("violation", {"at_ns": S, "age_ns": 6 * S}, {}) == 0.0


def test_nobody_who_prefers_consistency_means_no_figure():
    assert math.isnan(figure("answered.consistency", {}))


def test_a_violation_is_judged_by_age_and_class():
    assert figure("violation", {"age_ns": 4 * S}, {"age_ns": 6 * S}) == 0.5
    assert figure("violation", {"age_ns": 4 * S, "what": "anomaly"}) == 1.0


def test_an_age_at_the_bound_is_no_violation():
    assert figure("violation", {"age_ns": 5 * S}) == 0.0


def test_what_was_refused_violates_nothing():
    assert math.isnan(figure("violation", {"age_ns": 60 * S, "answered": False}))


def test_alerts_have_no_bound_and_no_interval():
    rows = {"what": "alert", "age_ns": 60 * S, "half_width": math.nan}
    assert math.isnan(figure("violation", rows))
    assert math.isnan(figure("coverage", rows))


def test_coverage_is_the_share_of_intervals_with_the_truth_inside():
    assert figure("coverage", {}, {}, {"covered": False}) == pytest.approx(2 / 3)


def test_half_width_and_error_leave_out_what_is_unknown():
    rows = ({"half_width": 0.2, "error": 0.1}, {"half_width": math.nan, "error": math.nan})
    assert figure("half_width.median", *rows) == 0.2
    assert figure("error.max", *rows) == 0.1


PARTED = {"kind": "partition", "groups": ["region-1", "rest"], "at": "2s", "until": "32s"}
READS = [
    {"at": ["root"], "class": "baseline", "prefer": prefer, "every": "500ms"}
    for prefer in ("availability", "consistency")
]


@pytest.mark.slow
def test_nobody_reports_within_a_bound_of_a_second_through_a_partition_of_thirty():
    """CAP, as numbers: the bound is broken, the run says so, and no read claims otherwise."""
    blocks = {"duration": "34s", "reads": READS}
    tables, plan = Tables.of(run(PARTED, **blocks).tables), plan_of(PARTED, **blocks)
    ages = held(tables, plan.duration_ns)
    for limit_ns in (plan.staleness.baseline_ns, plan.staleness.anomaly_ns):
        broken_ns = violation_ns(ages, limit_ns, 0, plan.duration_ns)
        assert broken_ns > 30 * S - limit_ns - 500 * MS
    reads = tables.reads
    beyond = reads["age_ns"] > bound_ns(reads, plan)
    assert beyond.sum() > 50
    assert not np.any(reads["within_bound"] & beyond)
    assert READ_FIGURES["reads.violation"](tables, plan) > 0.5
