"""From what nodes know to what they claim: a method's interval, and what it is widened for.

The mean of a process is that of the law from which sources were drawn, so what is old is as good as
what is new, unless all of them swing together. The mean of the population is of these very agents
in the newest finished pane: whoever is heard was not drawn (finite population correction, Cochran,
Sampling Techniques, 1977, section 10.3), and what is old is of a time when they were elsewhere.
"""

import math
from dataclasses import dataclass

import numpy as np

from sim.engine.confidence.heard import Heard
from sim.protocol.resolver.drift import OrnsteinUhlenbeck
from sim.protocol.resolver.spans import Span, noise_factor
from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.scenario.plan import Plan
from sim.stats.confidence.clustered import Clustered
from sim.stats.confidence.components import components
from sim.stats.confidence.contract import Floats, Group, Interval, Method
from sim.stats.confidence.diagnosis import Evidence, Finding, diagnose
from sim.stats.confidence.pooled import Pooled
from sim.stats.confidence.registry import make_interval
from sim.stats.confidence.widening import widened
from sim.stats.confidence.worst_case import worst_case

OVER_CHILDREN = ("dersimonian_laird", "hartung_knapp")
"""Methods over what children claim; agents claim nothing, and alike ones make it the clustered."""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What the nodes of a tier claim of every feature, (nodes, features), and what is wrong."""

    interval: Interval
    naive: Interval
    """All values taken for independent."""
    broken: tuple[str, ...]
    """Assumptions of the interval that do not hold somewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """How far what is known may be from what is now: a variance, and a bound beside it."""

    variance: Floats
    """(nodes, features)."""
    at_most: Floats
    """(nodes, 1)."""


class Claims:
    """How the nodes of one run state their intervals."""

    def __init__(self, asked: ConfidencePlan, plan: Plan) -> None:
        self._asked = asked
        self._plan = plan
        self._options = plan.agents.behaviour.options
        self.method = _method(asked)

    def state(self, heard: Heard, group: Group, share: Floats, last_pane: int) -> Claim:
        """The claim about a finished pane, from `share` (nodes, 1) of a node's sources."""
        method = self._method_at(heard)
        plain = method.interval(group, self._asked.level)
        within = "coverage" in self._asked.widen
        if self._asked.of == "population":
            plain = self._of_these(plain, group, np.ones_like(share) if within else share)
        moved = self._moved(heard, group, last_pane)
        evidence = Evidence(
            group,
            plain,
            heard=1.0 if within else share,
            declared=self._asked.range,
            moved=0.0 if "age" in self._asked.widen else moved.variance + moved.at_most**2,
        )
        broken = tuple(self._name(finding) for finding in diagnose(method, evidence))
        wide = self._widened(plain, moved, share)
        return Claim(wide, Pooled().interval(group, self._asked.level), broken)

    def _name(self, finding: Finding) -> str:
        return finding.assumption

    def _method_at(self, heard: Heard) -> Method:
        is_over_agents = heard.tier.is_local and self.method.name in OVER_CHILDREN
        return Clustered() if is_over_agents else self.method

    def _widened(self, interval: Interval, moved: Movement, share: Floats) -> Interval:
        if "age" in self._asked.widen:
            interval = widened(interval, moved.variance, at_most=moved.at_most)
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

    def _of_these(self, drawn: Interval, group: Group, share: Floats) -> Interval:
        """The interval of the mean of these very sources, of which a share is heard.

        What is left of the error of drawing them is that of the missing; of their values in the
        pane those are missing that are still under way.
        """
        error = np.sqrt(1 - share) * drawn.standard_error
        whole = group.sources * self._plan.baseline.pane_ns / self._plan.agents.period_ns
        with np.errstate(divide="ignore", invalid="ignore"):
            unheard = np.clip(1 - group.count / whole, 0.0, 1.0)
            noise = share * unheard * components(group).within / group.count
        left = Interval.of(drawn.centre, error, drawn.level, degrees=drawn.degrees)
        return widened(left, np.nan_to_num(noise), degrees=group.count - group.sources)

    def _moved(self, heard: Heard, group: Group, last_pane: int) -> Movement:
        """Of units whose newest pane is not the last one, by their share of the node's sources."""
        tier = heard.tier
        weight = heard.sources / np.maximum(tier.sums(heard.sources), 1)[tier.node_of]
        behind = np.where(heard.sources > 0, last_pane - heard.pane, 0)
        if self._asked.of == "process":
            return self._swung(tier.sums(weight * self._swing(behind)), group)
        drift = np.array([self._drift(int(age)) for age in behind])
        noise = np.where(behind > 0, self._noise(), 0.0)
        agents, values = np.maximum(heard.sources, 1), np.maximum(heard.count, 1)
        drifted = tier.sums(weight**2 * drift / agents)[:, None]
        replaced = tier.sums(weight**2 * noise / values)[:, None]
        spread = np.nan_to_num(components(group).within)
        return Movement(drifted + replaced * spread, np.zeros((len(tier.nodes), 1)))

    def _swung(self, at_most: Floats, group: Group) -> Movement:
        return Movement(np.zeros_like(group.mean), at_most[:, None])

    def _swing(self, behind: Floats) -> Floats:
        """The most that a common sine can have moved, whatever its phase, in so many panes."""
        season = self._options.get("season")
        if not season or season.get("phase") != "common":
            return np.zeros(len(behind))
        turns = np.minimum(behind * self._plan.baseline.pane_ns / season["period_ns"], 0.5)
        return np.asarray(2 * season["amplitude"] * np.sin(math.pi * turns))

    def _drift(self, behind: int) -> float:
        """Variance of the movement of one agent's mean over a pane, in so many panes."""
        drift = self._options.get("drift")
        if not behind or not drift:
            return 0.0
        law = OrnsteinUhlenbeck(np.array([drift["sd"]]), drift["tau_ns"])
        return float(law.between(*self._spans(behind), agents=1)[0])

    def _noise(self) -> float:
        """Two panes have no values in common."""
        return noise_factor(*self._spans(1))

    def _spans(self, behind: int) -> tuple[Span, Span]:
        pane_ns = self._plan.baseline.pane_ns
        return Span(0, pane_ns), Span(behind * pane_ns, (behind + 1) * pane_ns)


def _method(asked: ConfidencePlan) -> Method:
    """The method of a plan; a sequence is about the process, as everything that is not finite."""
    options = dict(asked.interval.options)
    if asked.interval.kind == "sequence":
        options["of"] = "process"
    return make_interval(asked.interval.kind, options)
