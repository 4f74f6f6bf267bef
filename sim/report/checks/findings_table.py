"""Findings as a table for a terminal: what a reviewer reads first.

One line a finding, in columns that are as wide as they must be; below it what the gate promises of
its own mistakes, what else a reader must know, and where the run is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Final

from sim.measure.findings import Judgement
from sim.report.checks.finding_words import cells, closing, explanation
from sim.report.columns import aligned

COLOURS: Final = {
    "pass": "\x1b[32m",
    "FAIL": "\x1b[1;31m",
    "infeasible": "\x1b[1;31m",
    "inconclusive": "\x1b[33m",
}
PLAIN: Final = "\x1b[0m"


def as_text(judgement: Judgement, colour: bool = False) -> str:
    """The table and what stands below it; with ANSI colours if asked for."""
    lines = [*_table(judgement, colour), *_below(judgement)]
    return "\n".join(lines) + "\n"


def closing_as_text(judgements: Sequence[Judgement]) -> str:
    """The verdict on everything, and if it is not good the first reason and the way back."""
    lines = [closing(judgements)]
    lines += [f"  {label + ':':10}{text}" for label, text in explanation(judgements)]
    return "\n".join(lines) + "\n"


def _table(judgement: Judgement, colour: bool) -> Iterator[str]:
    rows = [astuple(cells(finding, judgement.replications)) for finding in judgement.findings]
    yield from (f"  {line}" for line in aligned(rows, "<<>><<<", _coloured if colour else _plain))


def _plain(_: str, padded: str) -> str:
    return padded


def _coloured(cell: str, padded: str) -> str:
    return f"{COLOURS[cell]}{padded}{PLAIN}" if cell in COLOURS else padded


def _below(judgement: Judgement) -> Iterator[str]:
    for label, lines in (
        ("gate", judgement.error_rates),
        ("note", judgement.notes),
        ("results", (judgement.folder,) if judgement.folder else ()),
    ):
        yield from (f"  {label + ':':10}{line}" for line in lines)
