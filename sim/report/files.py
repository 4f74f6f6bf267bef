"""Reports in files: found to be writable before the work, and written whole or not at all.

A report is written under a temporary name and renamed, so whoever reads it never sees half of one.
What is no ordinary file (a pipe, ``/dev/stdout``) is written to as it is.
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import SimError


def check_writable(path: Path) -> None:
    """Find out whether `write_whole` would do, and leave no trace. Raises SimError."""
    with _told(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        folder = next(folder for folder in path.absolute().parents if folder.exists())
        if not _is_stream(path):
            with tempfile.NamedTemporaryFile(dir=folder):
                pass


def write_whole(path: Path, text: str) -> None:
    """Write a file, and the folders above it where there are none. Raises SimError."""
    with _told(path):
        if _is_stream(path):
            path.write_text(text, encoding="utf-8")
            return
        with drafted(path.resolve()) as draft:
            draft.write_text(text, encoding="utf-8")


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A name to write to; the file has its own name once all is written, else there is none.

    Folders above it are made. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SimError(f"{path}: cannot be written: {error.strerror}") from error
