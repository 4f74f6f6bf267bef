"""What is wrong with routing that its block alone does not show."""

from collections.abc import Iterator
from typing import Final

from sim.errors import Mistake
from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.blocks.routing.volume import LOOKS_MAX, least_every_ns, looks, messages
from sim.scenario.checks import Case
from sim.scenario.floods import MESSAGES_MAX, flooded_updates
from sim.scenario.plan import Plan
from sim.units import write_duration

BLOCK: Final = ("routing",)
AGENTS_MAX: Final = 10_000
"""Every update is a message on its own, at every hop: more would take hours."""


def check_routing(case: Case) -> Iterator[Mistake]:
    """Every mistake in `routing`."""
    plan = case.plan.routing
    if plan is None:
        return
    yield from _size(case)
    yield from _instants(case, plan)
    yield from _volume(case, plan)
    if _moves(case.plan):
        problem = "routers serve who sits below them all the time: no reseat, no rehoming"
        yield case.document.mistake(BLOCK, problem)


def _size(case: Case) -> Iterator[Mistake]:
    if len(case.plan.tiers) < 3:
        yield case.document.mistake(BLOCK, "needs local aggregators: tree.levels of 2 or more")
    if case.plan.agents.count > AGENTS_MAX:
        problem = (
            f"updates of single agents are simulated one by one, for at most {AGENTS_MAX:,} "
            f"agents, not {case.plan.agents.count:,}"
        )
        hint = "reports in columns need no routing and take a million agents"
        yield case.document.mistake(("agents", "count"), problem, hint)


def _instants(case: Case, plan: RoutingPlan) -> Iterator[Mistake]:
    end_ns = case.plan.duration_ns
    every, end = write_duration(plan.every_ns), write_duration(end_ns)
    if plan.every_ns > end_ns:
        problem = f"once every {every} never happens in a run of {end}"
        yield case.document.mistake((*BLOCK, "every"), problem)
    beat_ns = plan.heartbeat_ns
    if beat_ns == 0:
        yield case.document.mistake((*BLOCK, "heartbeat"), "must be more than 0, or left out")
    elif beat_ns is not None and beat_ns < plan.every_ns:
        problem = (
            f"every {write_duration(beat_ns)} an agent would vouch for a value at which it looks "
            f"every {every}"
        )
        yield case.document.mistake((*BLOCK, "heartbeat"), problem, f"say {every} or more")


def _volume(case: Case, plan: RoutingPlan) -> Iterator[Mistake]:
    """More than any run gets to the end of."""
    if case.plan.agents.count > AGENTS_MAX:
        return
    seen, sent = looks(case.plan, plan), messages(case.plan, plan, case.tree)
    every, end = write_duration(plan.every_ns), write_duration(case.plan.duration_ns)
    if seen > LOOKS_MAX:
        problem = (
            f"{case.plan.agents.count:,} agents that look at themselves every {every} make "
            f"{seen:,} looks in {end}, more than the {LOOKS_MAX:,} that can be simulated"
        )
        hint = f"say {write_duration(least_every_ns(case.plan, plan))} or more"
        yield case.document.mistake((*BLOCK, "every"), problem, hint)
    elif sent - flooded_updates(case.plan, case.tree) > MESSAGES_MAX:
        problem = f"agents send {sent:,} messages in {end}, more than {MESSAGES_MAX:,}"
        hint = "say a longer routing.every or routing.heartbeat, or send: on_delta"
        yield case.document.mistake((*BLOCK, "every"), problem, hint)


def _moves(plan: Plan) -> bool:
    """Whether agents get another local, or aggregators another machine, while the run goes on."""
    membership = plan.control.membership
    return plan.reseat_ns is not None or (membership is not None and membership.rehome)
