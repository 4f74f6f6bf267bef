"""From what nodes know to what they claim: a method's interval, and what it is widened for.

The mean of a process is that of the law from which sources were drawn, so what is old is as good as
what is new, unless all of them swing together. The mean of the population is of these very agents
in the newest finished pane: whoever is heard was not drawn (finite population correction, Cochran,
Sampling Techniques, 1977, section 10.3), and what is old is of a time when they were elsewhere.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.confidence.heard import Heard
from sim.engine.confidence.movement import Movement
from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.stats.confidence.clustered import Clustered
from sim.stats.confidence.components import components
from sim.stats.confidence.contract import Floats, Group, Interval, Method
from sim.stats.confidence.diagnosis import Evidence, diagnose
from sim.stats.confidence.pooled import Pooled
from sim.stats.confidence.registry import make_interval
from sim.stats.confidence.widening import widened
from sim.stats.confidence.worst_case import worst_case

OVER_CHILDREN: Final = ("dersimonian_laird", "hartung_knapp")
"""Methods over what children claim. Agents claim nothing; alike ones make it the clustered one."""
OF_DRAWING: Final = ("sources_alike", "children_alike", "sources_enough", "children_enough")
"""Assumptions about how sources were drawn; whoever asks for these very sources needs none."""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What the nodes of a tier claim of every feature, (nodes, features), and what is wrong."""

    interval: Interval
    naive: Interval
    """All values taken for independent."""
    broken: tuple[str, ...]
    """Assumptions of the interval that do not hold somewhere."""


class Claims:
    """How the nodes of one run state their intervals."""

    def __init__(self, asked: ConfidencePlan, movement: Movement) -> None:
        self._asked = asked
        self._movement = movement
        self.method = _method(asked)

    def state(self, heard: Heard, group: Group, share: Floats, last_pane: int) -> Claim:
        """The claim about a finished pane, from `share` (nodes, 1) of each node's sources."""
        method, asked = self._method_at(heard), self._asked
        plain, moved, bound = method.interval(group, asked.level), np.zeros(1), np.zeros(1)
        if asked.of == "population":
            plain, moved = self._of_these(plain, heard, group, share, last_pane)
        elif method.name == "sequence":
            bound = np.array([self._movement.swing])
        else:
            bound = self._movement.swung(heard, last_pane)[:, None]
        evidence = Evidence(
            group,
            plain,
            heard=1.0 if "coverage" in asked.widen else share,
            declared=asked.range,
            bounded=1 - share if "coverage" in asked.widen else 0.0,
            moved=0.0 if "age" in asked.widen else moved + bound**2,
        )
        wide = self._widened(plain, moved, bound, share)
        broken = self._broken(method, evidence)
        return Claim(wide, Pooled().interval(group, asked.level), broken)

    def _method_at(self, heard: Heard) -> Method:
        is_over_agents = heard.tier.is_local and self.method.name in OVER_CHILDREN
        return Clustered() if is_over_agents else self.method

    def _of_these(
        self, drawn: Interval, heard: Heard, group: Group, share: Floats, last_pane: int
    ) -> tuple[Interval, Floats]:
        """The interval of the mean of these very agents, and the variance that age adds to it.

        Each agent weighs the same, however many of its values have come. Of the error of drawing
        agents, that of the missing ones is left, unless their share is bounded apart.
        """
        missing = np.zeros_like(share) if "coverage" in self._asked.widen else 1 - share
        lag = self._movement.unheard(heard, last_pane)
        within = np.nan_to_num(components(group).within)
        with np.errstate(invalid="ignore"):
            error = np.where(missing > 0, np.sqrt(missing) * drawn.standard_error, 0.0)
        left = Interval.of(group.source_mean, error, drawn.level, degrees=drawn.degrees)
        values = np.maximum(group.count - group.sources, 1)
        now = widened(left, lag.unheard[:, None] * within, degrees=values)
        return now, lag.replaced[:, None] * within + lag.drifted[:, None]

    def _widened(self, interval: Interval, moved: Floats, bound: Floats, share: Floats) -> Interval:
        if "age" in self._asked.widen:
            interval = widened(interval, moved, at_most=bound)
        if "coverage" not in self._asked.widen:
            return interval
        low, high = worst_case(interval, share, *self._asked.range)
        return Interval.of(
            (low + high) / 2,
            interval.standard_error,
            interval.level,
            degrees=interval.degrees,
            half_width=(high - low) / 2,
        )

    def _broken(self, method: Method, evidence: Evidence) -> tuple[str, ...]:
        found = [finding.assumption for finding in diagnose(method, evidence)]
        needless = OF_DRAWING if self._asked.of == "population" else ()
        return tuple(name for name in found if name not in needless)


def _method(asked: ConfidencePlan) -> Method:
    """The method of a plan; a sequence is about the process."""
    options = dict(asked.interval.options)
    if asked.interval.kind == "sequence":
        options["of"] = "process"
    return make_interval(asked.interval.kind, options)
