"""Version vectors are a lattice, and relate states as sets of versions do."""

from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.clocks.version_vector import ENTRY_BYTES, Relation, VersionVector

vectors = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3)).map(VersionVector)


def plain(vector):
    """The versions themselves: the obvious version vector."""
    return {
        (writer, number + 1) for writer, last in vector.versions.items() for number in range(last)
    }


@given(vectors, vectors)
def test_states_relate_as_the_sets_of_their_versions_do(one, other):
    mine, theirs = plain(one), plain(other)
    expected = {
        (True, True): Relation.EQUAL,
        (True, False): Relation.BEFORE,
        (False, True): Relation.AFTER,
        (False, False): Relation.CONCURRENT,
    }[mine <= theirs, theirs <= mine]
    assert one.relation(other) is expected


@given(vectors, vectors)
def test_a_merged_state_has_the_versions_of_both_and_no_others(one, other):
    assert plain(one.merged(other)) == plain(one) | plain(other)


@given(vectors, st.sampled_from("abcd"))
def test_a_new_version_comes_after_all_before(vector, writer):
    assert vector.relation(vector.bumped(writer)) is Relation.BEFORE


def test_a_vector_takes_sixteen_bytes_for_each_writer():
    vector = VersionVector({"a": 1, "b": 2, "c": 3})
    assert vector.size_bytes == 3 * ENTRY_BYTES == 48
