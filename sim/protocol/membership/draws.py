"""Random choices of nodes that have no randomness: numbers are handed in, or drawn from a digest.

A stream of draws is any endless iterator of ints that are uniform over at least 32 bits.
"""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TypeVar

Draws = Iterator[int]
T = TypeVar("T")


def draws_of(seed: bytes) -> Draws:
    """The same endless stream at everybody who has the seed; SHA-256 in counter mode, 64 bits.

    >>> next(draws_of(b"epoch 1")) == next(draws_of(b"epoch 1"))
    True
    """
    for number in count():
        raw = hashlib.sha256(seed + b"/%d" % number).digest()
        for start in range(0, len(raw), 8):
            yield int.from_bytes(raw[start : start + 8], "big")


def pick(draws: Draws, choices: Sequence[T]) -> T:
    """One of several, all as likely (but for a bias below len(choices) / 2**32)."""
    return choices[next(draws) % len(choices)]


def shuffled(draws: Draws, items: Sequence[T], first: int | None = None) -> list[T]:
    """The items in random order (Fisher and Yates); only the `first` ones of it if given."""
    pool = list(items)
    wanted = len(pool) if first is None else min(first, len(pool))
    for place in range(wanted):
        other = place + next(draws) % (len(pool) - place)
        pool[place], pool[other] = pool[other], pool[place]
    return pool[:wanted]
