"""A scorecard is stored, read and judged again; conditions are told in as few words as are true."""

import json
import math

import pytest

from sim.claims.claim import judged
from sim.claims.conditions import conditions
from sim.claims.finding import at_most
from sim.claims.page import as_findings, as_markdown, as_text, figure_of, overview_of
from sim.claims.scorecard import as_document, compared, read
from sim.claims.verdict import Outcome, Verdict
from sim.claims.words import in_words, otherwise, taken
from sim.errors import SimError
from tests.claims.cards import CLAIM, evidence, measured

MIXED = evidence(l1=measured(1), l3=measured(1.5, 1.4, 1.6), l9=measured(7), l5=measured(4))


def test_findings_along_a_number_are_told_as_a_range():
    card = judged(CLAIM, MIXED)
    assert card.verdict is Verdict.HOLDS_WHEN
    assert in_words(card) == "holds when baselines, a cut of up to 3 s"
    assert card.where(Outcome.FORBIDDEN) == ["baselines, a cut of 9 s or more"]
    assert card.where(Outcome.FAILS) == ["baselines, a cut of 5 s"]


def test_where_it_does_not_hold_is_told_too():
    assert otherwise(judged(CLAIM, MIXED)) == (
        "not when baselines, a cut of 5 s. never when baselines, a cut of 9 s or more"
    )
    assert not otherwise(judged(CLAIM, evidence(l1=measured(1))))


def test_the_overview_has_a_bar_for_each_way_findings_came_out():
    axes = overview_of([judged(CLAIM, MIXED)]).axes[-1]
    assert [bar.get_width() for bar in axes.patches] == [0.5, 0.25, 0.25]
    assert [text.get_text() for text in axes.texts] == ["2", "1", "1", "holds when ..."]


def test_of_two_things_under_one_condition_the_one_that_holds_is_named():
    findings = [
        at_most(measured(age), 2, asked, "always") for asked, age in (("age", 1), ("gap", 3))
    ]
    assert conditions(findings, Outcome.HOLDS) == ["always (age)"]
    assert conditions(findings, Outcome.FAILS) == ["always (gap)"]
    assert conditions(findings[:1] * 2, Outcome.HOLDS) == ["always"]


def test_infeasible_tells_the_bound_that_forbids_it():
    card = judged(CLAIM, evidence(l9=measured(7)))
    assert in_words(card) == "infeasible: nothing crosses a cut of more than 1 s"


def test_inconclusive_tells_what_is_open():
    card = judged(CLAIM, evidence(l1=measured(1), l3=measured(2, 1, 3)))
    assert in_words(card) == "inconclusive: open for baselines, a cut of 3 s"


def test_a_stored_scorecard_is_judged_again_to_the_same(tmp_path):
    document = as_document([judged(CLAIM, MIXED)], short=False)
    file = tmp_path / "claims.json"
    file.write_text(json.dumps(document))
    assert as_document(read(file, [CLAIM]), short=False) == document


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "claims": {"C99": 3}}']
)
def test_a_file_that_is_no_scorecard_is_told_so(text, tmp_path):
    file = tmp_path / "claims.json"
    file.write_text(text)
    with pytest.raises(SimError, match=r"claims\.json: "):
        read(file, [CLAIM])


def test_only_findings_that_are_settled_differently_disagree():
    before = [judged(CLAIM, MIXED)]
    now = [judged(CLAIM, evidence(l1=measured(3), l3=measured(2, 1, 3), l9=measured(9)))]
    found = compared(before, now)
    assert [(one.now.condition, one.now.outcome, one.agrees) for one in found] == [
        ("baselines, a cut of 1 s", Outcome.FAILS, False),
        ("baselines, a cut of 9 s", Outcome.FORBIDDEN, True),
    ]


def test_asking_for_a_figure_of_several_cells_is_refused():
    with pytest.raises(LookupError, match="4 cells"):
        MIXED("cut", "age")


def test_how_much_of_a_bound_is_taken():
    first, *_, last = judged(
        CLAIM, evidence(l1=measured(1), l3=measured(math.inf, 3, math.inf))
    ).findings
    assert taken(first) == (0.5, 0.5, 0.5)
    assert taken(last) == (1.5, math.inf, math.inf)


def test_page_terminal_and_figure_tell_every_finding():
    card = judged(CLAIM, MIXED)
    page = as_markdown([card], short=True)
    assert "◐ **holds when** baselines, a cut of up to 3 s" in page
    assert page.count("| age | baselines, a cut of ") == 4
    assert "seed 7, 4 cells, replications: 5; replay: `sim run cut.yaml`" in page
    assert "1 claim: 1 holding under conditions" in as_text([card])
    assert len(as_findings(card).splitlines()) == 5
    axes = figure_of(card).axes[-1]
    assert axes.get_yticklabels()[0].get_text() == "age: baselines, a cut of 1 s"
