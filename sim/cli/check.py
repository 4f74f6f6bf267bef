"""``sim check``: the gate of continuous integration.

Everything that can be wrong with the call is found out before anything runs: scenario files, run
folders, baselines, places to write to. After that the exit code speaks of what was tested, unless
a run could not be finished at all.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.exits import Exit
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, Seed
from sim.cli.run import EXITS, Cluster, Jobs, Out
from sim.cli.summary import heading
from sim.cli.watch import interrupts_told, watch
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.measure.findings import Judgement
    from sim.scenario.plan import Plan

Subjects = Annotated[
    list[Path], typer.Argument(help="Scenario files, or folders of runs.", metavar="FILE|RUN...")
]
BaselinePath = Annotated[
    Path | None,
    typer.Option(
        "--baseline", help="Baseline file or folder; default: results/baselines.", metavar="PATH"
    ),
]
NoBaseline = Annotated[bool, typer.Option("--no-baseline", help="Leave out the baseline.")]
AcrossVersions = Annotated[
    bool, typer.Option("--across-versions", help="Accept a baseline of another version.")
]
Junit = Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML.", metavar="F")]
Markdown = Annotated[
    Path | None,
    typer.Option("--markdown", help="Write Markdown; - prints it instead of text.", metavar="F"),
]
Github = Annotated[bool, typer.Option("--github", help="Print annotations for GitHub.")]


def check(
    paths: Subjects,
    changes: Overrides = None,
    seed: Seed = None,
    out: Out = Path("results/runs"),
    jobs: Jobs = 1,
    cluster: Cluster = None,
    baseline: BaselinePath = None,
    no_baseline: NoBaseline = False,
    across_versions: AcrossVersions = False,
    junit: Junit = None,
    markdown: Markdown = None,
    github: Github = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run scenarios (or take stored runs) and judge them: the gate of a build."""
    from sim.campaign.check import check as judge
    from sim.campaign.gated import gates
    from sim.campaign.subjects import Running, subjects

    wanted = Wanted(junit, markdown, github, as_json)
    wanted.check()
    found = subjects(paths, changes or [], seed, out)
    held = gates(found, baseline, across_versions) if not no_baseline else [None] * len(found)
    running = Running(watch(quiet or as_json), out, jobs, cluster)
    judgements = []
    for subject, gate in zip(found, held, strict=True):
        wanted.tell_heading(subject.plan)
        with interrupts_told():
            judgements.append(judge(subject, gate, running))
        wanted.tell_table(judgements[-1])
    told = wanted.tell_end(judgements)
    raise typer.Exit(exit_of(judgements, told))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which outputs are wanted, and how each is told."""

    junit: Path | None
    markdown: Path | None
    github: bool
    json: bool

    @property
    def prints_markdown(self) -> bool:
        """Whether standard output is for Markdown."""
        return self.markdown == Path("-")

    @property
    def prints_text(self) -> bool:
        """Whether standard output is for a reader at a terminal."""
        return not (self.json or self.prints_markdown)

    def check(self) -> None:
        """Raises SimError for outputs that exclude each other or cannot be written."""
        from sim.report.files import check_writable

        if self.json and (self.github or self.prints_markdown):
            raise SimError("--json prints one document; it goes with neither --github nor '-'")
        if self.junit is not None and self.junit == self.markdown:
            raise SimError(f"--junit and --markdown would both write {self.junit}")
        for path in (self.junit, None if self.prints_markdown else self.markdown):
            if path is not None:
                check_writable(path)

    def tell_heading(self, plan: "Plan") -> None:
        """Before a run, so that one that hangs can be repeated."""
        if self.prints_text:
            say(heading(plan))

    def tell_table(self, judgement: "Judgement") -> None:
        """After a run."""
        from sim.report.checks.findings_table import as_text

        if self.prints_text:
            say(as_text(judgement, sys.stdout.isatty() and "NO_COLOR" not in os.environ))
        if judgement.trouble:
            note(judgement.trouble)

    def tell_end(self, judgements: "Sequence[Judgement]") -> bool:
        """The verdict on all, in every form that was asked for. False if one cannot be written."""
        from sim.report.checks.findings_table import closing_as_text
        from sim.report.checks.github import annotations
        from sim.report.checks.markdown import findings_as_markdown

        if self.prints_text:
            say(closing_as_text(judgements).rstrip())
        if self.json:
            say_json(as_json_document(judgements))
        if self.github:
            for judgement in judgements:
                for line in annotations(judgement):
                    say(line)
        if self.prints_markdown:
            say(findings_as_markdown(judgements).rstrip())
        return self._write(judgements)

    def _write(self, judgements: "Sequence[Judgement]") -> bool:
        """Each file by itself: a disk that is full by now must hide neither another nor a fail."""
        from sim.report.checks.junit import as_junit
        from sim.report.checks.markdown import findings_as_markdown
        from sim.report.files import write_whole

        told = True
        markdown = None if self.prints_markdown else self.markdown
        for path, form in ((markdown, findings_as_markdown), (self.junit, as_junit)):
            try:
                if path is not None:
                    write_whole(path, form(judgements))
            except SimError as error:
                note(str(error))
                told = False
        return told


def exit_of(judgements: "Sequence[Judgement]", told: bool = True) -> Exit:
    """A fail is a fail whatever else happened; then what could not be finished, judged or told."""
    from sim.measure.findings import worst
    from sim.measure.verdicts import DEFINITE

    outcome = worst(judgement.outcome for judgement in judgements)
    troubled = not told or any(judgement.trouble for judgement in judgements)
    if outcome not in DEFINITE and troubled:
        return Exit.WRONG_CALL
    return EXITS[outcome]


def as_json_document(judgements: "Sequence[Judgement]") -> Any:
    """The same for programs; an undefined number is null and an infinite one ``"inf"``."""
    from sim.campaign.store import plain
    from sim.measure.findings import worst

    return plain(
        {
            "outcome": worst(judgement.outcome for judgement in judgements),
            "scenarios": [{"outcome": one.outcome, **asdict(one)} for one in judgements],
        }
    )
