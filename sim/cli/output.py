"""Where text goes: results to stdout, everything else to stderr."""

import json
import os
import sys
from typing import Any

import typer

from sim.cli.exits import Exit


def say(text: str) -> None:
    """A result. If nobody reads it any more (``sim explain FILE | head``), the command ends."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # What is still buffered has nowhere to go; without this the interpreter complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.GOOD) from None


def say_json(value: Any) -> None:
    """A result for programs."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def note(text: str, *, quiet: bool = False) -> None:
    """Something to know that is not a result."""
    if not quiet:
        print(text, file=sys.stderr, flush=True)
