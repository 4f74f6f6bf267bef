"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ScenarioFile = Annotated[Path, typer.Argument(help="Scenario file (YAML).", metavar="FILE")]
ScenarioFiles = Annotated[list[Path], typer.Argument(help="Scenario files.", metavar="FILE...")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change a value: faults[0].until=30s.", metavar="PATH=VALUE"),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Replace the seed of the file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the result.")]
