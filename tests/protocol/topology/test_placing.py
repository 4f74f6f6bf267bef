"""Agents that join and leave, and deals of all of them."""

import numpy as np
import pytest

from sim.protocol.topology.limits import Limits
from sim.protocol.topology.operations import OUT, Join, Leave, Refused, Reseat
from sim.protocol.topology.placing import join, join_beside, leave, reseat
from sim.protocol.topology.state import founded

TIGHT = Limits(1, 2, room=3)


def tree():
    """Agents 0 to 4 at locals of three and two, with room for one more; agents 5 to 7 are away."""
    return founded((5, 2), (8, 3), (TIGHT,))


def test_without_a_generator_an_agent_goes_to_the_emptiest_local():
    state, operations = join(tree(), [6])
    assert operations == (Join(1, OUT, 1, (6,)),)
    assert state.parents[0][6] == 1


def test_an_agent_that_finds_no_room_is_refused_and_stays_away():
    state, operations = join(tree(), [6, 5])
    assert operations[1] == Refused(1, OUT, OUT, (5,), "Join")
    assert state.parents[0][5] == OUT


def test_an_agent_that_is_there_is_passed_over():
    assert join(tree(), [0])[1] == ()


def test_of_those_who_wait_beside_the_drawn_local_the_first_one_comes():
    beside = np.array([OUT] * 5 + [0, 1, 1])
    state, operations = join_beside(tree(), beside)
    assert operations == (Join(1, OUT, 1, (6,)),)
    assert join_beside(state, beside)[1] == (), "nobody waits beside a local with room"


@pytest.mark.slow
def test_a_drawn_local_is_any_with_room_and_all_are_as_likely():
    state = founded((30, 10), (31, 10), (Limits(1, 3, room=4),))
    state, _ = join(state, [30])
    state = leave(state, [30])[0]
    rng = np.random.default_rng(1)
    counts = np.bincount([join(state, [30], rng)[0].parents[0][30] for _ in range(2000)])
    chi_square = ((counts - 200) ** 2 / 200).sum()
    assert len(counts) == 10
    assert chi_square < 27.9, "0.999 quantile of nine degrees of freedom"


def test_who_leaves_is_in_no_group_and_may_come_back():
    state, operations = leave(tree(), [0, 7])
    assert operations == (Leave(1, 0, OUT, (0,)),)
    assert state.sizes[1].tolist() == [2, 2, 0]
    assert join(state, [0])[0].agents == 5


def test_a_deal_moves_agents_and_leaves_the_sizes_of_locals():
    state = founded((40, 4), (50, 5), (Limits(5, 15),))
    dealt, operations = reseat(state, b"seed of the epoch")
    moved = int((dealt.parents[0] != state.parents[0]).sum())
    assert operations == (Reseat(1, OUT, OUT, (), moved),)
    assert 20 < moved <= 40
    assert dealt.sizes[1].tolist() == state.sizes[1].tolist()
    assert np.array_equal(reseat(state, b"seed of the epoch")[0].parents[0], dealt.parents[0])


def test_nobody_who_is_away_is_dealt():
    dealt, _ = reseat(tree(), b"seed")
    assert dealt.parents[0][5:].tolist() == [OUT] * 3
