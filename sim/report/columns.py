"""Rows of cells as lines: columns as wide as they must be, for a terminal, or Markdown.

`marks` has a letter for each column: < is to the left, > to the right.
"""

from collections.abc import Callable, Iterable, Sequence

Paint = Callable[[str, str], str]
"""A cell, and the same with its padding: what is printed."""


def aligned(
    rows: Sequence[Sequence[str]], marks: str, paint: Paint = lambda _, padded: padded
) -> list[str]:
    """The rows as lines of text.

    >>> aligned([("age", "5 s"), ("coverage", "97 %")], "<>")
    ['age        5 s', 'coverage  97 %']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            paint(cell, cell.rjust(width) if mark == ">" else cell.ljust(width))
            for cell, width, mark in zip(row, widths, marks, strict=True)
        ).rstrip()
        for row in rows
    ]


def markdown_table(headers: Sequence[str], marks: str, rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table in GitHub's Markdown."""
    rules = [":--" if mark == "<" else "--:" for mark in marks]
    cells = ([safe(cell) for cell in row] for row in rows)
    return ["| " + " | ".join(row) + " |" for row in (headers, rules, *cells)]


def safe(text: str) -> str:
    """Text for Markdown that neither ends its cell nor its line, and is no HTML."""
    for letter, instead in (("|", "\\|"), ("<", "&lt;"), ("\n", " ")):
        text = text.replace(letter, instead)
    return text
