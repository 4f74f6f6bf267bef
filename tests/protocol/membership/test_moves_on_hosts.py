"""Ownership on hosts, while messages are lost, repeated and overtaken: who is counted, always."""

import numpy as np
import pytest

from tests.protocol.membership.moving import EVERYBODY_ONCE, Moving, WrongCount, times_counted
from tests.protocol.membership.mutants import MUTANTS
from tests.protocol.membership.world import MS


def formed(seed, **more):
    world = Moving(np.random.default_rng(seed), **more)
    world.run(1000 * MS)
    assert world.root.formed
    return world


def churn(world, moves, every_ms=40):
    """Moves, and every 25th time an owner that dies or is cut off and comes back later."""
    gone, at = None, 1000
    while world.view_changes < moves:
        at += every_ms
        world.run(at * MS)
        step = at // every_ms % 25
        if step == 0:
            gone = list("ABCDEF")[world.rng.integers(6)]
            assert world.expel(gone, crash=world.rng.random() < 0.5)
        elif step == 12 and gone:
            assert world.readmit(gone)
            gone = None
        else:
            world.move_some()
    return at


def settle(world, at_ms):
    """No more faults or changes."""
    world.loss = world.repeat = 0
    world.cut.clear()
    world.run((at_ms + 1000) * MS)


def test_in_a_thousand_moves_everybody_is_counted_once_after_every_event():
    world = formed(1)
    replaced = []
    original = world.root.book._replace
    world.root.book._replace = lambda names: (replaced.append(tuple(names)), original(names))
    at = churn(world, 1000)
    settle(world, at)
    assert world.root.book.view.epoch == 1000
    assert world.root.book.state == EVERYBODY_ONCE
    assert world.root.book.late == ()
    # It did not just stand still: the root counted anew, several at once, all the while.
    assert sum(len(names) > 1 for names in replaced) > 100
    assert world.root.checks > 1000


class Punctual(Moving):
    """Every message takes 10 ms."""

    def judged(self, sender, receiver, message, now_ns):
        return 10 * MS


def test_a_failed_owner_is_replaced_three_delays_after_the_decision():
    """The view goes to the agents, they report to their new owners, and these to the parent."""
    world = Punctual(np.random.default_rng(3))
    world.run(1000 * MS)
    keeper = world.hosts["P"].node.book
    world.expel("A", crash=True)
    world.run(1030 * MS - 1)
    assert (keeper.late, keeper.sources) == (("A", "B", "C"), 12)
    world.run(1030 * MS)
    assert (keeper.late, keeper.sources) == ((), 12)
    assert times_counted(keeper.state) == [1] * 12 + [0] * 12


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_checker_catches_a_keeper_that(mutant):
    """See `test_ownership` for the exact number that each is wrong by."""
    world = formed(2)
    for name in ("P", "Q", "R"):
        world.hosts[name].node.book.__class__ = mutant
    with pytest.raises(WrongCount, match="counts"):
        churn(world, 100)
