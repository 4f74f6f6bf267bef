"""What routing may say and its author may not have meant."""

from collections.abc import Iterator
from typing import Final

from sim.scenario.blocks.routing.facts import (
    MESSAGES_PER_SOURCE,
    routing_facts,
    synchronised_share,
)
from sim.scenario.blocks.routing.inert import about_inert
from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.document import Path
from sim.scenario.plan import Plan
from sim.scenario.remark import Remark
from sim.units import write_bit_rate, write_deviations, write_duration

KILLERS: Final = ("crash", "site_down", "churn", "partition")
"""Faults after which an agent is silent without meaning anything by it."""


def about_routing(plan: Plan) -> Iterator[Remark]:
    """Remarks on routing in a plan without mistakes."""
    if plan.routing is not None:
        for about in (_order, _claims, _load, _silence, _learning, _thrashing, about_inert):
            yield from about(plan, plan.routing)


def _order(_: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    kind = routing.discipline.kind
    if routing.rate_bps is None and kind != "fifo":
        problem = f"lines without a rate have no queues: {kind} changes nothing"
        yield _path("discipline"), problem, "give `routing.rate`"


def _claims(_: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    kind = routing.discipline.kind
    if routing.admission is not None and kind in ("fifo", "fair"):
        problem = f"{kind} takes no notice of classes, so nobody gains by claiming one"
        yield _path("admission"), problem, "it is made for priority, or age"


def _load(plan: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    facts = routing_facts(plan)
    assert facts is not None, "there is a block"
    busy = [line for line in facts.lines if line.load > 1]
    if not busy or routing.rate_bps is None:
        return
    loads = ", ".join(f"{line.tier} {line.load:.3g}" for line in facts.lines)
    kept_back = " if every measurement were sent" if routing.send.kind != "periodic" else ""
    problem = (
        f"more is offered than lines can carry{kept_back}, as a share of their rate: {loads}; "
        "queues grow until they are full"
    )
    needed = round(max(line.load for line in busy) * routing.rate_bps)
    yield _path("rate"), problem, f"{write_bit_rate(needed)} would just be enough"


def _silence(plan: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    """Who says nothing may be dead."""
    faults = sorted({fault.kind for fault in plan.faults if fault.kind in KILLERS})
    if routing.send.kind == "periodic" or routing.heartbeat_ns is not None or not faults:
        return
    problem = f"after a {faults[0]} silence is no information: the dead count as unchanged"
    yield _path("send"), problem, "give `routing.heartbeat`"


def _learning(plan: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    if routing.learn_ns >= plan.duration_ns:
        problem = "agents learn their own level until the end: every update is routine"
        yield _path("learn"), problem, f"say less than {write_duration(plan.duration_ns)}"
    early = [one for one in plan.anomalies if one.at_ns <= routing.learn_ns]
    if early:
        problem = (
            f"{early[0].path} begins while agents learn their own level, until "
            f"{write_duration(routing.learn_ns)}: it becomes normal"
        )
        yield _path("learn"), problem, ""


def _thrashing(plan: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    """Geometric monitoring that costs more than sending everything."""
    share = synchronised_share(plan)
    if share is None or MESSAGES_PER_SOURCE * share <= 1:
        return
    agents = plan.agents.count
    threshold = write_deviations(routing.send.options["threshold"])
    problem = (
        f"would thrash: noise alone makes one of {agents:,} agents doubt its side of {threshold} "
        f"in {share * 100:.3g} % of all looks, and then all are asked and answer: "
        f"{MESSAGES_PER_SOURCE * share * agents:,.4g} messages a look, more than sending everything"
    )
    yield (*_path("send"), "threshold"), problem, "say one further away, or send periodically"


def _path(key: str) -> Path:
    return ("routing", key)
