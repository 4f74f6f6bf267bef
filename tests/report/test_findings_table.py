"""What a reviewer reads at a terminal."""

import re
from dataclasses import replace
from pathlib import Path

from sim.report.checks.findings_table import as_text, closing_as_text
from tests.golden import agrees
from tests.report.judged import BAD, FRESH, GOOD, HELD, IDLE

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def test_every_kind_of_finding_has_its_line():
    assert agrees(TRANSCRIPTS / "findings.txt", as_text(BAD))


def test_the_end_explains_the_first_failure_and_names_the_way_back():
    assert agrees(TRANSCRIPTS / "closing.txt", closing_as_text([GOOD, BAD]))


def test_when_all_is_well_there_is_nothing_to_explain():
    assert closing_as_text([GOOD]) == "passed 2 of 2\n"


def test_the_closing_line_says_that_something_is_infeasible():
    never = replace(GOOD, findings=(replace(GOOD.findings[0], outcome="infeasible"),))
    assert closing_as_text([never]).startswith("INFEASIBLE 1 of 1\n")


def test_a_doubt_is_explained_like_a_failure():
    doubtful = replace(GOOD, findings=(HELD, IDLE, FRESH))
    first, why, *_ = closing_as_text([doubtful]).splitlines()
    assert first == "INCONCLUSIVE 1 of 3"
    assert why == "  first:    fault faults[1] hold: touched nothing"


def test_a_failure_is_explained_before_an_earlier_doubt():
    assert "detection.recall" in closing_as_text([BAD]).splitlines()[1]


def test_colours_take_no_room():
    coloured = as_text(BAD, colour=True)
    assert "\x1b[1;31mFAIL" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == as_text(BAD)
