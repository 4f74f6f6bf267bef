"""What ``sim explain`` says about capacity: load and memory by role, by formula."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.units import format_duration, format_size, write_duration

if TYPE_CHECKING:
    from sim.scenario.blocks.capacity.facts import TierDemand
    from sim.scenario.blocks.capacity.plan import HistoryPlan
    from sim.scenario.plan import Plan

_ROW: Final = "{:10}{:>12}{:>14}{:>12}{:>11}{:>18}{:>15}"


def about_capacity(plan: "Plan") -> Iterator[str]:
    """Each line is whole: a row of a table, or a sentence."""
    from sim.scenario.blocks.capacity.facts import tier_demands

    demands = tier_demands(plan)
    yield _ROW.format("", "nodes", "messages/s", "time each", "load", "state per node", "in all")
    yield from map(_row, demands)
    yield from _keeping_up(plan, demands)
    if plan.capacity is not None and plan.capacity.history is not None:
        yield from _history(plan, plan.capacity.history, demands)
    yield from _fitting(demands)
    yield (
        "load is of reports alone (no copies of liars, digests or agreement), state that of the "
        "tree's own protocol with empty queues; the simulator's memory is another thing"
    )


def _row(demand: "TierDemand") -> str:
    takes = demand.messages_per_s > 0
    return _ROW.format(
        demand.name,
        f"{demand.nodes:,}",
        f"{demand.messages_per_s:,.0f}" if takes else "",
        format_duration(demand.service_ns) if demand.service_ns else "none" if takes else "",
        f"{demand.offered:.3g}" if takes else "",
        format_size(demand.state_max),
        format_size(demand.state_total),
    )


def _keeping_up(plan: "Plan", demands: "tuple[TierDemand, ...]") -> Iterator[str]:
    from sim.scenario.blocks.capacity.facts import servable_agents

    behind = [demand for demand in demands if demand.offered > 1]
    for demand in behind:
        yield (
            f"the fullest {demand.name} cannot keep up: its backlog grows by "
            f"{demand.offered - 1:.3g} s a second, and what it takes in ages by "
            f"{1 - 1 / demand.offered:.3g} s a second"
        )
    if not behind:
        yield "every tier can keep up"
    agents = servable_agents(plan)
    if agents is not None:
        yield f"without a tree the root could take in the reports of {agents:,} agents"


def _history(
    plan: "Plan", history: "HistoryPlan", demands: "tuple[TierDemand, ...]"
) -> Iterator[str]:
    keeper = demands[history.tier]
    each = "" if len({*_sizes(plan, history)}) == 1 else "at most "
    yield (
        f"history of {write_duration(history.span_ns)}, {format_size(history.record_bytes)} a "
        f"report: {each}{format_size(keeper.history_max)} at each of {keeper.nodes:,} "
        f"{keeper.name}, {format_size(keeper.history_total)} in all"
    )
    yield "dealing it to more nodes makes each one's part smaller, and the total no smaller"


def _sizes(plan: "Plan", history: "HistoryPlan") -> tuple[int, int]:
    """Of the larger and the smaller parts, in agents; they differ where they are uneven."""
    agents, nodes = plan.agents.count, plan.tiers[history.tier].count
    return -(-agents // nodes), agents // nodes


def _part(share: float) -> str:
    """Of a memory, as a share; beyond it, as a multiple."""
    return f"{share * 100:.3g} % of it" if share <= 1 else f"{share:.3g} times as much"


def _fitting(demands: "tuple[TierDemand, ...]") -> Iterator[str]:
    for demand in demands:
        if demand.memory is not None:
            share = demand.held_max / demand.memory
            fits = "fits" if share <= 1 else "does not fit"
            yield (
                f"what {demand.who} holds {fits} into its {format_size(demand.memory)}: "
                f"{_part(share)}"
            )
