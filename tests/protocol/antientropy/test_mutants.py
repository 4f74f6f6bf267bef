"""Planted mistakes: each must be caught by what the other tests of this folder check."""

import numpy as np
import pytest

from sim.protocol.antientropy.merkle_descent import MerkleComparison
from sim.protocol.antientropy.messages import Items
from sim.protocol.antientropy.registry import METHODS
from sim.protocol.antientropy.riblt import Decoder
from sim.protocol.antientropy.shipment import Arrivals, Shipment
from sim.protocol.antientropy.store import Store
from tests.protocol.antientropy.net import Net, S, content, item, store_of
from tests.protocol.antientropy.test_riblt import KEY, as_ids, symbols_of
from tests.reference.antientropy import union


def check_union(method: str) -> None:
    """Both end up with the newest, though the second message and the third are lost."""
    ours = [item(key, 1 + key % 3) for key in range(60)]
    theirs = [item(key, 1 + key % 2) for key in range(30, 90)]
    left = iter([0, "lost", "lost"])
    net = Net(
        store_of(*ours), store_of(*theirs), method=method, judge=lambda *_: next(left, 0), fan_out=3
    )
    net.run(20 * S)
    assert [set(content(store)) for store in net.stores] == [union(ours, theirs)] * 2


def check_decoding() -> None:
    """The decoder says exactly what differs, whatever sums happen to have a count of one."""
    for seed in range(20):
        some = np.random.default_rng(seed).integers(0, 2**64, 24, dtype=np.uint64).tolist()
        decoder = Decoder(KEY, as_ids(some[:14]))
        decoder.take(symbols_of(some[8:], 60).to_bytes(0, 60))
        assert decoder.is_decoded
        assert set(decoder.theirs.tolist()) == set(some[14:])
        assert set(decoder.ours.tolist()) == set(some[:8])


def check_order() -> None:
    """A late older version changes nothing."""
    store = store_of(item(1, 2), item(1, 1))
    assert store.item(0).version == 2


def check_lost_chunk(method: str) -> None:
    """One chunk is lost; the session goes on until it is there, and counts all that came."""
    numbers = iter(range(1000))

    def judge(sender, receiver, message, now_ns):
        return "lost" if isinstance(message, Items) and next(numbers) == 3 else 0

    stores = store_of(*(item(key) for key in range(40))), store_of()
    net = Net(*stores, method=method, chunk_bytes=1100, starts=False, judge=judge)
    net.reconnect(1, 0)
    net.run(20 * S)
    assert net.is_converged
    assert [synced.items_in for _, _, synced in net.synced] == [40]


@pytest.mark.parametrize("method", METHODS)
def test_the_real_methods_pass(method):
    check_union(method)


def test_the_real_decoder_passes():
    check_decoding()


def test_a_descent_that_compares_the_wrong_range_is_caught(monkeypatch):
    right = MerkleComparison._differing_children

    def wrong(self, tree, nodes, hashes):
        shifted = np.zeros(len(nodes), np.int64)
        return right(self, tree, np.where(nodes > 0, nodes - 1, shifted), hashes)

    monkeypatch.setattr(MerkleComparison, "_differing_children", wrong)
    with pytest.raises(AssertionError):
        check_union("merkle")


def test_a_descent_that_forgets_the_last_child_is_caught(monkeypatch):
    right = MerkleComparison._differing_children

    def wrong(self, tree, nodes, hashes):
        found = right(self, tree, nodes, hashes)
        return found[found % 3 != 2]

    monkeypatch.setattr(MerkleComparison, "_differing_children", wrong)
    with pytest.raises(AssertionError):
        check_union("merkle")


def test_peeling_without_looking_at_the_hash_is_caught(monkeypatch):
    everything = lambda self, ids, hashes: np.ones(len(ids), np.bool_)  # noqa: E731
    monkeypatch.setattr(Decoder, "_is_alone", everything)
    with pytest.raises(Exception):  # noqa: B017, PT011 - a wrong difference, or a Lie
        check_decoding()


@pytest.mark.parametrize("check", [lambda: check_union("riblt"), lambda: check_order()])
def test_an_older_version_that_overwrites_a_newer_one_is_caught(monkeypatch, check):
    check()
    monkeypatch.setattr(Store, "is_news", lambda self, one: not self.holds(one))
    with pytest.raises(AssertionError):
        check()


@pytest.mark.parametrize("method", METHODS)
def test_a_sender_that_never_ships_again_what_was_lost_is_caught(monkeypatch, method):
    check_lost_chunk(method)
    monkeypatch.setattr(Shipment, "again", lambda self: [])
    monkeypatch.setattr(Shipment, "_overtaken", lambda self: [])
    with pytest.raises(AssertionError):
        check_lost_chunk(method)


@pytest.mark.parametrize("method", METHODS)
def test_a_receiver_that_is_content_with_the_first_chunk_is_caught(monkeypatch, method):
    monkeypatch.setattr(Arrivals, "is_complete", property(lambda self: self.is_begun))
    with pytest.raises(AssertionError):
        check_lost_chunk(method)
