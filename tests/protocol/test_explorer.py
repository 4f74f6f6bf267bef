"""Every order of messages for four members with a liar, and mistakes that must not get through."""

import pytest

from sim.protocol.agreement.bracha import Bracha, BrachaEcho, BrachaReady, BrachaSend
from sim.protocol.agreement.consistent_broadcast import CastFinal, ConsistentBroadcast
from sim.protocol.agreement.hotstuff.messages import Wish
from sim.protocol.agreement.hotstuff.node import HotStuff
from sim.protocol.agreement.pbft.messages import Commit, Prepare, PrePrepare
from sim.protocol.agreement.pbft.node import PBFT
from sim.protocol.signatures import Certificate
from tests.protocol import explorer, mutants
from tests.protocol.explorer import Actor, Explorer, twins
from tests.protocol.invariants import agreement, every, integrity, order, totality, validity
from tests.protocol.net import value
from tests.protocol.reactions import Move, Reactions

A, B, C = value("a"), value("b"), value("c")
SAFE = every(agreement, integrity, order, validity({1: {A, B, C}}))


def to_all(*messages, members=(1, 2, 3)):
    return [(member, message) for message in messages for member in members]


def split(said):
    """The liar says one thing to members 1 and 2, and the other to 2 and 3: 2 knows it lies."""
    return [*to_all(*said(A), members=(1, 2)), *to_all(*said(B), members=(2, 3))]


def by_writer(one):
    digest = one.digest
    return (BrachaSend(0, 1, 0, one), BrachaEcho(0, 0, 1, 0, one), BrachaReady(0, 0, 1, 0, digest))


def bracha(make, lies=None):
    """Member 0, the writer, is a liar and says everything to everybody."""
    everything = to_all(*by_writer(A), *by_writer(B))
    actors = [Actor(member, make) for member in (1, 2, 3)]
    return Explorer(actors, lies=everything if lies is None else lies)


def split_bracha(make):
    return bracha(make, split(by_writer))


def half_said(make):
    """The writer sends a to two members and is ready for it towards one."""
    lies = [
        *to_all(BrachaSend(0, 1, 0, A), members=(1, 2)),
        (3, BrachaSend(0, 1, 0, B)),
        *to_all(BrachaEcho(0, 0, 1, 0, A), BrachaReady(0, 0, 1, 0, A.digest), members=(1,)),
    ]
    return bracha(make, lies)


def two_sends(make):
    """The writer sends both values to all, but is ready for one of them, towards one member."""
    sends = to_all(BrachaSend(0, 1, 0, A), BrachaSend(0, 1, 0, B))
    return bracha(make, [*sends, (1, BrachaReady(0, 0, 1, 0, A.digest))])


def cast(make):
    """The writer is two: one says a, the other b."""
    actors = [*twins(0, make, A, B), *(Actor(member, make) for member in (1, 2, 3))]
    bare = CastFinal(0, 1, C, Certificate(C.digest, ()))
    return Explorer(actors, lies=to_all(bare))


def by_leader(one):
    digest = one.digest
    return (PrePrepare(0, 0, 1, one), Prepare(0, 0, 1, digest), Commit(0, 0, 1, digest))


def pbft(make):
    """The leader proposes two values, and votes for both."""
    actors = [Actor(member, make, {1: C}) for member in (1, 2, 3)]
    return Explorer(actors, lies=split(by_leader))


def hotstuff(make):
    """The leader is two: one proposes a, the other b. Member 3 votes, but asks for nothing."""
    correct = [Actor(1, make, {1: C}), Actor(2, make, {1: C}), Actor(3, make)]
    return Explorer([*twins(0, make, A, B), *correct])


def next_leader(make):
    """Member 0 has decided and is cut off; member 1, the next leader, lies and wants its turn."""
    liar = Actor(1, mutants.HotStuffForgets, {1: B}, is_correct=False)
    correct = [Actor(member, make, {1: one}) for member, one in ((0, A), (2, C), (3, C))]
    search = Explorer([*correct, liar], lies=to_all(Wish(1, 1, 1), members=(0, 2, 3)))
    search.lead_in((0, 1, 2), until=lambda outputs: bool(outputs[0]))
    return search


NEXT_VIEW = {"fires_max": 1, "cut_off": (0,)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "make", "bounds"),
    [
        (bracha, Bracha, {}),
        (half_said, Bracha, {"at_end": totality}),
        (two_sends, Bracha, {"at_end": totality}),
        (cast, ConsistentBroadcast, {}),
        (pbft, PBFT, {}),
        (hotstuff, HotStuff, {}),
        (next_leader, HotStuff, NEXT_VIEW),
    ],
)
def test_no_order_of_messages_breaks_a_protocol(setting, make, bounds):
    explored = setting(make).run(SAFE, **bounds)
    assert explored.violation is None, explored
    assert explored.is_complete, explored


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "make", "bounds", "wrong"),
    [
        (split_bracha, mutants.BrachaSaysEverythingTwice, {}, "disagree"),
        (half_said, mutants.BrachaDeliversEarly, {"at_end": totality}, "never decides"),
        (two_sends, mutants.BrachaEchoesTwice, {"at_end": totality}, "never decides"),
        (cast, mutants.SignsTwice, {}, "disagree"),
        (cast, mutants.content_with_two(ConsistentBroadcast), {}, "disagree"),
        (pbft, mutants.StartsAgain, {}, "disagree"),
        (pbft, mutants.content_with_two(PBFT), {}, "disagree"),
        (hotstuff, mutants.HotStuffVotesAgain, {"cut_off": (3,)}, "disagree"),
        (hotstuff, mutants.content_with_two(HotStuff), {"cut_off": (3,)}, "disagree"),
        (next_leader, mutants.HotStuffUnlocks, NEXT_VIEW, "disagree"),
    ],
)
def test_a_planted_mistake_is_found_with_a_schedule_that_shows_it(setting, make, bounds, wrong):
    explored = setting(make).run(SAFE, **bounds)
    print(explored)
    assert wrong in str(explored.violation)
    assert explored.schedule


class Plainly(Reactions):
    """The obvious way: each message by itself, at any time."""

    def moves(self, member, part, fires_max):
        for action in sorted(part.inbox):
            yield Move((action,), self.act(member, part.node, part.timers, action))


@pytest.mark.parametrize(
    ("setting", "make"),
    [
        (cast, ConsistentBroadcast),
        (cast, mutants.SignsTwice),
        (half_said, Bracha),
        (half_said, mutants.BrachaDeliversEarly),
    ],
)
def test_taking_deliveries_together_loses_no_set_of_decisions(setting, make, monkeypatch):
    quick, quick_size = reachable(setting(make))
    monkeypatch.setattr(explorer, "Reactions", Plainly)
    plain, plain_size = reachable(setting(make))
    assert quick == plain
    assert quick_size < plain_size


def reachable(search):
    seen = set()
    explored = search.run(lambda outputs: seen.add(tuple(sorted(outputs.items()))))
    assert explored.is_complete
    return seen, explored.states


def test_a_search_that_reaches_its_bound_says_that_it_has_not_seen_everything():
    explored = hotstuff(HotStuff).run(SAFE, states_max=50)
    assert not explored.is_complete
    assert str(explored).startswith("the first ")


def test_a_counterexample_is_as_short_as_can_be():
    explored = cast(mutants.content_with_two(ConsistentBroadcast)).run(SAFE)
    # Each twin needs one signature beside its own, and each of two members its certificate.
    assert len(explored.schedule) == 6, explored
