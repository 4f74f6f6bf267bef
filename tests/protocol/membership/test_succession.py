"""Changes of several steps: whole or not at all, with every source owned once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.membership.epochs import Expel, founded
from sim.protocol.membership.succession import Return, Succession, succeeded, successor

NAMES = ["a", "b", "c", "d"]


@pytest.fixture
def view():
    return _view()


def _view():
    parents = [("left", "root"), ("right", "root")]
    parents += [("a", "left"), ("b", "left"), ("c", "left"), ("d", "right")]
    runs = [((10 * place, 10 * place + 10), name) for place, name in enumerate(NAMES)]
    return founded("root", parents, runs)


def test_a_successor_owns_all_that_the_member_had(view):
    after = succeeded(view, Succession("a", "b"))
    assert after.member("a") is None
    assert after.owned("b") == ((0, 20),)


def test_a_member_that_returns_gets_its_own_sources_from_whoever_has_them(view):
    away = succeeded(succeeded(view, Succession("a", "b")), Succession("b", "c"))
    back = succeeded(away, Return("a", "left", ((0, 10),)))
    assert back.owned("a") == ((0, 10),)
    assert back.owned("c") == ((10, 30),)


def test_both_who_lose_and_who_gain_hold_by_a_newer_epoch(view):
    after = succeeded(view, Succession("a", "b"))
    assert after.member("b").since > view.member("b").since
    assert after.member("c").since == view.member("c").since


@pytest.mark.parametrize(
    "change",
    [
        Succession("a", "stranger"),
        Succession("stranger", "a"),
        Succession("a", "a"),
        Succession("a", "left"),
        Return("a", "left", ((0, 10),)),
        Return("e", "d", ((0, 10),)),
        "nonsense",
        None,
    ],
)
def test_a_change_that_does_not_fit_changes_nothing_at_all(view, change):
    assert succeeded(view, change) is view


def test_changes_of_one_step_are_applied_as_ever(view):
    assert succeeded(view, Expel("a")).member("a") is None


changes = st.one_of(
    st.builds(Succession, st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.sampled_from(NAMES).map(
        lambda name: Return(name, "right" if name == "d" else "left", _view().owned(name))
    ),
)


@given(st.lists(changes, max_size=12))
def test_after_any_changes_every_source_has_one_owner_and_epochs_only_grow(some):
    view = _view()
    for change in some:
        before, view = view, succeeded(view, change)
        assert view.epoch >= before.epoch
    owned = sorted(span for name in NAMES for span in view.owned(name))
    assert sum(end - first for first, end in owned) == view.sources == 40
    assert all(one[1] <= other[0] for one, other in pairwise(owned))


def test_the_successor_is_the_sibling_with_the_fewest_sources(view):
    loaded = succeeded(view, Succession("a", "b"))
    assert successor(loaded, "b") == "c"
    assert successor(view, "a") in ("b", "c")
    assert successor(view, "a", failed=["b"]) == "c"


def test_where_no_sibling_is_left_nobody_succeeds(view):
    assert successor(view, "d") is None
    assert successor(view, "a", failed=["b", "c"]) is None
    assert successor(view, "stranger") is None
