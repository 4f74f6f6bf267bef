"""The summary of a job: GitHub's Markdown."""

from dataclasses import replace
from pathlib import Path

from sim.report.checks.markdown import findings_as_markdown
from tests.golden import agrees
from tests.report.judged import BAD, GOOD, HELD

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def test_the_summary_of_two_scenarios():
    assert agrees(TRANSCRIPTS / "findings.md", findings_as_markdown([GOOD, BAD]))


def test_a_text_ends_neither_its_cell_nor_its_line_and_is_no_html():
    odd = replace(HELD, outcome="fail", reason="a|b\n<script>")
    rows = findings_as_markdown([replace(GOOD, findings=(odd,))]).splitlines()
    (row,) = (row for row in rows if row.startswith("| invariant"))
    assert row.endswith("| a\\|b &lt;script> |")
