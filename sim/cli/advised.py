"""Advice on a scenario, worded so that nobody takes it for a mistake."""

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.errors import Mistake

if TYPE_CHECKING:
    from sim.scenario import Scenario


def advised(scenario: "Scenario") -> tuple[Mistake, ...]:
    """What may be meant otherwise, with its place; the scenario runs as it is."""
    return tuple(replace(one, problem=f"advice: {one.problem}") for one in scenario.advice())
