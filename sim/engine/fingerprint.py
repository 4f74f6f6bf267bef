"""A short digest of what happened in a run, so that two runs can be compared by eye.

Same scenario, seed and version must give the same fingerprint. It is made of independent
ingredients (baselines, traffic, faults ...), a running hash each: adding one ingredient to the
selection leaves the others as they are, and when two fingerprints differ the ingredients say where.
Every value is hashed with its kind and length, so neighbouring values cannot run into each other.
"""

import hashlib
import struct
from collections.abc import Iterable
from typing import Final

import numpy as np

Value = int | float | str | bytes | np.integer | np.ndarray
_DIGEST_BYTES: Final = 16


class Fingerprint:
    """The running fingerprint of one replication, over the chosen ingredients.

    >>> fingerprint = Fingerprint(["traffic"])
    >>> fingerprint.add("traffic", 5, "root-0")
    >>> fingerprint.add("faults", 1)  # not selected: ignored
    >>> list(fingerprint.parts())
    ['traffic']
    """

    def __init__(self, ingredients: Iterable[str]) -> None:
        self._hashes = {name: _new_hash() for name in sorted(set(ingredients))}

    def wants(self, ingredient: str) -> bool:
        """Whether this ingredient is selected (to skip work whose result would be ignored)."""
        return ingredient in self._hashes

    def add(self, ingredient: str, *values: Value) -> None:
        """Add values in their order; ignored if the ingredient is not selected.

        Arrays count with dtype and shape, in little-endian order, and must not hold objects.
        Raises TypeError for anything else.
        """
        running = self._hashes.get(ingredient)
        if running is None:
            return
        for value in values:
            for piece in _pieces(value):
                running.update(piece)

    def extend(self, ingredient: str, rows: np.ndarray) -> None:
        """Add rows to one long table; how many come at a time makes no difference.

        To be used for an ingredient from its first row on, with rows of one width and type.
        """
        running = self._hashes.get(ingredient)
        if running is not None:
            running.update(np.ascontiguousarray(rows, rows.dtype.newbyteorder("<")).tobytes())

    def parts(self) -> dict[str, str]:
        """The digest of every selected ingredient so far, by name, in order of the names."""
        return {name: running.hexdigest() for name, running in self._hashes.items()}

    def hexdigest(self) -> str:
        """The digest of all selected ingredients so far: 32 hex digits."""
        whole = _new_hash()
        for name, digest in self.parts().items():
            whole.update(f"{name}={digest};".encode())
        return whole.hexdigest()


def _new_hash() -> "hashlib.blake2b":
    return hashlib.blake2b(digest_size=_DIGEST_BYTES)


def _pieces(value: Value) -> tuple[bytes | memoryview, ...]:
    """What stands for one value in the hash: its kind, its length or shape, its bytes."""
    match value:
        case int() | np.integer():
            text = str(int(value)).encode()
            return (b"i%d:" % len(text), text)
        case float():
            return (b"f", struct.pack("<d", value))
        case str():
            text = value.encode()
            return (b"s%d:" % len(text), text)
        case bytes():
            return (b"b%d:" % len(value), value)
        case np.ndarray() if not value.dtype.hasobject:
            little = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
            return (f"a{little.dtype.str}{value.shape}:".encode(), little.tobytes())
    raise TypeError(f"cannot fingerprint a {type(value).__name__}: {value!r}")
