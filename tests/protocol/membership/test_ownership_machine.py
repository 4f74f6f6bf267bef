"""Ownership under schedules that Hypothesis thinks out: any order, losses, repeats, zombies.

Two regions under a root; every message that was ever sent can arrive at any time, again and again,
or never; every node learns of every view late, and may skip some. An expelled owner goes on as if
nothing had happened until it is told.
"""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from sim.protocol.membership.epochs import Attach, Expel, Join, Move, applied, founded
from sim.protocol.membership.ownership import Holding, Keeper
from sim.protocol.membership.view import Member, Run, View
from tests.protocol.membership.mutants import MUTANTS
from tests.protocol.membership.schedules import schedules, some_of
from tests.reference.ownership import replaceable

HOLDERS = {"A": "P", "B": "P", "C": "P", "D": "Q", "E": "Q"}
KEEPERS = {"P": "R", "Q": "R"}
SOURCES = 6
RUNS = [((0, 2), "A"), ((2, 3), "B"), ((3, 5), "D"), ((5, 6), "E")]

sources = st.integers(0, SOURCES - 1)
holders = st.sampled_from(sorted(HOLDERS))
parents = st.sampled_from(sorted(KEEPERS))
moves = st.builds(lambda at, more, to: Move(at, at + more, to), sources, st.integers(1, 3), holders)
changes = st.one_of(
    moves,
    moves,
    st.builds(Expel, holders),
    st.builds(Expel, holders),
    st.builds(Join, holders, parents),
    st.builds(Attach, holders, parents),
    st.builds(Expel, parents),
    st.builds(Join, parents, st.just("R")),
)


class Rehoming(schedules(HOLDERS, (*KEEPERS, "R"), SOURCES)):
    def __init__(self):
        super().__init__(founded("R", (HOLDERS | KEEPERS).items(), RUNS))
        self.all_heard()

    @rule(change=changes, at_once=some_of("ABCDEPQR"))
    def decide(self, change, at_once):
        """Some hear of it at once."""
        view = applied(self.views[-1], change)
        assert view.sources == SOURCES
        if view.epoch > self.views[-1].epoch:
            self.views.append(view)
            self.learn(at_once, 0)

    @invariant()
    def everybody_is_counted_once(self):
        for name, keeper in self.keepers.items():
            counts = self.counts(name)
            assert max(counts) <= 1, f"{name} counts {sum(counts)}: {counts}"
            assert sum(counts) == keeper.sources
            if keeper.is_complete:
                owned = keeper.view.load(name)
                assert sum(counts) == owned, f"{name} counts {sum(counts)} of {owned}: {counts}"
            if name == "R":
                assert counts == [1] * SOURCES, f"R counts {sum(counts)}: {counts}"

    def teardown(self):
        self.all_heard()
        self.everybody_is_counted_once()
        assert all(keeper.late == () for keeper in self.keepers.values())


quick = settings(max_examples=60, stateful_step_count=40, derandomize=True, deadline=None)
until_found = settings(quick, max_examples=500, phases=[Phase.generate], report_multiple_bugs=False)
TestRehoming = Rehoming.TestCase
TestRehoming.settings = quick


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_schedule_is_found_that_makes_a_mutant_count_wrong(mutant):
    machine = type("Mutated", (Rehoming,), {"keeper": mutant})
    with pytest.raises(AssertionError, match=r"[PQR] counts \d"):
        run_state_machine_as_test(machine, settings=until_found)


names = "abcd"
owners = st.lists(st.sampled_from(names), min_size=5, max_size=5)


@given(
    counted=owners,
    target=owners,
    elsewhere=st.sets(st.integers(0, 4)),
    ready=st.sets(st.sampled_from(names)),
)
@settings(max_examples=150)
def test_what_is_replaced_is_what_trying_every_choice_finds(counted, target, elsewhere, ready):
    """`counted` and `target` say who owns each of five sources; `elsewhere` leave this parent."""
    before, after = view_of(0, counted, ()), view_of(1, target, elsewhere)
    changed = [name for name in names if before.owned(name) != after.owned(name)]
    after = View(1, "r", tuple(Member(n, "r", int(n in changed)) for n in names), after.runs)
    keeper = Keeper("r", before)
    for name in names:
        keeper.hear(Holding(name, 0, 0, 0, before.load(name), 0))
    keeper.adopt(after)
    for name in sorted(ready):
        keeper.hear(Holding(name, 1, 0, 1, after.load(name), 0))
    sets = [{name: spelt(view.owned(name)) for name in names} for view in (before, after)]
    nothing = {name for name in names if not after.load(name)}
    replaced = replaceable(*sets, ready | nothing)
    assert set(keeper.late) == set(changed) - replaced


def view_of(epoch, owners, elsewhere):
    runs = [Run(s, s + 1, o, epoch) for s, o in enumerate(owners) if s not in elsewhere]
    return View(epoch, "r", tuple(Member(name, "r", 0) for name in names), tuple(runs))


def spelt(spans):
    return {source for first, end in spans for source in range(first, end)}
