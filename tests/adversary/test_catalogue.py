"""The scenario's catalogue of attacks, which is quick to import, and the strategies agree."""

import pytest
from pydantic import TypeAdapter

from sim.adversary import STRATEGIES
from sim.scenario.catalogue import ADVERSARIES
from sim.scenario.resolve import options
from sim.scenario.schema.adversaries import Adversary, AnyAdversary
from tests.adversary.examples import OPTIONS

WITHOUT_OTHERS = ("sign_flip",)
"""Look at others if they may, and do with themselves if not."""

every_attack = pytest.mark.parametrize("kind", ADVERSARIES)


def defaults(kind):
    """The options that a strategy gets of an entry that says no more than it must."""
    where = "local-0" if ADVERSARIES[kind].tiers == "aggregators" else "agents"
    entry = TypeAdapter(AnyAdversary).validate_python(
        {"kind": kind, "where": where, "share": "20%"}
    )
    return options(entry, skip=("kind", *Adversary.model_fields))


def test_the_catalogue_holds_exactly_the_strategies():
    assert list(ADVERSARIES) == list(STRATEGIES)


@every_attack
def test_they_agree_about_who_can_do_it(kind):
    assert ADVERSARIES[kind].tiers == STRATEGIES[kind].tiers


@every_attack
def test_they_agree_about_the_placement_that_it_is_made_for(kind):
    assert ADVERSARIES[kind].placement == (STRATEGIES[kind].placement or "random")


@every_attack
def test_they_agree_about_who_would_never_lie_without_others(kind):
    refused = ADVERSARIES[kind].looks and kind not in WITHOUT_OTHERS
    assert refused == STRATEGIES[kind].needs_others


@every_attack
def test_who_looks_at_others_by_the_catalogue_is_shown_them(kind):
    assert STRATEGIES[kind].looks or not ADVERSARIES[kind].looks


@every_attack
def test_a_scenario_gives_the_options_that_the_strategy_knows(kind):
    assert defaults(kind).keys() == OPTIONS[kind].keys()
