"""Who sits where, and how much each can have counted."""

import numpy as np
import pytest

from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.keys import Keys
from sim.telemetry.tree import Tree
from tests.protocol.merkle.small import COUNTS, KEYS, registry

KNOWN = registry()


def test_everybody_sits_where_the_tree_says():
    shape = Tree(COUNTS)
    for tier, level in enumerate(shape.levels):
        parents = [KNOWN.parent_seat(tier, seat) for seat in range(level.children)]
        assert parents == level.parent_of.tolist()


def test_agents_below_are_those_of_the_tree():
    below = Tree(COUNTS).descendants(2, 1)[0]
    assert KNOWN.agents_below(Name(2, 1)) == range(below.start, below.stop)
    assert KNOWN.agents_below(Name(0, 5)) == range(5, 6)


def test_what_can_be_counted_adds_up():
    caps = np.arange(1, 13)
    known = registry(counts_max=caps, sources_max=2)
    assert known.counts_max[1].tolist() == [6, 15, 24, 33]
    assert known.counts_max[3].tolist() == [78]
    assert known.sources_max[2].tolist() == [12, 12]


@pytest.mark.parametrize("name", [Name(0, 12), Name(4, 0), Name(-1, 0), Name(1, -1)])
def test_a_stranger_has_no_seat(name):
    assert KNOWN.seat_of(name) is None
    assert KNOWN.children_of(name) == []
    with pytest.raises(KeyError):
        KNOWN.agents_below(name)


def test_an_agent_has_no_children():
    assert KNOWN.children_of(Name(0, 0)) == []


def test_a_name_is_found_wherever_it_was_seated():
    moved = registry(agents=np.array([4, 9, 0, 1, 2, 3, 5, 6, 7, 8, 10, 11]))
    assert [moved.seat_of(Name(0, number)) for number in (0, 4, 9, 11)] == [2, 0, 1, 11]
    assert moved.children_of(Name(1, 0)) == [Name(0, 4), Name(0, 9), Name(0, 0)]


def test_seats_of_several_are_given_at_once_or_not_at_all():
    assert KNOWN.seats_of(0, [3, 1]).tolist() == [3, 1]
    with pytest.raises(KeyError):
        KNOWN.seats_of(0, [3, 99])


@pytest.mark.parametrize(("version", "possible"), [(-1, False), (0, True), (39, True), (40, False)])
def test_an_agent_can_have_sent_ten_reports_a_round(version, possible):
    assert KNOWN.version_possible(3, version) is possible


def test_a_replacement_leaves_the_old_registry_as_it_was():
    replaced = KNOWN.replaced(Name(2, 0))
    assert replaced.name(2, 0) == Name(2, 2)
    assert KNOWN.name(2, 0) == Name(2, 0)
    assert replaced.root == KNOWN.root == Name(3, 0)


def test_a_stranger_cannot_be_replaced():
    with pytest.raises(KeyError):
        KNOWN.replaced(Name(1, 7))


def test_signatures_are_of_one_member_one_message_and_one_run():
    name, message = Name(0, 1), b"a message"
    signature = KEYS.signer(name).sign(message)
    assert KEYS.verify(name, message, signature)
    assert not KEYS.verify(Name(1, 0), message, signature)
    assert not KEYS.verify(name, b"another", signature)
    assert not Keys(b"another run").verify(name, message, signature)


def test_keys_are_never_printed():
    assert "secret" not in repr(KEYS)
    assert KEYS.signer(Name(0, 1)).key.hex() not in repr(KEYS.signer(Name(0, 1)))
    assert str(KEYS.signer(Name(0, 1)).key) not in repr(KEYS.signer(Name(0, 1)))
