"""What is left of long work, told only by what is finished."""

import math

from sim.campaign.pace import Pace


def test_nothing_is_said_before_anything_is_finished():
    assert Pace(100.0, 10).left_s is None


def test_time_goes_with_the_weight_of_units_and_not_with_their_number():
    pace = Pace(weight=110.0, units=11)
    pace.finish(10.0, wall_s=2.0)
    assert math.isclose(pace.left_s, 100 * 2 / 10)


def test_several_hands_share_what_is_left():
    pace = Pace(weight=100.0, units=10, hands=4)
    pace.finish(10.0, wall_s=8.0)
    assert math.isclose(pace.left_s, 90 * 0.8 / 4)


def test_the_last_units_have_no_more_hands_than_there_are_units():
    pace = Pace(weight=40.0, units=4, hands=4)
    for _ in range(3):
        pace.finish(10.0, wall_s=5.0)
    assert math.isclose(pace.left_s, 5.0)


def test_the_unit_at_hand_counts_as_far_as_it_is():
    pace = Pace(weight=20.0, units=2)
    pace.finish(10.0, wall_s=4.0)
    pace.partly = 5.0
    assert math.isclose(pace.left_s, 2.0)
    assert math.isclose(pace.share, 0.75)


def test_what_will_not_be_done_takes_no_time():
    pace = Pace(weight=30.0, units=3)
    pace.finish(10.0, wall_s=1.0)
    pace.drop(20.0, units=2)
    assert (pace.left_s, pace.share, pace.units) == (0.0, 1.0, 1)
