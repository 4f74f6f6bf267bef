"""NPZ archives that users bring: named arrays of numbers, or an `InputError` in plain words.

What numpy says of a file that it cannot read is about numpy, and part of its advice is unsafe.
"""

import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Arrays = Mapping[str, NDArray[Any]]

_SINGLE: Final = b"\x93NUMPY"
_DAMAGED: Final = (
    OSError,
    ValueError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,  # numpy's, of a damaged header
)
_HELD: Final = {"U": "text", "S": "text", "b": "true and false", "c": "complex values"}
"""What an array holds that are not numbers, by numpy's kind of it."""


@contextmanager
def npz_archive(file: str | PathLike[str]) -> Iterator[Arrays]:
    """The arrays of an archive by name. Raises InputError, also while they are read."""
    _check(file)
    try:
        with np.load(file, allow_pickle=False) as archive:
            yield archive
    except _DAMAGED as error:
        held = "an array of Python objects" if "allow_pickle" in str(error) else "a damaged part"
        raise InputError(f"{file}: is not a readable NPZ file: it has {held}") from None


def _check(file: str | PathLike[str]) -> None:
    """Raises InputError for what is no archive at all."""
    try:
        with open(file, "rb") as opened:
            begin = opened.read(len(_SINGLE))
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    if not begin:
        raise InputError(f"{file}: is empty")
    if begin == _SINGLE:
        raise InputError(f"{file}: is a single array, not an NPZ file of named ones")
    if not zipfile.is_zipfile(file):
        raise InputError(f"{file}: is not an NPZ file")


def check_numbers(source: str, values: NDArray[Any], kinds: str) -> None:
    """Raises InputError for an array whose numpy kind is not one of `kinds`."""
    if values.dtype.kind not in kinds:
        held = _HELD.get(values.dtype.kind, values.dtype)
        raise InputError(f"{source}: holds {held}, not numbers")
