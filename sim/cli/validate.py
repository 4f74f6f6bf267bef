"""``sim validate``: is a scenario good, and if not, what is wrong with it?"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self

import typer

from sim.cli.advised import advised
from sim.cli.exits import Exit
from sim.cli.output import say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, ScenarioFiles, Seed
from sim.errors import Mistake, ScenarioError
from sim.report.checks.github import Level, command

if TYPE_CHECKING:
    from sim.scenario import Scenario


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
    found, trouble = _checked([str(file) for file in files], changes or [], seed)
    if as_json or output is Format.json:
        say_json([_report(one) for one in found])
    elif output is Format.github:
        for one in found:
            one.annotate()
    else:
        for one in found:
            one.tell(quiet)
    if trouble is not None:
        raise trouble
    if any(one.mistakes for one in found):
        raise typer.Exit(Exit.WRONG_CALL)


def _checked(
    files: list[str], changes: list[str], seed: int | None
) -> tuple[list["Checked"], Exception | None]:
    """What is wrong with each file, and the first bug of ours: it must not hide other files."""
    found, trouble = [], None
    for file in files:
        try:
            found.append(Checked.of(file, changes, seed))
        except Exception as error:  # raised again once all files are told
            trouble = trouble or error
            problem = f"cannot be checked for a bug of ours: {error}"
            found.append(Checked(file, (Mistake(file, 0, 0, "", problem),), ()))
    return found, trouble


@dataclass(frozen=True, slots=True)
class Checked:
    """A scenario file, what is wrong with it, and what it asks that cannot be.

    An infeasible threshold is no mistake: the scenario runs, and its verdict says so. Nor is what
    there is advice about.
    """

    file: str
    mistakes: tuple[Mistake, ...]
    infeasible: tuple[Mistake, ...]
    advice: tuple[Mistake, ...] = ()

    @classmethod
    def of(cls, file: str, changes: list[str], seed: int | None) -> Self:
        """Read and check a file."""
        from sim.scenario import load_scenario

        try:
            scenario = load_scenario(file, changes, seed)
        except ScenarioError as error:
            return cls(file, error.mistakes, ())
        return cls(file, (), tuple(_infeasible(scenario)), advised(scenario))

    def tell(self, quiet: bool) -> None:
        """A line for each thing to say."""
        for mistake in self.mistakes:
            say(str(mistake))
        if not self.mistakes and not quiet:
            say(f"{self.file}: good")
        for one in (*self.infeasible, *self.advice):
            say(str(one))

    def annotate(self) -> None:
        """The same for a pull request."""
        for mistake in self.mistakes:
            say(annotation(mistake))
        for one in (*self.infeasible, *self.advice):
            say(annotation(one, "warning"))


def _infeasible(scenario: "Scenario") -> Iterator[Mistake]:
    """Thresholds that no rule can keep: of the scenario as written, and then of its cells."""
    told = set()
    plans = [("", scenario.plan), *((f" with {cell}", cell.plan) for cell in scenario.cells)]
    for where, plan in plans:
        for one in plan.thresholds:
            if one.infeasible and (one.metric, one.infeasible) not in told:
                told.add((one.metric, one.infeasible))
                words = f"infeasible{where}: {one.infeasible}, threshold asks {one.maximum:g} sd"
                column = 1 if one.line else 0
                path = f"thresholds.{one.metric}"
                yield Mistake(scenario.path, one.line, column, path, words)


def annotation(mistake: Mistake, level: Level = "error") -> str:
    """The mistake as a workflow command of GitHub Actions."""
    words = f"{mistake.problem}, {mistake.hint}" if mistake.hint else mistake.problem
    subject = f"{mistake.path}: " if mistake.path else ""
    return command(level, subject + words, mistake.file, mistake.line, mistake.column)


def _report(checked: Checked) -> dict[str, object]:
    return {
        "file": checked.file,
        "good": not checked.mistakes,
        "mistakes": [asdict(one) for one in checked.mistakes],
        "infeasible": [asdict(one) for one in checked.infeasible],
        "advice": [asdict(one) for one in checked.advice],
    }
