import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.antientropy import hash_tree
from sim.protocol.antientropy.hash_tree import HashTree, depth_of
from tests.protocol.antientropy.net import item, random_records, store_of
from tests.reference import antientropy as plain


def leaf_of(fan_out, depth, columns=1):
    def leaf(record):
        raw = b"".join(number.to_bytes(8, "little") for number in record[:columns])
        return (plain.siphash(hash_tree._PUBLIC, raw) >> 32) * fan_out**depth >> 32

    return leaf


def records_of(store):
    return [tuple(record) for record in store.records().tolist()]


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 3)), max_size=25),
    st.integers(2, 5),
    st.integers(1, 3),
    st.sampled_from(["snapshots", "log"]),
)
def test_every_hash_is_that_of_the_plain_version(numbers, fan_out, depth, flavour):
    store = store_of(*(item(*number) for number in numbers), flavour=flavour)
    tree, leaf = (
        HashTree(store, fan_out, depth),
        leaf_of(fan_out, depth, 1 + 2 * (flavour == "log")),
    )
    for level in range(depth + 1):
        every = np.arange(fan_out**level)
        expected = [
            plain.tree_hash(records_of(store), leaf, fan_out, depth - level, place)
            for place in every.tolist()
        ]
        assert [row.tobytes() for row in tree.hashes(level, every)] == expected


def test_the_rows_below_all_nodes_of_a_level_are_all_rows():
    store = store_of(*(item(key) for key in range(40)))
    tree = HashTree(store, 3, 4)
    for level in range(4):
        assert sorted(tree.rows(level, np.arange(3**level)).tolist()) == list(range(40))


def test_trees_have_one_root_exactly_if_the_stores_are_equal():
    some, others = [item(key) for key in range(30)], [item(key) for key in range(29)]
    roots = [
        HashTree(store_of(*items), 4, 3).root
        for items in (some, reversed(some), others, [*others, item(29, 2)])
    ]
    assert roots[0] == roots[1]
    assert len(set(roots)) == 3


def test_leaves_are_filled_evenly():
    store = store_of()
    store.fill(random_records(16_384), 1)
    tree = HashTree(store, 16, 2)
    loads = np.asarray([len(tree.rows(2, np.asarray([leaf]))) for leaf in range(256)])
    # Chi-square with 255 degrees of freedom.
    assert abs(np.sum((loads - 64) ** 2 / 64) - 255) < 4 * np.sqrt(2 * 255)


@pytest.mark.parametrize("fan_out", [2, 3, 10, 16, 100])
def test_depth_is_the_logarithm_rounded_up(fan_out):
    for depth in range(1, 4):
        assert depth_of(fan_out**depth, fan_out) == depth
        assert depth_of(fan_out**depth + 1, fan_out) == depth + 1


def test_no_tree_has_more_leaves_than_a_hash_can_tell_apart():
    assert depth_of(1 << 100, 16) == 8
    assert depth_of(0, 16) == 1
