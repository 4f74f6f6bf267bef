"""Files and folders that appear whole or not at all: written under another name and renamed."""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import ResultsError
from sim.report.files import drafted


@contextmanager
def draft_file(path: Path) -> Iterator[Path]:
    """A name to write to; the file has its own name once all is written. Raises ResultsError."""
    with _told(path), drafted(path) as draft:
        yield draft


@contextmanager
def draft_folder(path: Path, ours: Collection[str]) -> Iterator[Path]:
    """The same for a folder. One that is there must be of an earlier export, or empty.

    `ours` are the names of all files that such an export may have. Raises ResultsError.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_ours(path, ours)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.mkdir()
        try:
            yield draft
            if path.is_dir():
                shutil.rmtree(path)
            draft.replace(path)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _check_ours(path: Path, ours: Collection[str]) -> None:
    """A folder with anything else in it than what is exported is not replaced."""
    if not path.is_dir():
        return
    others = [one.name for one in sorted(path.iterdir()) if one.name not in ours]
    if others:
        raise ResultsError(f"{path} has other things in it, such as {others[0]}: choose another")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ResultsError(f"{path}: cannot be written: {error.strerror}") from error
