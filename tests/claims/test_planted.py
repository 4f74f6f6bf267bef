"""A claim that cannot fail says nothing: wrong figures are planted, and findings and verdict flip.

The evidence is that of the committed scorecard. For each figure that a claim asked for, wrong ones
are planted in turn (nothing, a millionth, a million times as much, one, infinity), and the claim is
judged again.
"""

import math
from dataclasses import replace

import pytest

from sim.claims.claim import judged
from sim.claims.evidence import Evidence
from sim.claims.page import as_markdown
from sim.claims.registry import CLAIMS
from sim.claims.scorecard import read
from sim.claims.verdict import Outcome
from sim.claims.words import in_words
from tests.data import ROOT

GALLERY = ROOT / "results" / "gallery"
CARDS = read(GALLERY / "claims.json", list(CLAIMS.values()))
IDS = [card.claim.id for card in CARDS]
FACTORS = (0.0, 1e-6, 1e6)


def wrong(figure):
    """Figures that this one could have been mistaken for."""
    for value in (*(figure.value * factor for factor in FACTORS), 1.0, math.inf):
        yield replace(figure, value=value, low=value, high=value)


def planted(card):
    """The claim judged again with a wrong figure for one right one, and with all of them wrong.

    Where the largest of several is asked for, one that is right still hides one that is wrong.
    """
    used = list(card.evidence.used)
    for number, metric in used:
        for figure in wrong(card.evidence.rows[number].figures[metric]):
            yield from again(card, {(number, metric): figure})
    every = [list(wrong(card.evidence.rows[number].figures[metric])) for number, metric in used]
    for figures in zip(*every, strict=True):
        yield from again(card, dict(zip(used, figures, strict=True)))


def again(card, figures):
    """The claim judged with these figures, unless nothing can be fitted to them."""
    rows = list(card.evidence.rows)
    for (number, metric), figure in figures.items():
        row = rows[number]
        rows[number] = replace(row, figures={**row.figures, metric: figure})
    try:
        yield judged(card.claim, Evidence(rows))
    except ValueError:
        return  # a mistake that would be told


def key(finding):
    return finding.asked, finding.condition


@pytest.mark.parametrize("card", CARDS, ids=IDS)
def test_a_wrong_figure_flips_each_finding_and_the_verdict(card):
    settled = {key(one): one.outcome for one in card.findings if one.outcome is not Outcome.OPEN}
    flipped, words = set(), set()
    for again in planted(card):
        flipped |= {key(one) for one in again.findings if one.outcome is not settled.get(key(one))}
        words.add(in_words(again))
    assert settled.keys() <= flipped | fixed(card)
    assert words - {in_words(card)}, "no wrong figure changes what is said of the claim"


def fixed(card):
    """Findings that have no part in the verdict, such as where a claimed number is from."""
    return {key(one) for one in card.findings if not one.decides}


@pytest.mark.parametrize("card", CARDS, ids=IDS)
def test_nothing_is_better_than_theory_allows(card):
    assert not [key(one) for one in card.findings if one.contradicts_theory]


@pytest.mark.parametrize("card", CARDS, ids=IDS)
def test_every_finding_of_a_claim_has_a_name_of_its_own(card):
    names = [key(one) for one in card.findings]
    assert len(names) == len(set(names))


def test_the_scorecard_is_complete():
    assert list(CLAIMS) == IDS == [f"C{number:02}" for number in range(1, 20)]


def test_the_page_is_what_the_stored_scorecard_gives():
    assert (GALLERY / "claims.md").read_text(encoding="utf-8") == as_markdown(CARDS, short=False)
