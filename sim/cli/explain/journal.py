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
    if kept.nodes:
        yield f"  {span}, from or to {' '.join(kept.nodes)}: of {reports:,.0f} reports theirs"
    else:
        yield f"  {span}: {reports:,.0f} reports in a run, and mail and control messages"
