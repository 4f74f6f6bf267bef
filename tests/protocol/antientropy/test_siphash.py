import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.antientropy.siphash import siphash
from tests.reference import antientropy as plain

KEY = bytes(range(16))


@pytest.mark.parametrize(("words", "expected"), [(0, 0x726FDB47DD0E0E31), (1, 0x93F5F5799A932462)])
def test_the_vectors_of_the_papers_authors_come_out(words, expected):
    message = np.frombuffer(bytes(range(8 * words)), "<u8").reshape(1, words)
    assert siphash(KEY, message)[0] == expected


def test_the_plain_version_gives_the_vector_of_the_papers_appendix():
    assert plain.siphash(KEY, bytes(range(15))) == 0xA129CA6149BE45E5


@given(st.binary(min_size=16, max_size=16), st.lists(st.binary(min_size=24, max_size=24)))
def test_rows_are_hashed_as_one_by_one(key, messages):
    words = np.frombuffer(b"".join(messages), "<u8").reshape(-1, 3)
    assert siphash(key, words).tolist() == [plain.siphash(key, one) for one in messages]


def test_more_rows_than_a_block_are_hashed_alike():
    words = np.arange(40_000, dtype=np.uint64)[:, None]
    assert siphash(KEY, words)[-1] == siphash(KEY, words[-1:])[0]
