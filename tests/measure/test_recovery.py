from dataclasses import replace

import numpy as np
import pytest

from sim.measure.censored import CensoredSample
from sim.measure.recovery import cuts, pool, recoveries
from sim.measure.spans import Milestone
from tests.measure.synthetic import (
    INSIDE_AGE_NS,
    MS,
    PERIOD_NS,
    Fault,
    S,
    make_plan,
    make_tables,
    with_samples,
)

CUT = Fault(20 * S, 35 * S, (2,))


def cuts_of(*faults, duration_ns=60 * S):
    return cuts(make_tables(faults, duration_ns=duration_ns), duration_ns)


def error_of(tables, is_good):
    """The same run with a baseline error that is 0.001 when `is_good` and else 1."""
    error = np.where(is_good(tables.samples["time_ns"]), 0.001, 1.0)
    return with_samples(tables, error_mean=error)


def only(found):
    (one,) = found
    return one


def test_cuts_that_overlap_or_touch_heal_when_the_last_of_them_ends():
    one = only(cuts_of(CUT, Fault(30 * S, 40 * S, (1,)), Fault(40 * S, 42 * S, (2,))))
    assert (one.at_ns, one.heal_ns, one.regions) == (20 * S, 42 * S, (1, 2))
    assert one.faults == ("faults[0]", "faults[1]", "faults[2]")


def test_a_cut_heals_when_others_have_taken_over_if_that_is_before_its_fault_ends():
    faults = [
        Fault(10 * S, 20 * S, (1,), relieved_ns=12 * S),
        Fault(30 * S, 35 * S, (1,), relieved_ns=50 * S),
        Fault(40 * S, -1, (1,), relieved_ns=41 * S),
    ]
    found = cuts(make_tables(faults), 60 * S)
    assert [cut.heal_ns for cut in found] == [12 * S, 35 * S, 41 * S]


def test_a_cut_inside_another_does_not_heal_it():
    assert only(cuts_of(CUT, Fault(25 * S, 30 * S, (1,)))).heal_ns == 35 * S


def test_cuts_are_in_order_of_time_whatever_the_order_in_the_file():
    first, second = cuts_of(Fault(40 * S, 50 * S, (1,)), CUT)
    assert (first.at_ns, second.at_ns) == (20 * S, 40 * S)


@pytest.mark.parametrize("until_ns", [-1, 60 * S, 61 * S])
def test_a_cut_that_outlives_the_run_has_no_heal(until_ns):
    assert only(cuts_of(Fault(20 * S, until_ns, (2,)))).heal_ns is None


def test_a_fault_that_cuts_nothing_from_the_root_is_no_cut():
    assert cuts_of(Fault(20 * S, 35 * S, (), cuts=False)) == []


def test_a_run_without_a_heal_has_no_recovery():
    assert recoveries(make_tables([Fault(20 * S, -1, (2,))]), make_plan()) == []


def test_the_first_message_across_and_all_ages_are_exact_to_the_nanosecond():
    """Region 2 of 8 sends at 50 ms + k 200 ms with 26 ms delay: first after 35 s at 35.05 s."""
    found = only(recoveries(make_tables([CUT]), make_plan()))
    assert found.reconnected == Milestone(76 * MS, True)
    assert found.fresh == Milestone(76 * MS, True)


def test_a_message_sent_before_the_heal_does_not_count_as_the_first_across():
    tables = make_tables([CUT])
    late = {
        name: np.append(column, value)
        for (name, column), value in zip(
            tables.heard.items(), (35 * S + MS, 2, 19 * S, 19 * S, 19.0 * S, 100), strict=True
        )
    }
    found = only(recoveries(replace(tables, heard=late), make_plan()))
    assert found.reconnected == Milestone(76 * MS, True)


def test_other_regions_do_not_count_as_the_first_message_across():
    tables = make_tables([CUT])
    others = {name: column[tables.heard["region"] != 2] for name, column in tables.heard.items()}
    found = only(recoveries(replace(tables, heard=others), make_plan()))
    assert found.reconnected == Milestone(25 * S, False)


def test_a_cut_shorter_than_the_bound_is_fresh_at_once():
    found = only(recoveries(make_tables([Fault(20 * S, 23 * S, (2,))]), make_plan()))
    assert found.fresh == Milestone(0, True)


def test_accurate_is_the_first_sample_from_which_the_error_stays_within_epsilon():
    tables = error_of(make_tables([CUT]), lambda now: (now < 20 * S) | (now >= 37 * S))
    assert only(recoveries(tables, make_plan())).accurate == Milestone(2 * S, True)


def test_a_good_moment_that_does_not_last_is_not_a_recovery():
    blip = error_of(
        make_tables([CUT]), lambda now: ((now >= 36 * S) & (now < 37 * S)) | (now >= 40 * S)
    )
    assert only(recoveries(blip, make_plan())).accurate == Milestone(5 * S, True)


def test_an_unknown_error_is_not_accurate():
    tables = make_tables([CUT])
    unknown = with_samples(tables, error_mean=np.full(len(tables.samples["time_ns"]), np.nan))
    assert only(recoveries(unknown, make_plan())).accurate == Milestone(25 * S, False)


def test_before_the_first_sample_nothing_is_accurate():
    tables = make_tables([CUT])
    late = tables.samples["time_ns"] >= 36 * S
    samples = {name: column[late] for name, column in tables.samples.items()}
    good = error_of(replace(tables, samples=samples), lambda now: now > 0)
    assert only(recoveries(good, make_plan())).accurate == Milestone(S, True)


def test_recovery_is_the_last_of_the_milestones():
    tables = error_of(make_tables([CUT]), lambda now: now >= 37 * S)
    found = only(recoveries(tables, make_plan()))
    assert found.time == Milestone(2 * S, True)


def test_the_next_cut_censors_what_was_not_reached_before_it():
    faults = [CUT, Fault(36 * S, 50 * S, (3,))]
    tables = error_of(make_tables(faults), lambda now: now >= 51 * S)
    first, second = recoveries(tables, make_plan())
    assert first.horizon_ns == 36 * S
    assert first.accurate == Milestone(S, False)
    assert first.time == Milestone(S, False)
    assert second.accurate == Milestone(S, True)


def test_pooling_keeps_the_censored_as_lower_bounds():
    good = recoveries(make_tables([CUT]), make_plan())
    never = recoveries(error_of(make_tables([CUT]), lambda now: now < 0), make_plan())
    sample = pool([*good, *never], "accurate")
    assert len(sample) == 2
    assert sample.at_least == (25.0,)
    assert pool([*good, *never], "reconnected") == CensoredSample((0.076, 0.076), ())


def test_the_synthetic_age_of_a_cut_region_is_what_arithmetic_says():
    """Guards the fixture: last heard before the cut is born 130 ms before its sending."""
    tables = make_tables([CUT])
    row = (tables.regions["region"] == 2) & (tables.regions["time_ns"] == 35 * S)
    last_sent = 20 * S - 150 * MS
    assert tables.regions["oldest_age_ns"][row] == 35 * S - last_sent + INSIDE_AGE_NS
    assert 150 * MS < PERIOD_NS
