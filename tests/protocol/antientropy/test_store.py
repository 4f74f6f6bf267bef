import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.antientropy.items import Item, Priority
from sim.protocol.antientropy.store import Store
from tests.protocol.antientropy.net import item, random_records, store_of
from tests.reference.antientropy import union

numbers = st.integers(0, 3)
items = st.lists(
    st.builds(
        lambda key, epoch, version, content: Item(key, epoch, version, bytes([content] * 32), 9),
        *[numbers] * 4,
    )
)


def held(store: Store) -> set:
    return {(one.key, *one.rank) for one in store.items()}


@given(items, st.sampled_from(["snapshots", "log"]))
def test_what_is_held_is_the_newest_of_what_came(came, flavour):
    assert held(store_of(*came, flavour=flavour)) == union(came, is_log=flavour == "log")


@given(items, st.randoms(use_true_random=False), st.sampled_from(["snapshots", "log"]))
def test_the_digest_does_not_depend_on_the_order(came, random, flavour):
    shuffled = random.sample(came, len(came))
    one, other = store_of(*came, flavour=flavour), store_of(*shuffled, flavour=flavour)
    assert one.digest() == other.digest()


@given(items, items)
def test_digests_differ_if_contents_do(some, others):
    one, other = store_of(*some), store_of(*others)
    assert (one.digest() == other.digest()) == (held(one) == held(other))


def test_a_store_and_a_log_of_one_item_are_not_the_same():
    assert store_of(item(1)).digest() != store_of(item(1), flavour="log").digest()


def test_a_later_epoch_is_newer_than_any_version_of_an_earlier_one():
    store = store_of(Item(1, 0, 900, bytes(32), 1))
    assert store.put(Item(1, 1, 0, bytes(32), 1))
    assert not store.put(Item(1, 0, 901, bytes(32), 1))


def test_an_item_comes_out_as_it_went_in():
    wanted = item(5, 7, born_ns=11, priority=Priority.ALERT, content="load")
    assert store_of(item(5, 6), wanted).item(0) == wanted
    assert store_of(wanted).item(0).content == "load"


def test_a_newer_item_without_content_does_not_keep_the_old_content():
    assert store_of(item(5, 6, content="old"), item(5, 7)).item(0).content is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": -1},
        {"key": 1 << 63},
        {"epoch": 1 << 32},
        {"version": 1 << 64},
        {"size_bytes": -1},
        {"born_ns": 1 << 63},
        {"priority": 3},
        {"digest": b"short"},
    ],
)
def test_numbers_that_no_store_can_hold_are_refused(wrong):
    fields = {"key": 1, "epoch": 0, "version": 1, "digest": bytes(32), "size_bytes": 1}
    assert not Store().put(Item(**{**fields, **wrong}))


def test_alerts_go_first_and_then_the_newest():
    store = store_of(
        item(0, born_ns=5),
        item(1, born_ns=9),
        item(2, born_ns=1, priority=Priority.ALERT),
        item(3, born_ns=7, priority=Priority.EVIDENCE),
    )
    assert store.ordered(np.arange(4)).tolist() == [2, 3, 1, 0]


def test_filling_at_once_is_putting_one_by_one():
    records = random_records(100)
    filled, put = Store(), Store()
    filled.fill(records, 528)
    for record in records:
        key, epoch, version = record[:3].tolist()
        put.put(Item(key, epoch, version, record[3:].tobytes(), 528))
    assert filled.digest() == put.digest()
    assert list(filled.items()) == list(put.items())


def test_a_key_is_not_filled_in_twice():
    with pytest.raises(ValueError, match="each key once"):
        Store().fill(np.zeros((2, 7), np.uint64), 1)


def test_what_was_made_of_a_store_is_made_anew_after_a_change():
    store = store_of(item(1))
    before = store.digest()
    store.put(item(1, 2))
    assert store.digest() != before
