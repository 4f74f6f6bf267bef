"""What the page of the control plane says is what the scenario file takes."""

import re
from typing import get_args

import pytest

from sim.protocol.agreement.registry import PROTOCOLS
from sim.scenario.schema import control
from tests.data import ROOT
from tests.scenario.texts import GOOD, mistakes_in

SECTION = (ROOT / "docs" / "control.md").read_text(encoding="utf-8")
ROWS = [row.split(" | ") for row in re.findall(r"^\| (`.*) \|$", SECTION, re.M)]


def row_of(name: str) -> list[str]:
    """The row of the tables that begins with a name."""
    return next(row for row in ROWS if f"`{name}`" in row[0])


def kinds(union) -> dict[str, type]:
    """The blocks of a union, by their kind."""
    blocks = get_args(get_args(union)[0])
    return {get_args(block.model_fields["kind"].annotation)[0]: block for block in blocks}


def words(cells) -> set[str]:
    return set(re.findall(r"`(\w+)`", " ".join(cells)))


def keys(block) -> set[str]:
    return {info.alias or name for name, info in block.model_fields.items()} - {"kind"}


def test_the_example_is_a_good_scenario():
    example = SECTION.partition("```yaml\n")[2].partition("```")[0]
    assert mistakes_in(GOOD + example) == []


@pytest.mark.parametrize("kind", PROTOCOLS)
def test_every_protocol_is_told_with_its_options_and_its_bound(kind):
    _, needs, _, delays, *options = row_of(kind)
    assert words(options) == keys(kinds(control.AnyProtocol)[kind])
    if kind != "versions":
        cost = PROTOCOLS[kind].liars_cost
        assert (needs, int(delays[0])) == (f"n > {cost}f", PROTOCOLS[kind].delays)


def test_every_key_of_agreement_has_a_row():
    assert keys(control.Agreement) <= words(row[0] for row in ROWS)


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("alerts", [control.Alerts, control.Raised]),
        ("reads", [control.Consumer]),
        ("membership", [control.Membership]),
        ("detector", kinds(control.AnyWatcher).values()),
        ("anti_entropy", [control.AntiEntropy, control.MerkleDescent]),
    ],
)
def test_every_key_of_another_block_is_told(name, blocks):
    for block in blocks:
        assert keys(block) <= words(row_of(name)), block
