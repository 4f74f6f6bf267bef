"""What the page of liars says is what the scenario file takes."""

import re
from typing import get_args

import pytest

from sim.scenario.catalogue import ADVERSARIES
from sim.scenario.members import MEMBER_KINDS
from sim.scenario.schema.adversaries import Adversary, AnyAdversary
from sim.scenario.schema.integrity import Attest, Evidence, Registry
from sim.scenario.schema.robust import GuardedMean, Robust
from tests.data import ROOT
from tests.scenario.texts import GOOD, mistakes_in

LIARS = (ROOT / "docs" / "liars.md").read_text(encoding="utf-8")
ROWS = [row.split(" | ") for row in re.findall(r"^\| (`.*) \|$", LIARS, re.M)]
BLOCKS = {
    get_args(block.model_fields["kind"].annotation)[0]: block
    for block in get_args(get_args(AnyAdversary)[0])
}


def row_of(name: str) -> list[str]:
    """The row of the tables that begins with a name."""
    return next(row for row in ROWS if f"`{name}`" in row[0])


def test_the_example_is_a_good_scenario():
    example = LIARS.partition("```yaml\n")[2].partition("```")[0]
    assert mistakes_in(GOOD + example) == []


@pytest.mark.parametrize("kind", ADVERSARIES)
def test_every_attack_is_told_with_who_can_do_it_and_its_options(kind):
    _, who, _, *options = row_of(kind)
    assert who == ADVERSARIES[kind].tiers + (", replicas" if kind in MEMBER_KINDS else "")
    own = set(BLOCKS[kind].model_fields) - {"kind"} - set(Adversary.model_fields)
    assert set(re.findall(r"`(\w+)`", " ".join(options))) == own


@pytest.mark.parametrize("block", [Adversary, Robust, GuardedMean])
def test_every_key_of_an_adversary_and_of_a_rule_has_a_row(block):
    told = " ".join(row[0] for row in ROWS)
    for name, info in block.model_fields.items():
        assert f"`{info.alias or name}`" in told, name


@pytest.mark.parametrize(
    ("name", "block"), [("attest", Attest), ("evidence", Evidence), ("registry", Registry)]
)
def test_every_key_of_a_guard_is_told(name, block):
    assert set(block.model_fields) <= set(re.findall(r"`(\w+)`", " ".join(row_of(name))))
