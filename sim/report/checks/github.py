"""Workflow commands of GitHub Actions: findings as annotations at their line of the scenario file.

A fail is an error, as is what is infeasible; an inconclusive finding is a warning; what passed is
silent. Texts are escaped as the runner unescapes them (``actions/toolkit``, ``command.ts``): %, CR
and LF everywhere, and in properties : and , as well.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sim.measure.findings import Finding, Judgement

Level = Literal["error", "warning", "notice"]


def annotations(judgement: "Judgement") -> Iterator[str]:
    """One line for each finding that did not pass."""
    for finding in judgement.findings:
        if finding.outcome != "pass":
            yield _annotation(judgement, finding)


def command(
    level: Level, text: str, file: str = "", line: int = 0, column: int = 0, title: str = ""
) -> str:
    """A workflow command; a place or a title that is not known is left out.

    >>> command("error", "100 %", "a.yaml", 3, title="recall: too low")
    '::error file=a.yaml,line=3,title=recall%3A too low::100 %25'
    """
    properties = {
        "file": file,
        "line": str(line) if line else "",
        "col": str(column) if line and column else "",
        "title": title,
    }
    known = ",".join(f"{key}={_escape(value, ':,')}" for key, value in properties.items() if value)
    return f"::{level}{' ' if known else ''}{known}::{_escape(text)}"


def _annotation(judgement: "Judgement", finding: "Finding") -> str:
    from sim.measure.verdicts import DEFINITE
    from sim.report.checks.finding_words import sentence

    words = "failed" if finding.outcome == "fail" else f"is {finding.outcome}"
    return command(
        "error" if finding.outcome in DEFINITE else "warning",
        f"{sentence(finding, judgement.file)}\nreplay: {judgement.replay}",
        _from_here(judgement.file),
        finding.line,
        title=f"{judgement.name}: {finding.name} {words}",
    )


def _from_here(file: str) -> str:
    """GitHub wants paths from the top of the checkout, which is where a job runs."""
    inside = os.path.relpath(file) if file else ""
    return file if inside.startswith("..") else inside


def _escape(text: str, more: str = "") -> str:
    for letter in "%\r\n" + more:
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text
