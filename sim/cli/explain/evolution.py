"""What ``sim explain`` says about a tree that changes: its bounds, its agents, what is expected."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.units import format_duration, write_duration, write_frequency

if TYPE_CHECKING:
    from sim.scenario.blocks.evolution.facts import EvolutionFacts
    from sim.scenario.blocks.evolution.plan import EvolutionPlan, FanIn
    from sim.scenario.plan import Plan


def about_evolution(plan: "Plan") -> Iterator[str]:
    """Who is there at the start, who comes and goes, when the tree changes and what it costs."""
    from sim.scenario.blocks.evolution.facts import evolution_facts

    evolution, facts = plan.evolution, evolution_facts(plan)
    assert evolution is not None, "a plan without evolution has nothing to tell"
    assert facts is not None, "a plan with evolution has facts about it"
    names = [tier.name for tier in plan.tiers[:-1]]
    parts = zip(names, facts.start, facts.places, strict=True)
    held = ", ".join(f"{start:,} of {places:,} {name}s" for name, start, places in parts)
    yield f"at the start there are {held}; the other places are spare"
    for name, fan_in in zip(names[1:], evolution.fan_in, strict=True):
        yield _bounds(name, fan_in, borrows=evolution.borrow)
    yield _comings(evolution, facts)
    yield _epochs(evolution, facts)
    yield from _expected(evolution, facts)


def _bounds(name: str, fan_in: "FanIn", *, borrows: bool) -> str:
    few = (
        f"borrows or merges below {fan_in.minimum}" if borrows else f"merges below {fan_in.minimum}"
    )
    slack = f"; after a borrow both have {fan_in.minimum + fan_in.slack} or more" if borrows else ""
    return f"a {name} splits above {fan_in.maximum} children and {few}{slack}"


def _comings(plan: "EvolutionPlan", facts: "EvolutionFacts") -> str:
    if plan.joins_ns is None and plan.leaves_ns is None:
        return "nobody joins or leaves by chance"
    joins, leaves = (_often(each) for each in (plan.joins_ns, plan.leaves_ns))
    until = "the end" if plan.until_ns is None else write_duration(plan.until_ns)
    where = "any local with room" if plan.place == "random" else "the emptiest local"
    words = (
        f"from {write_duration(plan.from_ns)} to {until} agents join at {joins} and leave at "
        f"{leaves}, about {facts.joins:,.0f} and {facts.leaves:,.0f} in a run; who joins goes to "
        f"{where}"
    )
    if facts.full_ns is not None:
        words += f"; all places are taken after about {format_duration(facts.full_ns)}"
    if facts.empty_ns is not None:
        words += f"; nobody is left after about {format_duration(facts.empty_ns)}"
    return words


def _often(mean_ns: int | None) -> str:
    return "no rate" if mean_ns is None else write_frequency(mean_ns)


def _epochs(plan: "EvolutionPlan", facts: "EvolutionFacts") -> str:
    words = (
        f"the tree may change every {write_duration(plan.epoch_ns)}, at most one operation a node: "
        f"{facts.epochs} times; meanwhile a local's agents change by {facts.drift:+.3g} "
        f"± {facts.swing:.2g}"
    )
    shuffle = ", and all agents are dealt anew" if plan.shuffle else ""
    adapt = ", and anomalies isolate agents and give up locals" if plan.adapt else ""
    return words + shuffle + adapt


def _expected(plan: "EvolutionPlan", facts: "EvolutionFacts") -> Iterator[str]:
    """What theory knows, which is what happens if every event is followed by an epoch."""
    if facts.known_rate is not None:
        events = facts.joins + facts.leaves
        limits = f"{plan.fan_in[0].minimum}-{plan.fan_in[0].maximum}"
        yield (
            f"theory: {facts.known_rate:g} splits and merges of locals an event at {limits}, "
            f"{facts.known_rate * events:.3g} in a run; longer epochs save those that would be "
            "undone"
        )
