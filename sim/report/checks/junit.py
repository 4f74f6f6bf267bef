"""Findings as JUnit XML: a suite for each scenario, a case for each finding.

A fail is a `failure`, as is what is infeasible. An inconclusive finding is an `error`, JUnit's word
for a test that could not be carried out: continuous integration shows it in red beside the exit
code 3 that it belongs to. As `skipped` it would be grey in a job that is red for no visible reason.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.measure.findings import Finding, Judgement
from sim.measure.verdicts import DEFINITE
from sim.report.checks.finding_words import sentence

if TYPE_CHECKING:
    import junitparser


def as_junit(judgements: Sequence[Judgement]) -> str:
    """The XML document."""
    import junitparser

    document = junitparser.JUnitXml("sim check")
    for judgement in judgements:
        document.add_testsuite(_suite(judgement))
    document.update_statistics()  # type: ignore[no-untyped-call]  # typed only in part
    page = io.BytesIO()
    document.write(page, pretty=True)
    return page.getvalue().decode("utf-8")


def _suite(judgement: Judgement) -> "junitparser.TestSuite":
    import junitparser

    suite = junitparser.TestSuite(judgement.name)
    for name, value in (
        ("file", judgement.file),
        ("seed", str(judgement.seed)),
        ("replications", str(judgement.replications)),
        ("results", judgement.folder),
        ("baseline", judgement.baseline),
        ("replay", judgement.replay),
    ):
        if value:
            suite.add_property(name, value)
    cases = [_case(finding, judgement) for finding in judgement.findings]
    cases[0].time = round(judgement.simulation_s, 3)  # of the run that all of them are about
    suite.add_testcases(cases)
    return suite


def _case(finding: Finding, judgement: Judgement) -> "junitparser.TestCase":
    import junitparser

    case = junitparser.TestCase(f"{finding.kind}: {finding.name}", f"sim.{judgement.name}", 0.0)
    if finding.outcome == "pass":
        return case
    kind = junitparser.Failure if finding.outcome in DEFINITE else junitparser.Error
    result = kind(_clean(sentence(finding, judgement.file)), finding.kind)
    result.text = _clean("\n".join((sentence(finding, judgement.file), judgement.replay)))
    case.result = result
    return case


def _clean(text: str) -> str:
    """XML 1.0 has no control characters but tab and line ends; an escape would not help."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
