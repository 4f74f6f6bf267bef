"""Sentences in the width of the page, below the title of their section."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Final

WIDTH: Final = 96


def lines(sentences: Iterable[str]) -> Iterator[str]:
    """Each begins a line of its own."""
    for sentence in sentences:
        yield from wrap(sentence, WIDTH, initial_indent="  ", subsequent_indent="    ")


def notes(remarks: Iterable[str]) -> Iterator[str]:
    """What somebody may not expect."""
    for remark in remarks:
        yield from wrap(remark, WIDTH, initial_indent="  note: ", subsequent_indent="    ")
