"""Thresholds of a tier, and those that would thrash."""

import pytest

from sim.protocol.topology.limits import Limits, most_slack, would_thrash


@pytest.mark.parametrize(
    ("fewest", "most", "slack", "reason"),
    [
        (10, 50, 5, ""),
        (5, 15, 1, ""),
        (4, 12, 2, ""),
        (5, 10, 0, ""),
        (5, 10, 1, "a split of 11 leaves 5, less than min + slack = 6"),
        (5, 12, 2, "a split of 13 leaves 6, less than min + slack = 7"),
        (10, 15, 0, "a split of 16 leaves 8, less than min + slack = 10"),
        (5, 9, 0, "a merge of two at min makes 10, more than max - slack = 9"),
    ],
)
def test_thresholds_thrash_where_one_operation_leads_to_the_next(fewest, most, slack, reason):
    assert would_thrash(fewest, most, slack) == reason


@pytest.mark.parametrize(("fewest", "most"), [(10, 50), (5, 15), (4, 12), (5, 10), (5, 11), (3, 6)])
def test_the_most_slack_does_not_thrash_and_one_more_does(fewest, most):
    slack = most_slack(fewest, most)
    assert would_thrash(fewest, most, slack) == ""
    assert would_thrash(fewest, most, slack + 1) != ""


def test_thresholds_that_thrash_with_any_slack_have_none():
    assert most_slack(5, 9) < 0
    assert most_slack(10, 15) < 0


def test_room_is_twice_max_unless_it_is_said():
    assert Limits(5, 15).room == 30
    assert Limits(5, 15, room=16).room == 16


@pytest.mark.parametrize("limits", [(0, 5), (5, 5), (5, 10, 0, 10)])
def test_limits_out_of_order_are_refused(limits):
    with pytest.raises(ValueError, match="not 1 <= min"):
        Limits(*limits)


def test_negative_slack_is_refused():
    with pytest.raises(ValueError, match="slack must be at least 0"):
        Limits(5, 10, -1)
