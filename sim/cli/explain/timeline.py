"""What happens in a scenario and when, drawn to scale: a row for each fault, anomaly or liar."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.units import write_deviations, write_duration

if TYPE_CHECKING:
    from sim.scenario.plan import AnomalyPlan, FaultPlan, Plan

_LANE: Final = 48
"""Characters for the whole run."""


class Row(NamedTuple):
    """A line of a timeline."""

    kind: str
    at_ns: int
    until_ns: int | None
    """None: to the end."""
    about: str


def timeline(plan: "Plan", rows: list[Row]) -> Iterator[str]:
    """A scale, and each row below it; at least one row."""
    width = max(len(row.kind) for row in rows)
    end = write_duration(plan.duration_ns)
    yield f"  {'':{width}}  0s{end:>{_LANE - 2}}"
    for row in rows:
        until = "the end" if row.until_ns is None else write_duration(row.until_ns)
        span = f"{write_duration(row.at_ns)} to {until}"
        yield f"  {row.kind:{width}}  {_lane(plan, row)}  {span}, {row.about}"


def of_fault(fault: "FaultPlan") -> Row:
    """What it does, and to whom."""
    return Row(fault.kind, fault.at_ns, fault.until_ns, _target(fault))


def of_anomaly(anomaly: "AnomalyPlan") -> Row:
    """Whose values change, and by how much."""
    about = " ".join(anomaly.agents)
    if "size" in anomaly.options:
        about += f", {write_deviations(anomaly.options['size'])}"
    if "factor" in anomaly.options:
        about += f", {anomaly.options['factor']:g} times"
    if anomaly.jitter_ns:
        about += f", up to {write_duration(anomaly.jitter_ns)} late"
    return Row(anomaly.kind, anomaly.at_ns, anomaly.until_ns, about)


def _lane(plan: "Plan", row: Row) -> str:
    """The time in which something holds, drawn to scale; at least one mark."""
    until_ns = plan.duration_ns if row.until_ns is None else row.until_ns
    first = min(row.at_ns * _LANE // plan.duration_ns, _LANE - 1)
    last = min(max(round(until_ns * _LANE / plan.duration_ns), first + 1), _LANE)
    return "." * first + "#" * (last - first) + "." * (_LANE - last)


def _target(fault: "FaultPlan") -> str:
    options = fault.options
    if "groups" in options:
        between = " -> " if options["one_way"] else " | "
        cuts = [options["groups"], *([options["then"]] if "then" in options else [])]
        told = [between.join(" ".join(group) for group in groups) for groups in cuts]
        return ("on a ring: " if "reach" in options else "") + ", then ".join(told)
    if options.get("link"):
        return " - ".join(options["link"])
    return " ".join(options.get("nodes") or [options["site"]])
