"""Randomness: one seed, one named stream per purpose.

The only file of the project that creates generators. A stream depends on the seed and on its
purpose alone, never on how much another stream has drawn or when it was asked for, so a change to
one consumer moves nobody else (common random numbers across the variants of a scenario).

Two forms: `Streams.stream` runs on from draw to draw and belongs to one owner; `Streams.at` starts
afresh at each tick, so a vector step draws the same values whenever and how often it is computed.
"""

import hashlib
from typing import Final

import numpy as np

_WORDS_OF_TICK: Final = 2


class Streams:
    """All random streams of one run.

    `seed` is from 0 to 2**64 - 1. Keys are sha256 of the purpose, never `hash()`, so they do not
    depend on the process; SFC64 is seeded from them through numpy's `SeedSequence`.

    >>> first, again = (Streams(7).stream("link", "loss") for _ in range(2))
    >>> first.random() == again.random()
    True
    """

    def __init__(self, seed: int) -> None:
        if not 0 <= seed < 2**64:
            raise ValueError(f"a seed is from 0 to 2**64 - 1, not {seed}")
        self.seed = seed
        self._keys: dict[tuple[str, ...], np.ndarray] = {}

    def stream(self, *purpose: str) -> np.random.Generator:
        """A new generator at the first draw of this purpose.

        Ask once and keep it: two askers of one purpose would draw the same values. The parts are
        joined by ``/``, so ``("link", "loss")`` and ``("link/loss",)`` are one purpose.
        """
        return _generator(self._key(purpose)[:-_WORDS_OF_TICK])

    def at(self, *purpose: str, tick: int) -> np.random.Generator:
        """The generator of this purpose at this tick (a step number or an instant, not negative).

        It is fresh at every call, gives the same values whenever it is asked for, and is
        independent of all other ticks and of `stream` of the same purpose.
        """
        assert 0 <= tick < 2**64, tick
        key = self._key(purpose)
        key[-2], key[-1] = tick & 0xFFFFFFFF, tick >> 32
        return _generator(key)

    def _key(self, purpose: tuple[str, ...]) -> np.ndarray:
        """Little-endian words of seed, purpose and tick; made once, the tick is overwritten."""
        key = self._keys.get(purpose)
        if key is None:
            assert purpose, "a stream needs a purpose"
            digest = hashlib.sha256("/".join(purpose).encode()).digest()
            raw = self.seed.to_bytes(8, "little") + digest + bytes(4 * _WORDS_OF_TICK)
            key = np.frombuffer(raw, "<u4").astype(np.uint32)
            self._keys[purpose] = key
        return key


def _generator(key: np.ndarray) -> np.random.Generator:
    # SeedSequence copies its words, so the key can be reused for the next tick.
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key)))
