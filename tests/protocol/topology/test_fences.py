"""No agent is counted twice or lost, in whatever order a changing tree is heard of.

Hypothesis thinks out joins, leaves, failures, epochs and deals, and who hears of them when: every
report ever sent can arrive at any time, again or never; every node learns of every topology late,
may skip some, and reports as of the one it knows, even if it has failed or merged since.
"""

import numpy as np
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from sim.protocol.membership.view import Member, Run
from sim.protocol.topology.failing import adapt, fail, restore
from sim.protocol.topology.fences import view_of
from sim.protocol.topology.limits import Limits
from sim.protocol.topology.placing import join, leave, reseat
from sim.protocol.topology.rebalancing import plan_epoch
from sim.protocol.topology.state import founded
from tests.protocol.membership.mutants import Adds, DropsFirst, NoFence
from tests.protocol.membership.schedules import schedules, some_of

AGENTS = 7
LIMITS = (Limits(2, 3, room=4), Limits(1, 2, room=3))
LOCALS = [f"1/{place}" for place in range(5)]
REGIONALS = [f"2/{place}" for place in range(3)]
NODES = [*LOCALS, *REGIONALS, "root"]


def first():
    return founded((6, 3, 2), (AGENTS, len(LOCALS), len(REGIONALS)), LIMITS)


def test_a_view_names_all_in_use_and_who_owns_which_agents_since_when():
    view = view_of(leave(first(), [2])[0])
    assert view.members == (
        Member("1/0", "2/0", 0),
        Member("1/1", "2/0", 1),
        Member("1/2", "2/1", 0),
        Member("2/0", "root", 1),
        Member("2/1", "root", 0),
    )
    assert view.runs == (Run(0, 2, "1/0", 0), Run(3, 4, "1/1", 0), Run(4, 6, "1/2", 0))
    assert (view.epoch, view.root) == (1, "root")


agents = st.lists(st.integers(0, AGENTS - 1), min_size=1, max_size=3, unique=True)
places = st.tuples(st.just(1), st.integers(0, 4)) | st.tuples(st.just(2), st.integers(0, 2))
changes = st.one_of(
    st.builds(lambda who: lambda state: join(state, who), agents),
    st.builds(lambda who: lambda state: leave(state, who), agents),
    st.builds(lambda at, r: lambda state: fail(state, *at, replace=r), places, st.booleans()),
    st.builds(lambda at: lambda state: restore(state, at[0], [at[1]]), places),
    st.builds(lambda borrow: lambda state: plan_epoch(state, borrow=borrow), st.booleans()),
    st.builds(lambda seed: lambda state: reseat(state, seed), st.binary(max_size=2)),
    st.builds(lambda at: lambda state: adapt(state, rehome=[at]), st.integers(0, 4)),
)


class Changing(schedules(LOCALS, (*REGIONALS, "root"), AGENTS)):
    def __init__(self):
        self.states = [first()]
        super().__init__(view_of(self.states[0]))
        self.everybody_up_to_date()

    @rule(change=changes, at_once=some_of(NODES))
    def decide(self, change, at_once):
        """Some hear of it at once."""
        state, _ = change(self.states[-1])
        if state.epoch > self.states[-1].epoch:
            self.states.append(state)
            self.views.append(view_of(state))
            self.stayed &= state.parents[0] >= 0
            self.learn(at_once, 0)

    @rule()
    def everybody_up_to_date(self):
        self.all_heard()
        self.stayed = self.states[-1].parents[0] >= 0
        assert self.counts("root") == self.stayed.astype(int).tolist(), "root counts 0 or 2"
        assert all(keeper.late == () for keeper in self.keepers.values())

    @invariant()
    def nobody_is_counted_twice_nor_said_to_be_who_is_not(self):
        for name, keeper in self.keepers.items():
            counts = self.counts(name)
            assert max(counts) <= 1, f"{name} counts {counts}"
            assert sum(counts) == keeper.sources, f"{name} counts {counts}"
            if keeper.is_complete:
                assert sum(counts) == keeper.view.load(name), f"{name} counts {counts}"

    @invariant()
    def nobody_is_lost_who_has_been_there_all_the_time(self):
        counts = np.array(self.counts("root"))
        assert (counts[self.stayed] == 1).all(), f"root counts {counts} but {self.stayed} stayed"

    def teardown(self):
        self.everybody_up_to_date()


quick = settings(max_examples=40, stateful_step_count=30, derandomize=True, deadline=None)
until_found = settings(quick, max_examples=400, phases=[Phase.generate], report_multiple_bugs=False)
TestChanging = Changing.TestCase
TestChanging.settings = quick


@pytest.mark.parametrize("mutant", [NoFence, DropsFirst, Adds])
def test_a_schedule_is_found_that_makes_a_mutant_count_wrong(mutant):
    machine = type("Mutated", (Changing,), {"keeper": mutant})
    with pytest.raises(AssertionError, match="counts"):
        run_state_machine_as_test(machine, settings=until_found)
