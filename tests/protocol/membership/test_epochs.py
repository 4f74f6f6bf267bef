"""Changes of membership as a pure function from view to view."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.membership.epochs import (
    Attach,
    Enrol,
    Expel,
    Join,
    Leave,
    Move,
    Retire,
    applied,
    fosters,
    founded,
    readmission,
    value_of,
)

HOLDERS = {"A": "P", "B": "P", "C": "P", "D": "Q", "E": "Q"}
PARENTS = HOLDERS | {"P": "R", "Q": "R"}
FIRST = founded(
    "R", PARENTS.items(), [((10 * at, 10 * at + 10), name) for at, name in enumerate(HOLDERS)]
)
SOURCES = 50

spans = st.tuples(st.integers(-2, SOURCES), st.integers(0, 12)).map(lambda t: (t[0], t[0] + t[1]))
anybody = st.sampled_from([*PARENTS, "R", "stranger"])
changes = st.one_of(
    st.builds(lambda span, to: Move(*span, to), spans, anybody),
    st.builds(lambda span: Retire(*span), spans),
    st.builds(lambda span, to: Enrol(*span, to), spans, anybody),
    st.builds(Join, anybody, anybody),
    st.builds(Attach, anybody, anybody),
    st.builds(Expel, anybody),
    st.builds(Leave, anybody),
    st.just("nonsense"),
)


def after(*decided, view=FIRST):
    for change in decided:
        view = applied(view, change)
    return view


def owners(view):
    return {s: run.owner for run in view.runs for s in range(run.first, run.end)}


@given(st.lists(changes, max_size=12))
@settings(max_examples=150)
def test_every_source_has_one_owner_who_is_a_member_whatever_is_decided(decided):
    view = after(*decided)
    found = owners(view)
    assert view.sources == len(found) == sum(view.load(child) for child in view.children("R"))
    assert all(view.member(owner) and not view.children(owner) for owner in found.values())
    assert all(member.parent == "R" or view.member(member.parent) for member in view.members)
    for source, owner in found.items():
        assert view.run_of(source).owner == owner


@given(st.lists(changes, max_size=12))
@settings(max_examples=100)
def test_an_epoch_passes_exactly_if_something_changes_and_marks_whose_sources_change(decided):
    view = FIRST
    for change in decided:
        before, view = view, applied(view, change)
        if view.epoch == before.epoch:
            assert view is before
            continue
        assert view.epoch == before.epoch + 1
        for member in view.members:
            old = before.member(member.name)
            changed = old is None or view.owned(member.name) != before.owned(member.name)
            assert (member.since == view.epoch) == changed


@given(st.lists(changes, max_size=8))
@settings(max_examples=50)
def test_replicas_that_apply_the_same_changes_hold_equal_views(decided):
    one, other = after(*decided), after(*decided)
    assert (one, one.digest) == (other, other.digest)


def test_views_that_differ_in_anything_have_different_digests():
    views = [
        FIRST,
        after(Move(0, 1, "B")),
        after(Move(1, 2, "B")),
        after(Move(0, 1, "C")),
        after(Move(0, 1, "B"), Move(0, 1, "A")),
        after(Join("F", "P")),
        after(Attach("A", "Q")),
        after(Retire(0, 1)),
    ]
    assert len({view.digest for view in views}) == len(views)


def test_the_order_of_changes_matters_and_is_part_of_what_is_agreed():
    one = after(Move(0, 2, "B"), Move(1, 3, "C"))
    other = after(Move(1, 3, "C"), Move(0, 2, "B"))
    assert one.owned("C") == ((1, 3), (20, 30))
    assert other.owned("C") == ((2, 3), (20, 30))


def test_siblings_foster_the_orphans_in_shares_that_differ_by_one():
    view = after(Join("F", "P"), Expel("A"))
    assert sorted(view.load(name) - 10 * (name != "F") for name in "BCF") == [3, 3, 4]
    assert (view.load("P"), view.load("Q"), view.member("A")) == (30, 20, None)
    assert view.member("P").since == 0


def test_who_fosters_more_than_others_depends_on_the_view_and_not_on_who_asks():
    larger = set()
    for start in range(12):
        view = after(Move(20, 21 + start % 5, "D"), *[Join(f"X{start}", "Q")])
        moves = fosters(view, "A")
        assert moves == fosters(view, "A")
        assert sum(move.end - move.first for move in moves) == 10
        larger |= {move.to for move in moves if move.end - move.first == 5}
    assert larger == {"B", "C"}
    first = {fosters(after(Join(f"X{start}", "Q")), "A")[0].to for start in range(12)}
    assert first == {"B", "C"}


def test_without_siblings_everybody_else_fosters():
    view = after(Expel("D"), Expel("E"))
    assert (view.load("P"), view.load("Q")) == (50, 0)
    assert view.member("P").since == view.member("Q").since == view.epoch


def test_the_last_owner_is_not_expelled():
    alone = founded("R", [("A", "R")], [((0, 5), "A")])
    assert applied(alone, Expel("A")) is alone


def test_children_of_a_failed_parent_report_to_its_siblings():
    view = after(Expel("P"))
    assert view.children("Q") == ("A", "B", "C", "D", "E")
    assert (view.load("Q"), view.member("A").since, view.member("Q").since) == (50, 0, 1)


def test_expelling_twice_is_expelling_once():
    once = after(Expel("A"))
    assert applied(once, Expel("A")) is once


def test_a_member_is_admitted_again_with_a_new_epoch_and_owns_nothing():
    view = after(Expel("A"), Join("A", "P"))
    assert (view.load("A"), view.member("A").since) == (0, 2)


def test_a_member_that_is_readmitted_gets_back_what_it_had_and_is_still_there():
    gone = after(Move(15, 17, "A"), Expel("A"), Retire(3, 5))
    before = after(Move(15, 17, "A")).owned("A")
    view = after(*readmission("A", "P", before), view=gone)
    assert view.owned("A") == ((0, 3), (5, 10), (15, 17))


def test_an_owner_cannot_be_a_parent_nor_a_parent_an_owner():
    assert applied(FIRST, Attach("B", "A")) is FIRST
    assert applied(FIRST, Move(0, 1, "Q")) is FIRST
    assert applied(FIRST, Attach("P", "A")) is FIRST


def test_sources_come_and_go_with_exact_counts():
    view = after(Enrol(50, 53, "A"), Retire(0, 2), Enrol(0, 1, "B"), Enrol(52, 60, "C"))
    assert (view.sources, view.load("A"), view.load("B")) == (52, 11, 11)
    assert view.run_of(1) is None
    assert view.run_of(60) is None


def test_what_is_agreed_on_is_told_from_other_changes_by_its_digest():
    values = [value_of(change) for change in (Expel("A"), Leave("A"), Expel("B"), Move(0, 1, "A"))]
    assert len({value.digest for value in values}) == 4
    assert values[0].content == Expel("A")


@pytest.mark.parametrize(
    "runs", [[((0, 2), "A"), ((1, 3), "B")], [((0, 2), "stranger")], [((2, 2), "A")]]
)
def test_a_founding_view_that_makes_no_sense_is_refused(runs):
    with pytest.raises(ValueError, match=r"owner|sources"):
        founded("R", PARENTS.items(), runs)
