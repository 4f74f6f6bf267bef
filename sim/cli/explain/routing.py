"""What ``sim explain`` says about routing: who sends what and when, and what lines are offered."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.units import write_bit_rate, write_deviations, write_duration, write_frequency, write_share

if TYPE_CHECKING:
    from sim.scenario.blocks.routing.facts import LineFacts, RoutingFacts
    from sim.scenario.blocks.routing.plan import RoutingPlan
    from sim.scenario.plan import Plan
    from sim.scenario.variant import Variant


def about_routing(plan: "Plan") -> Iterator[str]:
    """Sources, classes, lines, and what silence means."""
    from sim.scenario.blocks.routing.facts import routing_facts

    routing, facts = plan.routing, routing_facts(plan)
    assert routing is not None, "a plan without routing has nothing to tell"
    assert facts is not None, "a plan with routing has facts about it"
    yield (
        f"every {write_duration(routing.every_ns)} an agent looks at itself and sends "
        f"{_when(routing.send)}: {facts.update_bytes} bytes, one message a hop"
    )
    yield (
        f"urgent from {routing.classes.urgent:g} of its own deviations on, critical from "
        f"{routing.classes.critical:g}; until {write_duration(routing.learn_ns)} all is routine"
    )
    yield _order(routing)
    yield from (_line(line, routing) for line in facts.lines)
    yield _death(routing, facts)


def _when(send: "Variant") -> str:
    options = send.options
    if send.kind == "on_delta":
        return f"what has moved by more than {write_deviations(options['delta'])}"
    if send.kind == "adaptive":
        return f"what has moved most, {write_share(options['share'])} of it in the long run"
    if send.kind == "geometric":
        side = write_deviations(options["threshold"])
        return f"with all others, if one of them doubts on which side of {side} the mean is"
    return "what it sees"


_ORDER: Final = {
    "fifo": "first come, first served",
    "priority": "by class, strictly; the line is never taken from who has it",
    "fair": "by fair queueing, an equal share of the line for each child",
    "age": "by age, weighted by class",
}


def _order(routing: "RoutingPlan") -> str:
    order = f"routers serve {_ORDER[routing.discipline.kind]}"
    if routing.admission is None:
        return f"{order}; every claim to be important is believed"
    claims = write_frequency(routing.admission.claim_ns)
    return (
        f"{order}; what an agent claims beyond {claims}, {routing.admission.burst} at once, is "
        "served as routine"
    )


def _line(line: "LineFacts", routing: "RoutingPlan") -> str:
    most = "" if routing.send.kind == "periodic" else "at most "
    offered = f"{line.tier}: {line.agents:,} agents, {most}{line.updates_per_s:,.4g} messages/s"
    if routing.rate_bps is None:
        offered += " on a line without a rate"
    else:
        offered += f", {line.load * 100:.3g} % of {write_bit_rate(routing.rate_bps)}"
    flood = f"; liars add up to {line.flood_per_s:,.4g} messages/s" if line.flood_per_s else ""
    return offered + flood


def _death(routing: "RoutingPlan", facts: "RoutingFacts") -> str:
    if routing.heartbeat_ns is None:
        return "no heartbeats: who is dead counts as silent, with its last value, for ever"
    patience = write_duration(routing.missed * routing.heartbeat_ns)
    return (
        f"a heartbeat of {facts.heartbeat_bytes} bytes every {write_duration(routing.heartbeat_ns)}"
        f"; who gives no sign of life for {patience} is taken for dead"
    )
