"""Scenario texts for the tests: one that is good, and what is wrong with others."""

from sim.errors import ScenarioError
from sim.scenario import parse_scenario

GOOD = """\
schema: 1
name: good
duration: 60s
agents: {count: 1000, features: 8, rate: 10Hz}
topology: {kind: topohub, name: topozoo/Abilene}
"""
"""Fifty locals, eight regionals; the file is scenario.yaml."""


def plan_of(text: str, *overrides: str):
    """The plan in a text."""
    return parse_scenario(text, "scenario.yaml", overrides)


def with_fault(*faults: str) -> str:
    """The good scenario with faults, the first of them in line 7."""
    return GOOD + "faults:\n" + "".join(f"  - {{{fault}}}\n" for fault in faults)


def mistakes_in(text: str, *overrides: str) -> list[str]:
    """Every mistake in a text, as the user sees it."""
    try:
        plan_of(text, *overrides)
    except ScenarioError as error:
        return str(error).splitlines()
    return []
