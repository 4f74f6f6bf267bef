"""``sim validate``: is a scenario good, and if not, what is wrong with it?"""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from sim.cli.exits import Exit
from sim.cli.output import say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, ScenarioFiles, Seed
from sim.errors import Mistake, ScenarioError
from sim.report.github import command


class Format(StrEnum):
    """How mistakes are printed."""

    text = "text"
    json = "json"
    github = "github"


def validate(
    files: ScenarioFiles,
    changes: Overrides = None,
    seed: Seed = None,
    output: Annotated[
        Format, typer.Option("--format", help="github: annotations of a pull request.")
    ] = Format.text,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check scenario files and print every mistake in them."""
    found = {str(file): mistakes_in(str(file), changes or [], seed) for file in files}
    if as_json or output is Format.json:
        say_json([_report(file, mistakes) for file, mistakes in found.items()])
    else:
        for file, mistakes in found.items():
            for mistake in mistakes:
                say(annotation(mistake) if output is Format.github else str(mistake))
            if not mistakes and not quiet and output is Format.text:
                say(f"{file}: good")
    if any(found.values()):
        raise typer.Exit(Exit.WRONG_CALL)


def mistakes_in(file: str, changes: list[str], seed: int | None) -> tuple[Mistake, ...]:
    """All mistakes of one scenario file."""
    from sim.scenario import load_scenario

    try:
        load_scenario(file, changes, seed)
    except ScenarioError as error:
        return error.mistakes
    return ()


def annotation(mistake: Mistake) -> str:
    """The mistake as a workflow command of GitHub Actions."""
    words = f"{mistake.problem}, {mistake.hint}" if mistake.hint else mistake.problem
    subject = f"{mistake.path}: " if mistake.path else ""
    return command("error", subject + words, mistake.file, mistake.line, mistake.column)


def _report(file: str, mistakes: tuple[Mistake, ...]) -> dict[str, object]:
    return {"file": file, "good": not mistakes, "mistakes": [asdict(m) for m in mistakes]}
