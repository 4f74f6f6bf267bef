"""SipHash-2-4 of many short messages at once.

A keyed 64-bit hash (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): whoever does
not know the key can neither predict a value nor make two inputs collide. Here a message is a row
of 64-bit words, that is 8k bytes in little-endian order.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

KEY_BYTES: Final = 16
_ROWS: Final = 1 << 14  # as many as stay in a core's own cache


def siphash(key: bytes, words: Words) -> Words:
    """The hash of each row: (n, k) -> (n,). `key` has 16 bytes."""
    result = np.empty(len(words), np.uint64)
    for first in range(0, len(words), _ROWS):
        result[first : first + _ROWS] = _hash_block(key, words[first : first + _ROWS])
    return result


def _hash_block(key: bytes, words: Words) -> Words:
    half = np.frombuffer(key, "<u8")
    seeds = np.frombuffer(b"somepseudorandomlygeneratedbytes", ">u8").astype(np.uint64)
    v = [np.full(len(words), seeds[i] ^ half[i % 2], np.uint64) for i in range(4)]
    for column in range(words.shape[1]):
        _compress(v, words[:, column])
    # The last word holds the length in bytes, modulo 256, in its highest byte.
    _compress(v, np.full(len(words), (8 * words.shape[1] % 256) << 56, np.uint64))
    v[2] ^= np.uint64(0xFF)
    for _ in range(4):
        _round(v)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _compress(v: list[Words], word: Words) -> None:
    v[3] ^= word
    _round(v)
    _round(v)
    v[0] ^= word


def _round(v: list[Words]) -> None:
    v[0] += v[1]
    v[1] = _rotated(v[1], 13) ^ v[0]
    v[0] = _rotated(v[0], 32)
    v[2] += v[3]
    v[3] = _rotated(v[3], 16) ^ v[2]
    v[0] += v[3]
    v[3] = _rotated(v[3], 21) ^ v[0]
    v[2] += v[1]
    v[1] = _rotated(v[1], 17) ^ v[2]
    v[2] = _rotated(v[2], 32)


def _rotated(x: Words, bits: int) -> Words:
    return (x << np.uint64(bits)) | (x >> np.uint64(64 - bits))
