"""The ownership fence at one parent P with owners A, B and C of four sources each, step by step."""

import pytest

from sim.protocol.membership.epochs import Attach, Enrol, Expel, Join, Move, applied, founded
from sim.protocol.membership.ownership import Holder, Holding, Keeper, Reading
from tests.protocol.membership.mutants import AcceptsIncomplete, Adds, DropsFirst, NoFence

OWNERS = "ABC"
PARENTS = [*((name, "P") for name in OWNERS), ("Q", "R"), ("P", "R"), ("D", "Q")]
FIRST = founded("R", PARENTS, [((4 * at, 4 * at + 4), name) for at, name in enumerate("ABCD")])


class Site:
    """P, its holders, and as much of the agents as is needed: they report when told."""

    def __init__(self, keeper=Keeper):
        self.view = FIRST
        self.parent = keeper("P", FIRST)
        self.holders = {name: Holder(name, FIRST) for name in "ABCD"}
        self.version = 0
        self.hear_all()
        for name in OWNERS:
            self.report(name)

    def decide(self, *changes, but=()):
        """Everybody hears of it except some."""
        for change in changes:
            self.view = applied(self.view, change)
        self.parent.adopt(self.view)
        for name, holder in self.holders.items():
            if name not in but:
                holder.adopt(self.view)

    def hear(self, *sources):
        """These report to their owners; 10**s is the state of s."""
        self.version += 1
        for source in sources:
            run = self.view.run_of(source)
            holder = self.holders[run.owner]
            holder.hear(Reading(source, run.epoch, 0, self.version, 10**source))

    def hear_all(self):
        self.hear(*range(16))

    def report(self, name):
        return self.parent.hear(self.holders[name].holding())

    @property
    def count(self):
        return self.parent.sources


def expelled(keeper=Keeper):
    """A is expelled and does not know; B and C own two of its sources each."""
    site = Site(keeper)
    site.decide(Expel("A"), but="A")
    return site


def test_a_parent_counts_every_source_of_its_children():
    site = Site()
    assert (site.count, site.parent.state) == (12, 111_111_111_111)
    assert site.parent.late == ()


def test_sources_of_a_failed_owner_stay_counted_until_all_of_them_have_a_new_one():
    site = expelled()
    assert site.count == 12
    site.hear_all()
    site.report("B")
    assert (site.count, site.parent.late) == (12, ("A", "B", "C"))
    site.report("C")
    assert (site.count, site.parent.state, site.parent.late) == (12, 111_111_111_111, ())


def test_an_owner_that_was_cut_off_and_comes_back_is_refused():
    site = expelled()
    assert not site.report("A")
    site.hear_all()
    site.report("B")
    site.report("C")
    assert not site.report("A")
    assert site.count == 12


def test_a_new_owner_that_has_not_heard_all_its_sources_is_not_counted_yet():
    site = expelled()
    site.hear(0, 1)
    site.report("B")
    site.report("C")
    assert (site.count, site.parent.late) == (12, ("A", "B", "C"))


def test_a_new_owner_that_fails_as_well_hands_on_what_it_never_had():
    site = expelled()
    site.decide(Expel("B"), but="AB")
    site.hear_all()
    assert not site.report("B")
    assert site.count == 12
    site.report("C")
    assert (site.count, site.parent.state) == (12, 111_111_111_111)


def test_a_source_may_move_again_before_its_first_move_is_over():
    site = Site()
    site.decide(Move(0, 1, "B"))
    site.decide(Move(0, 1, "C"))
    site.hear_all()
    for name, late in (("C", 3), ("A", 1), ("B", 0)):
        site.report(name)
        assert (site.count, len(site.parent.late)) == (12, late)
    assert site.parent.state == 111_111_111_111


def test_moves_that_have_nothing_to_do_with_each_other_do_not_wait_for_each_other():
    keeper = Keeper("P", founded("P", [(n, "P") for n in "ABCD"], _runs("ABCD")))
    for name in "ABCD":
        keeper.hear(Holding(name, 0, 0, 1, 4, 0))
    view = applied(applied(keeper.view, Move(0, 1, "B")), Move(8, 9, "D"))
    keeper.adopt(view)
    keeper.hear(Holding("C", 2, 0, 2, 3, 0))
    keeper.hear(Holding("D", 2, 0, 2, 5, 0))
    assert (keeper.sources, keeper.late) == (16, ("A", "B"))


def _runs(names):
    return [((4 * at, 4 * at + 4), name) for at, name in enumerate(names)]


def test_a_summary_ahead_of_the_view_is_kept_until_the_view_is_known():
    site = Site()
    site.view = applied(site.view, Move(0, 1, "B"))
    site.holders["A"].adopt(site.view)
    site.holders["B"].adopt(site.view)
    site.hear_all()
    site.report("A")
    site.report("B")
    assert (site.count, site.parent.view.epoch) == (12, 0)
    site.parent.adopt(site.view)
    assert (site.count, site.parent.late) == (12, ())


def test_an_owner_that_gets_its_sources_back_starts_them_anew():
    site = Site()
    site.decide(Move(0, 4, "B"), but="A")
    site.decide(Move(0, 4, "A"))
    assert site.holders["A"].holding().sources == 0


def test_a_member_that_comes_back_is_admitted_and_gets_its_sources_by_a_move():
    site = expelled()
    site.hear_all()
    site.report("B")
    site.report("C")
    site.decide(Join("A", "P"), Move(0, 4, "A"))
    site.hear_all()
    for name in "BCA":
        assert site.count == 12
        site.report(name)
    assert site.view.load("A") == 4
    assert (site.count, site.parent.state, site.parent.late) == (12, 111_111_111_111, ())


def test_a_repeated_or_overtaken_summary_changes_nothing():
    site = Site()
    old, new = site.holders["A"].holding(), site.holders["A"].holding()
    assert site.parent.hear(new)
    assert not site.parent.hear(new)
    assert not site.parent.hear(old)


def test_a_restarted_owner_is_newer_than_it_was_but_counts_only_when_complete():
    site = Site()
    site.holders["A"] = Holder("A", site.view, life=1)
    site.report("A")
    assert site.count == 12
    site.hear_all()
    assert site.report("A")
    assert site.parent._counted["A"].holding.life == 1


def test_an_owner_moves_to_another_parent_with_all_it_has():
    site = Site()
    other, root = Keeper("Q", FIRST), Keeper("R", FIRST)
    other.hear(site.holders["D"].holding())
    root.hear(site.parent.holding())
    root.hear(other.holding())
    assert root.sources == 16
    site.decide(Attach("A", "Q"))
    other.adopt(site.view)
    root.adopt(site.view)
    assert other.holding() is None  # it is to count A, and does not yet
    root.hear(site.parent.holding())
    assert (site.count, root.sources) == (8, 16)
    other.hear(site.holders["A"].holding())
    root.hear(other.holding())
    assert (other.sources, root.sources, root.state) == (8, 16, 1_111_111_111_111_111)


def test_new_sources_are_counted_when_their_owner_has_heard_them_all():
    site = Site()
    site.decide(Enrol(16, 18, "A"))
    assert site.count == 12
    site.hear(16, 17)
    site.report("A")
    assert site.count == 14


def test_nobody_reports_for_others_or_as_a_stranger():
    site = Site()
    assert not site.parent.hear(Holding("D", 0, 0, 9, 4, 0))
    assert not site.parent.hear(Holding("nobody", 10**30, 0, 9, 4, 0))
    assert not site.holders["A"].hear(Reading(4, 0, 0, 99, 0))
    assert not site.holders["A"].hear(Reading(-1, 0, 0, 99, 0))


def zombie_reports(site):
    """After everything has moved, the old owner is heard again."""
    site.hear_all()
    site.report("B")
    site.report("C")
    site.report("A")


def hears_two(site):
    site.hear(0, 1, 2)
    site.report("B")
    site.report("C")


@pytest.mark.parametrize(
    ("mutant", "what_happens", "wrong"),
    [
        (NoFence, lambda site: None, 8),
        (DropsFirst, lambda site: None, 8),
        (Adds, zombie_reports, 16),
        (AcceptsIncomplete, hears_two, 11),
    ],
)
def test_without_one_of_its_rules_the_parent_counts_wrong(mutant, what_happens, wrong):
    right = expelled()
    what_happens(right)
    assert right.count == 12
    site = expelled(mutant)
    what_happens(site)
    assert site.count == wrong
