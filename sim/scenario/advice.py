"""What a scenario may say and its author may not have meant: told with its place, never refused.

Each subject has a file of its own, named in `SUBJECTS`.
"""

from collections.abc import Callable, Iterator
from typing import Final

from sim.errors import Mistake
from sim.scenario.blocks.capacity.advice import about_capacity
from sim.scenario.blocks.confidence.advice import about_intervals
from sim.scenario.blocks.dependence.advice import about_dependence
from sim.scenario.blocks.evolution.advice import about_evolution
from sim.scenario.blocks.routing.advice import about_routing
from sim.scenario.control_advice import about_control
from sim.scenario.detection_advice import about_detection
from sim.scenario.document import Document
from sim.scenario.floor_advice import about_floor
from sim.scenario.multiplicity_advice import about_multiplicity
from sim.scenario.outage_advice import about_outages
from sim.scenario.plan import Plan
from sim.scenario.remark import Remark

SUBJECTS: Final[tuple[Callable[[Plan], Iterator[Remark]], ...]] = (
    about_capacity,
    about_control,
    about_dependence,
    about_detection,
    about_floor,
    about_multiplicity,
    about_intervals,
    about_evolution,
    about_routing,
    about_outages,
)


def advice(plan: Plan, document: Document) -> tuple[Mistake, ...]:
    """Remarks on a plan without mistakes, each where it stands in the document, in order."""
    told = [
        document.mistake(path, problem, hint)
        for about in SUBJECTS
        for path, problem, hint in about(plan)
    ]
    return tuple(sorted(told, key=lambda one: (one.line, one.column, one.path, one.problem)))
