"""What a changing tree may do that its author may not have meant: told, never refused."""

from collections.abc import Iterator
from typing import Final

from sim.protocol.topology.limits import most_slack
from sim.scenario.blocks.evolution.facts import EvolutionFacts, evolution_facts
from sim.scenario.blocks.evolution.plan import EvolutionPlan
from sim.scenario.document import Path
from sim.scenario.plan import Plan
from sim.scenario.remark import Remark
from sim.units import format_duration, write_duration

BLOCK: Final = ("evolution",)
NAMES: Final = ("locals", "regionals")
UNLIKELY_SD: Final = 2.0
"""Standard deviations: one local in forty swings farther than that, to either side."""


def about_evolution(plan: Plan) -> Iterator[Remark]:
    """Remarks on a plan without mistakes."""
    facts = evolution_facts(plan)
    if plan.evolution is None or facts is None:
        return
    yield from _slack(plan.evolution)
    yield from _one_way(facts)
    yield from _epoch(plan.evolution, facts)


def _slack(plan: EvolutionPlan) -> Iterator[Remark]:
    for name, fan_in in zip(NAMES, plan.fan_in, strict=False):
        most = most_slack(fan_in.minimum, fan_in.maximum)
        if plan.borrow and fan_in.slack < most:
            edge = fan_in.minimum + fan_in.slack
            problem = (
                f"with slack {fan_in.slack} small nodes borrow until all are down to {edge}, where "
                "nearly every leave makes one borrow again"
            )
            path: Path = (*BLOCK, name, "slack")
            yield path, problem, f"leave it out, or say {most}, the most that these bounds allow"


def _one_way(facts: EvolutionFacts) -> Iterator[Remark]:
    """More come than go, or fewer, and there is an end to it in this run."""
    if facts.full_ns is not None:
        when = format_duration(facts.full_ns)
        problem = f"more join than leave: after about {when} all {facts.places[0]:,} places are"
        yield (*BLOCK, "joins"), f"{problem} taken, and nobody can join", "begin with fewer agents"
    if facts.empty_ns is not None:
        when = format_duration(facts.empty_ns)
        problem = f"more leave than join: after about {when} there is nobody left"
        yield (*BLOCK, "leaves"), problem, "begin with more agents, or let fewer leave"


def _epoch(plan: EvolutionPlan, facts: EvolutionFacts) -> Iterator[Remark]:
    """A local in the middle of its bounds should still be within them when it is looked at."""
    fan_in = plan.fan_in[0]
    half = (fan_in.maximum - fan_in.minimum) / 2
    if abs(facts.drift) + UNLIKELY_SD * facts.swing <= half:
        return
    problem = (
        f"in {write_duration(plan.epoch_ns)} a local's agents change by {facts.drift:+.3g} "
        f"± {facts.swing:.2g}: of those half way between {fan_in.minimum} and {fan_in.maximum} one "
        "in forty or more leaves these bounds before anything is done"
    )
    yield (*BLOCK, "epoch"), problem, "say less, or have wider bounds"
