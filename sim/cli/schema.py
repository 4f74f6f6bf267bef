"""``sim schema``: what a scenario file may hold, for editors and for people."""

from typing import Annotated

import typer

from sim.cli.output import say, say_json

Markdown = Annotated[bool, typer.Option("--markdown", help="As a page to read: docs/reference.md.")]


def schema(markdown: Markdown = False) -> None:
    """Print the JSON Schema of scenarios, for editors; or the same as a page."""
    if markdown:
        from sim.scenario.reference import reference

        say(reference().rstrip())
        return
    from sim.scenario import json_schema

    say_json(json_schema())
