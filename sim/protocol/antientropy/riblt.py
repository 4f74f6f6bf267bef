"""Rateless invertible Bloom lookup tables: a difference of two sets from a stream of sums.

Yang, Gilad and Alizadeh, "Practical Rateless Set Reconciliation" (arXiv 2402.02668). An element is
in coded symbol i with probability 1 / (1 + alpha i), alpha = 0.5, independently; a symbol is the
sum of its elements' ids, the sum of their keyed hashes, and their number. Symbols of two sets,
subtracted, are symbols of the difference. One with a single element gives that element away, which
is then taken out of all others (peeling); symbol 0 has every element, so it is zero at the end.

Ours differs from the paper in two details. Sums are modulo 2^64, not exclusive-or. The next symbol
that an element is in is drawn from its exact law, P(next > k | now i) = (i+1)(i+2) / (k+1)(k+2).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.antientropy.messages import SYMBOL_BYTES
from sim.protocol.antientropy.siphash import Words, siphash

Ints = NDArray[np.int64]

_NEVER: Final = float(1 << 40)
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)


class Symbols:
    """The first m coded symbols: `ids`, `hashes` (uint64) and `counts` (int64), each (m,)."""

    def __init__(self, m: int = 0) -> None:
        self.ids, self.hashes = np.zeros(m, np.uint64), np.zeros(m, np.uint64)
        self.counts = np.zeros(m, np.int64)

    def __len__(self) -> int:
        return len(self.counts)

    def lengthen(self, m: int) -> None:
        """Have m symbols; new ones are zero."""
        more = Symbols(m - len(self))
        self.ids = np.concatenate([self.ids, more.ids])
        self.hashes = np.concatenate([self.hashes, more.hashes])
        self.counts = np.concatenate([self.counts, more.counts])

    def to_bytes(self, start: int, stop: int) -> bytes:
        """24 bytes each."""
        table = np.empty((stop - start, 3), "<u8")
        table[:, 0], table[:, 1] = self.ids[start:stop], self.hashes[start:stop]
        table[:, 2] = self.counts[start:stop].view(np.uint64)
        return table.tobytes()

    def add_bytes(self, start: int, cells: bytes) -> None:
        """Add what `to_bytes` gave; the symbols are there."""
        table = np.frombuffer(cells, "<u8").reshape(-1, 3)
        part = slice(start, start + len(cells) // SYMBOL_BYTES)
        self.ids[part] += table[:, 0]
        self.hashes[part] += table[:, 1]
        self.counts[part] += table[:, 2].astype(np.uint64).view(np.int64)


class Elements:
    """A growing list of elements, each of which knows the next symbol that it is in."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.ids, self._hashes = np.zeros(0, np.uint64), np.zeros(0, np.uint64)
        self.signs, self._next = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._states = np.zeros(0, np.uint64)

    def append(self, ids: Words, signs: Ints) -> None:
        """More elements: distinct ids (n,), and +1 or -1 for each, how it counts in sums."""
        hashes = hash_ids(self._key, ids)
        self.ids, self.signs = np.append(self.ids, ids), np.append(self.signs, signs)
        self._hashes = np.append(self._hashes, hashes)
        self._states = np.append(self._states, hashes)
        self._next = np.append(self._next, np.zeros(len(ids), np.int64))

    def add_to(self, symbols: Symbols) -> None:
        """Add each element to those symbols that it is in and has not been added to."""
        active = np.flatnonzero(self._next < len(symbols))
        places, states = self._next[active], self._states[active]
        while len(active):
            self._add(symbols, active, places)
            places, states = next_places(places, states)
            self._next[active], self._states[active] = places, states
            left = places < len(symbols)
            active, places, states = active[left], places[left], states[left]

    def _add(self, symbols: Symbols, active: Ints, places: Ints) -> None:
        signs = self.signs[active]
        factors = signs.view(np.uint64)  # -1 modulo 2^64
        np.add.at(symbols.ids, places, self.ids[active] * factors)
        np.add.at(symbols.hashes, places, self._hashes[active] * factors)
        np.add.at(symbols.counts, places, signs)


def hash_ids(key: bytes, ids: Words) -> Words:
    """(n,) keyed hash of each id: what tells a symbol of one element, and where elements go."""
    return siphash(key, ids[:, None])


def next_places(places: Ints, states: Words) -> tuple[Ints, Words]:
    """For elements in symbols `places` (n,): the next symbols that they are in; their new states.

    The random number is SplitMix64's (Steele, Lea and Flood, 2014), seeded by the keyed hash.
    """
    states = states + _STEP
    mixed = (states ^ (states >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    uniform = (((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)) + np.uint64(1)) * 2.0**-53
    reach = (places + 1.0) * (places + 2.0) / uniform
    # The smallest k with (k + 1)(k + 2) >= reach.
    found = np.minimum(np.ceil((np.sqrt(1 + 4 * reach) - 3) / 2), _NEVER)
    return np.maximum(found.astype(np.int64), places + 1), states


class Lie(Exception):
    """These symbols are of no two sets."""


class Decoder:
    """Finds the difference between a set at hand and one whose symbols come in."""

    def __init__(self, key: bytes, ids: Words) -> None:
        self._key = key
        self._own, self._found = Elements(key), Elements(key)
        self._own.append(ids, np.full(len(ids), -1))
        self._left = Symbols()
        self._counts = Symbols()
        self._known: set[int] = set()

    @property
    def is_decoded(self) -> bool:
        """Whether the whole difference is found."""
        left = self._left
        return len(left) > 0 and not (left.ids[0] or left.hashes[0] or left.counts[0])

    @property
    def theirs(self) -> Words:
        """Ids found so far that only they have; (n,)."""
        return self._found.ids[self._found.signs < 0]

    @property
    def ours(self) -> Words:
        """Ids found so far that only we have; (n,)."""
        return self._found.ids[self._found.signs > 0]

    def take(self, cells: bytes) -> None:
        """Their next symbols. Raises Lie if no two sets have such symbols."""
        start = len(self._left)
        self._left.lengthen(start + len(cells) // SYMBOL_BYTES)
        self._left.add_bytes(start, cells)
        self._own.add_to(self._left)
        self._counts.counts = np.append(self._counts.counts, self._left.counts[start:])
        self._found.add_to(self._left)
        while self._peel():
            pass

    def estimate(self) -> float:
        """How many differences there are, from the counts alone, without bias.

        With c more on one side than on the other, the count of symbol i has mean c rho and
        variance d rho (1 - rho). The relative standard error from m symbols is sqrt(2 / m).
        """
        counts = self._counts.counts
        rho = 1 / (1 + np.arange(1, len(counts)) / 2)
        excess = counts[1:] - counts[0] * rho
        return float(np.mean(excess**2 / (rho * (1 - rho)))) if len(counts) > 1 else 0.0

    def _peel(self) -> bool:
        """Take out all elements that stand alone in a symbol; whether there were any."""
        left = self._left
        places = np.flatnonzero(np.abs(left.counts) == 1)
        signs = left.counts[places]
        ids = left.ids[places] * signs.view(np.uint64)
        alone = self._is_alone(ids, left.hashes[places] * signs.view(np.uint64))
        ids, first = np.unique(ids[alone], return_index=True)
        signs = signs[alone][first]
        if len(ids) == 0 or self.is_decoded:
            return False
        before = len(self._known)
        self._known.update(ids.tolist())
        # Two sets differ in an id once, and in no more ids than it takes symbols to tell them.
        if len(self._known) < before + len(ids) or len(self._known) > len(left):
            raise Lie
        self._found.append(ids, -signs)
        self._found.add_to(left)
        return True

    def _is_alone(self, ids: Words, hashes: Words) -> NDArray[np.bool_]:
        """Which sums are of one element: only then does the hash of the sum fit; (n,)."""
        alone: NDArray[np.bool_] = hash_ids(self._key, ids) == hashes
        return alone
