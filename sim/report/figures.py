"""Which figures a run has: one of its recovery, and one of everything that its scenario is about.

Each is drawn when it is asked for, of one replication.
"""

from collections.abc import Callable, Sequence
from typing import Final

from matplotlib.figure import Figure

from sim.measure.confidence import Standing
from sim.measure.tables import Tables
from sim.report.capacity.figure import capacity_figure
from sim.report.confidence.figure import confidence_figure
from sim.report.dependence.figure import dependence_figure
from sim.report.detection.figure import detection_figure
from sim.report.evolution.figure import evolution_figure
from sim.report.lies.figure import is_about_lies, lies_figure
from sim.report.recovery_figure import recovery_figure
from sim.report.routing.figure import routing_figure
from sim.scenario.plan import Plan

FIGURES: Final[dict[str, Callable[[Tables, Plan], Figure]]] = {
    "recovery": recovery_figure,
    "detection": detection_figure,
    "confidence": confidence_figure,
    "dependence": dependence_figure,
    "evolution": evolution_figure,
    "lies": lies_figure,
    "routing": routing_figure,
    "capacity": capacity_figure,
}
"""By name, in the order in which they are drawn."""


def draw(name: str, tables: Tables, plan: Plan, found: Sequence[Standing]) -> Figure:
    """A figure by its name; `found` is how intervals stand in all replications.

    Raises ResultsError where the scenario is not about it.
    """
    if name == "confidence":
        return confidence_figure(tables, plan, found)
    return FIGURES[name](tables, plan)


def names_of(tables: Tables, plan: Plan) -> list[str]:
    """The names of the figures that a run has, in order."""
    there = {
        "recovery": True,
        "detection": plan.detection is not None,
        "confidence": plan.confidence is not None and bool(tables.intervals["tier"].size),
        "dependence": plan.dependence is not None or plan.quantiles is not None,
        "evolution": plan.evolution is not None,
        "lies": is_about_lies(plan),
        "routing": plan.routing is not None,
        "capacity": plan.capacity is not None,
    }
    return [name for name in FIGURES if there[name]]
