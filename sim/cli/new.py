"""``sim new``: a first scenario to start from."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.output import note, say
from sim.cli.parameters import Quiet
from sim.errors import SimError


def new(
    path: Annotated[Path, typer.Argument(help="File to write.", metavar="PATH")],
    quiet: Quiet = False,
) -> None:
    """Write a small scenario to start from."""
    from sim.scenario import template

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise SimError(f"{path}: is there already, and is not overwritten") from None
    except OSError as error:
        raise SimError(f"{path}: cannot be written: {error.strerror}") from None
    say(str(path))
    note(f"next: sim explain {path}", quiet=quiet)
