"""JUnit XML as those who read it see it."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim.report.checks.junit import as_junit
from tests.golden import agrees
from tests.report.judged import BAD, BLIND, FRESH, GOOD, HELD, IDLE

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def the_case(finding):
    """The only case of a document with this finding alone."""
    document = ElementTree.fromstring(as_junit([replace(GOOD, findings=(finding,))]))
    return document.find("testsuite/testcase")


def test_a_document_of_two_scenarios():
    assert agrees(TRANSCRIPTS / "findings.xml", as_junit([GOOD, BAD]))


@pytest.mark.parametrize(
    ("finding", "children"),
    [
        (FRESH, []),
        (BLIND, ["failure"]),
        (replace(BLIND, outcome="infeasible"), ["failure"]),
        (IDLE, ["error"]),
    ],
)
def test_a_fail_is_a_failure_and_a_doubt_an_error(finding, children):
    assert [child.tag for child in the_case(finding)] == children


def test_a_failure_says_which_metric_by_how_much_where_and_how_to_repeat_it():
    text = the_case(BLIND).find("failure").text
    for word in ("detection.recall", "91.2 %", "≥ 95 %", "calm.yaml:13", GOOD.replay):
        assert word in text


def test_the_counts_are_those_of_the_cases():
    document = ElementTree.fromstring(as_junit([GOOD, BAD]))
    counts = {key: document.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "11", "failures": "2", "errors": "3", "skipped": "0"}


def test_a_text_that_xml_cannot_hold_does_not_break_the_document():
    odd = replace(HELD, outcome="fail", reason='\x1b[1m<&"]]>\x00')
    assert the_case(odd).find("failure").get("message") == 'invariant causality: [1m<&"]]>'


def test_the_same_scenario_twice_is_two_suites():
    again = replace(GOOD, seed=2, replay="sim replay results/runs/calm/00aa11bb-s2")
    assert len(ElementTree.fromstring(as_junit([GOOD, again]))) == 2
