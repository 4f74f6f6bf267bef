from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.antientropy.riblt import Decoder, Elements, Lie, Symbols, hash_ids, next_places
from tests.reference import antientropy as plain

KEY = b"key of a session"
ids = st.integers(0, 2**64 - 1)


def as_ids(some) -> np.ndarray:
    return np.asarray(sorted(some), np.uint64)


def symbols_of(some, m: int, key: bytes = KEY) -> Symbols:
    elements, symbols = Elements(key), Symbols(m)
    elements.append(as_ids(some), np.ones(len(some), np.int64))
    elements.add_to(symbols)
    return symbols


@lru_cache(maxsize=100_000)
def hash_of(element: int) -> int:
    return int(hash_ids(KEY, np.asarray([element], np.uint64))[0])


def places_of(element: int, m: int) -> list[int]:
    place, state, found = np.zeros(1, np.int64), np.asarray([hash_of(element)], np.uint64), []
    while place[0] < m:
        found.append(int(place[0]))
        place, state = next_places(place, state)
    return found


def symbols_needed(d: int, seed: int, step: int = 1, first: int = 1) -> int:
    """Length of the stream at which a difference of d is decoded."""
    rng = np.random.default_rng([d, seed])
    some = as_ids(rng.integers(0, 2**64, d, dtype=np.uint64).tolist())
    key, sent = rng.bytes(16), 0
    elements, symbols, decoder = Elements(key), Symbols(), Decoder(key, some[:0])
    elements.append(some, np.ones(d, np.int64))
    while not decoder.is_decoded:
        upto = sent + step if sent else first
        symbols.lengthen(upto)
        elements.add_to(symbols)
        decoder.take(symbols.to_bytes(sent, upto))
        sent = upto
    assert sent > first or first == 1
    assert np.array_equal(np.sort(decoder.theirs), some)
    return sent


@given(st.sets(ids, max_size=20), st.integers(1, 30))
def test_symbols_are_the_sums_of_the_plain_version(some, m):
    symbols = symbols_of(some, m)
    columns = (symbols.ids.tolist(), symbols.hashes.tolist(), symbols.counts.tolist())
    expected = plain.coded(some, places_of, hash_of, m)
    assert [list(symbol) for symbol in zip(*columns, strict=True)] == expected


@settings(max_examples=50)
@given(st.sets(ids, max_size=15), st.sets(ids, max_size=15), st.integers(1, 60))
def test_decoding_finds_what_plain_peeling_finds(ours, theirs, m):
    decoder = Decoder(KEY, as_ids(ours))
    decoder.take(symbols_of(theirs, m).to_bytes(0, m))
    difference = plain.coded(theirs, places_of, hash_of, m)
    for element in ours:
        for place in places_of(element, m):
            plain.add(difference[place], element, hash_of(element), -1)
    plus, minus, is_all = plain.peel(difference, places_of, hash_of)
    assert decoder.is_decoded == is_all
    if is_all:
        assert set(decoder.theirs.tolist()) == plus == theirs - ours
        assert set(decoder.ours.tolist()) == minus == ours - theirs


@settings(max_examples=30)
@given(st.sets(ids, max_size=15), st.sets(ids, max_size=15), st.integers(1, 7))
def test_it_does_not_matter_in_what_portions_the_stream_comes(ours, theirs, step):
    whole = symbols_of(theirs, 84)
    at_once, bit_by_bit = Decoder(KEY, as_ids(ours)), Decoder(KEY, as_ids(ours))
    at_once.take(whole.to_bytes(0, 84))
    for start in range(0, 84 - 84 % step, step):
        bit_by_bit.take(whole.to_bytes(start, start + step))
    assert at_once.is_decoded
    assert bit_by_bit.is_decoded
    assert set(at_once.theirs.tolist()) == set(bit_by_bit.theirs.tolist())


def test_an_element_is_in_symbol_i_with_probability_1_over_1_plus_i_half():
    n, m = 40_000, 40
    symbols = symbols_of(range(n), m)
    rho = 1 / (1 + np.arange(m) / 2)
    error = np.sqrt(n * rho * (1 - rho))
    assert (np.abs(symbols.counts - n * rho) <= 4 * error).all()


def test_neighbouring_symbols_have_elements_independently_of_each_other():
    n = 20_000
    places, states = np.zeros(n, np.int64), hash_ids(KEY, np.arange(n, dtype=np.uint64))
    in_first, in_second = np.zeros(n, bool), np.zeros(n, bool)
    for _ in range(3):
        places, states = next_places(places, states)
        in_first |= places == 1
        in_second |= places == 2
    both = 2 / 3 * 1 / 2
    assert np.mean(in_first & in_second) == pytest.approx(both, abs=4 * np.sqrt(both / n))


@pytest.mark.parametrize(("d", "runs"), [(1, 20), (4, 100), (30, 12)])
def test_few_differences_need_at_most_1_72_symbols_each(d, runs):
    needed = [symbols_needed(d, seed) / d for seed in range(runs)]
    assert np.mean(needed) <= 1.72 + 3 * np.std(needed) / np.sqrt(runs)


def test_many_differences_need_1_35_symbols_each():
    needed = [symbols_needed(10_000, seed, 100, first=13_000) / 10_000 for seed in range(3)]
    # The step rounds up by half of 100 symbols on average: 0.005.
    assert np.mean(needed) == pytest.approx(1.35, abs=0.02)


def test_the_estimate_from_the_first_portion_is_unbiased_with_its_standard_error():
    d, m, runs = 600, 128, 60
    found = []
    for seed in range(runs):
        some = np.random.default_rng(seed).integers(0, 2**64, d, dtype=np.uint64).tolist()
        decoder = Decoder(KEY, as_ids(some[:200]))
        decoder.take(symbols_of(some[200:], m).to_bytes(0, m))
        found.append(decoder.estimate())
    error = d * np.sqrt(2 / m)
    assert np.mean(found) == pytest.approx(d, abs=3 * error / np.sqrt(runs))
    assert np.std(found) == pytest.approx(error, rel=3 / np.sqrt(2 * runs))


def test_one_key_does_not_tell_where_another_puts_an_element():
    one, other = symbols_of({1}, 200), symbols_of({1}, 200, b"another sessions")
    assert one.counts.tolist() != other.counts.tolist()


@given(st.lists(st.tuples(ids, ids, st.integers(-2, 2)), min_size=1, max_size=20))
def test_any_symbols_at_all_are_dealt_with_in_the_end(cells):
    decoder = Decoder(KEY, as_ids({1, 2, 3}))
    table = np.asarray([(a, b, c % 2**64) for a, b, c in cells], np.uint64)
    try:
        decoder.take(table.astype("<u8").tobytes())
    except Lie:
        return
    assert len(decoder.theirs) + len(decoder.ours) <= len(cells)


def test_an_element_that_returns_when_it_is_taken_out_is_a_lie():
    symbols = Symbols(30)
    # Alone in a symbol that it does not belong to: it cannot be taken out of there.
    stranger = next(place for place in range(1, 30) if place not in places_of(9, 30))
    symbols.ids[stranger], symbols.hashes[stranger], symbols.counts[stranger] = 9, hash_of(9), 1
    with pytest.raises(Lie):
        Decoder(KEY, as_ids(set())).take(_with_first(symbols).to_bytes(0, 30))


def _with_first(symbols: Symbols) -> Symbols:
    """Symbol 0 is not zero, so there is something to find."""
    symbols.counts[0] = 5
    return symbols
