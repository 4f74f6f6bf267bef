"""What a run keeps of its single messages, and how many rows that may be."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.units import NS_PER_S, write_duration

if TYPE_CHECKING:
    from sim.scenario.plan import MessagesPlan, Plan


def about_journal(plan: "Plan", kept: "MessagesPlan") -> Iterator[str]:
    """When, of whom, and the reports among them."""
    from sim.scenario.facts import traffic_facts

    until_ns = min(kept.until_ns or plan.duration_ns, plan.duration_ns)
    span = f"from {write_duration(kept.from_ns)} to {write_duration(until_ns)}"
    reports = traffic_facts(plan)["per_s"] * (until_ns - kept.from_ns) / NS_PER_S
    whose = f"those from or to {' '.join(kept.nodes)}" if kept.nodes else "all"
    yield f"  {span}: {whose} of {reports:,.0f} reports, and of mail and control messages"
