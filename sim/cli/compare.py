"""``sim compare``: two runs, or a run and a baseline, side by side.

It is for looking: nothing fails, and the exit code is good once both sides could be read.
"""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Quiet
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.campaign.comparison import Contrast


class Format(StrEnum):
    """How the table is printed."""

    text = "text"
    md = "md"
    json = "json"


Side = Annotated[
    str, typer.Argument(help="Folder of a run, name of a scenario, or a baseline file.")
]


def compare(
    a: Side,
    b: Side,
    output: Annotated[Format, typer.Option("--format", help="text, md or json.")] = Format.text,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare two runs: the size of each change first, then whether it is more than noise."""
    from sim.campaign.comparison import compare as contrasts
    from sim.report.checks.contrast_table import contrasts_as_markdown, contrasts_as_text

    rows = contrasts(_found(a), _found(b))
    if as_json or output is Format.json:
        _say_json(rows)
        return
    write = contrasts_as_markdown if output is Format.md else contrasts_as_text
    say(write(rows, ("A", "B")).rstrip())
    note(f"A: {_found(a)}\nB: {_found(b)}\n{_how(rows)}", quiet=quiet)


def _found(side: str) -> Path:
    """A path as it is; else the latest run of a name."""
    path, named = Path(side), Path("results/runs") / side
    for place in (path, named):
        if place.exists():
            return place
    raise SimError(
        f"{side}: there is no such run or baseline, nor a run named so in {named.parent}"
    )


def _how(rows: "list[Contrast]") -> str:
    counted = [row for row in rows if row.n]
    if not counted:
        return "the two have no replication in common"
    count = max(row.n for row in counted)
    if any(row.paired for row in counted):
        return f"same seed: {count} replications compared in pairs"
    return f"different seeds: compared as two groups, the smaller one of {count} replications"


def _say_json(rows: "list[Contrast]") -> None:
    from sim.campaign.store import plain

    say_json(plain([asdict(row) for row in rows]))
