import pytest

from sim.protocol.alerts.domains import spread
from sim.protocol.committee import Committee


def committee(n, f):
    return Committee(tuple(f"root-0/{member}" for member in range(n)), f)


def test_four_members_in_four_domains_survive_the_loss_of_any():
    found = spread(committee(4, 1), ["a", "b", "c", "d"])
    assert found.spans_enough
    assert found.survives_any


def test_two_members_in_two_domains_survive_the_loss_of_none():
    found = spread(committee(2, 0), ["a", "b"])
    assert not found.spans_enough
    assert found.fatal == ("a", "b")


def test_seven_members_may_share_domains_two_by_two():
    found = spread(committee(7, 2), ["a", "a", "b", "b", "c", "c", "d"])
    assert found.members == (("a", 2), ("b", 2), ("c", 2), ("d", 1))
    assert found.survives_any


def test_three_of_seven_in_one_domain_are_too_many():
    assert spread(committee(7, 2), ["a", "a", "a", "b", "c", "d", "e"]).fatal == ("a",)


def test_every_member_has_a_site():
    with pytest.raises(ValueError, match="4 members sit at 4 sites, not at 3"):
        spread(committee(4, 1), ["a", "b", "c"])
