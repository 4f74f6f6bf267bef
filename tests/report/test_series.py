import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.report.series import pivot, thin, tips, tooth_ns, when
from tests.measure.synthetic import MS, PERIOD_NS, S, make_plan


def test_an_absent_row_of_a_grid_is_missing_and_not_zero():
    table = {
        "time_ns": np.array([0, 0, 5]),
        "region": np.array([1, 4, 4]),
        "agents": np.array([7, 8, 9]),
    }
    grid = pivot(table, "agents")
    assert grid.regions.tolist() == [1, 4]
    np.testing.assert_array_equal(grid.of(1), [7, np.nan])
    np.testing.assert_array_equal(grid.only([4]), [[8], [9]])


@given(st.integers(1, 300), st.integers(1, 50))
def test_thinning_never_loses_the_peak_and_never_has_too_many_points(count, points):
    values = np.random.default_rng(count).random(count)
    at_s, worst = thin(np.arange(count), values, np.fmax, points)
    assert worst.max() == values.max()
    assert len(at_s) == len(worst) <= points


def test_the_tips_of_a_saw_are_a_straight_line_through_its_teeth():
    time_ns = np.arange(0, 30 * S, 100 * MS)
    _, tops = tips(time_ns, 100.0 + time_ns % PERIOD_NS, 2 * PERIOD_NS)
    assert (tops == 100.0 + 100 * MS).all()


def test_a_peak_keeps_its_instant_and_its_height_among_the_tips():
    time_ns = np.arange(0, 30 * S, 100 * MS)
    values = 1.0 + time_ns % PERIOD_NS / S
    values[137] = 9.0
    at_s, tops = tips(time_ns, values, 2 * PERIOD_NS)
    assert at_s[tops.argmax()] == 13.7
    assert tops.max() == 9.0


def test_teeth_that_are_wide_on_the_page_are_not_merged():
    assert tooth_ns(make_plan(duration_ns=S)) == S // 60
    assert tooth_ns(make_plan(duration_ns=60 * S)) == 2 * PERIOD_NS


def test_a_sampled_flag_holds_until_the_next_sample():
    spans = when(np.array([0, 10, 20, 30]), np.array([False, True, False, True]), 35)
    assert spans.tolist() == [[10, 20], [30, 35]]
