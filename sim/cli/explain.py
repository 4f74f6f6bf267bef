"""``sim explain``: what a scenario says, with every default filled in, and what it amounts to."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from sim.cli.output import say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, ScenarioFile, Seed
from sim.units import format_duration, write_duration, write_frequency

if TYPE_CHECKING:
    from sim.scenario.facts import SiteFacts
    from sim.scenario.plan import FaultPlan, Plan

_LANE: Final = 48


def explain(
    file: ScenarioFile,
    changes: Overrides = None,
    seed: Seed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show a scenario with every default, and what it amounts to."""
    from sim.scenario import load_scenario, resolved_yaml
    from sim.scenario.facts import site_facts

    plan = load_scenario(file, changes or [], seed).plan
    if as_json:
        say_json(_report(plan, site_facts(plan)))
        return
    if not quiet:
        say("\n".join(_summary(plan, site_facts(plan))))
    say(resolved_yaml(plan).rstrip())


def _report(plan: "Plan", sites: "SiteFacts") -> dict[str, object]:
    from sim.scenario.facts import tier_facts, traffic_facts

    return {
        "plan": asdict(plan),
        "tree": [asdict(tier) for tier in tier_facts(plan)],
        "topology": asdict(sites),
        "messages": dict(traffic_facts(plan)),
    }


def _summary(plan: "Plan", sites: "SiteFacts") -> Iterator[str]:
    yield f"{plan.name}: {plan.about}" if plan.about else plan.name
    yield (
        f"{write_duration(plan.duration_ns)} of simulated time, seed {plan.seed}, "
        f"{_plural(plan.replications, 'replication')}"
    )
    yield from ("", "Tree", *_tree(plan))
    yield from ("", "Topology", *_topology(plan, sites))
    if plan.faults:
        yield from ("", "Faults", *_timeline(plan))
    yield from ("", "Messages up the tree", *_traffic(plan))
    yield from ("", "The scenario with every default", "")


def _tree(plan: "Plan") -> Iterator[str]:
    from sim.scenario.facts import tier_facts

    for tier in tier_facts(plan):
        row = f"  {tier.name:10}{tier.nodes:>12,}"
        if tier.children_max:
            few, many = tier.children_min, tier.children_max
            span = f"{many:,}" if few == many else f"{few:,} or {many:,}"
            row += f"   {span + ' children each':28}"
        else:
            row += " " * 31
        if tier.messages_per_s:
            row += f" reports at {write_frequency(tier.period_ns)}"
        yield row.rstrip()


def _topology(plan: "Plan", sites: "SiteFacts") -> Iterator[str]:
    source = plan.topology.source
    name = source.options.get("name") or source.options.get("path") or source.kind
    yield f"  {name}: {_plural(sites.sites, 'site')}, {_plural(sites.links, 'link')}"
    if sites.sites > 1:
        ends = " to ".join(sites.farthest)
        yield (
            f"  one way between two sites: {format_duration(sites.delay_ns_mean)} on average, "
            f"{format_duration(sites.delay_ns_max)} at most ({ends})"
        )


def _timeline(plan: "Plan") -> Iterator[str]:
    width = max(len(fault.kind) for fault in plan.faults)
    end = write_duration(plan.duration_ns)
    yield f"  {'':{width}}  0s{end:>{_LANE - 2}}"
    for fault in plan.faults:
        until = "the end" if fault.until_ns is None else write_duration(fault.until_ns)
        span = f"{write_duration(fault.at_ns)} to {until}"
        yield f"  {fault.kind:{width}}  {_lane(plan, fault)}  {span}, {_target(fault)}"


def _lane(plan: "Plan", fault: "FaultPlan") -> str:
    """The time in which a fault holds, drawn to scale; at least one mark."""
    until_ns = plan.duration_ns if fault.until_ns is None else fault.until_ns
    first = min(fault.at_ns * _LANE // plan.duration_ns, _LANE - 1)
    last = min(max(round(until_ns * _LANE / plan.duration_ns), first + 1), _LANE)
    return "." * first + "#" * (last - first) + "." * (_LANE - last)


def _target(fault: "FaultPlan") -> str:
    options = fault.options
    if "groups" in options:
        sides = [" ".join(group) for group in options["groups"]]
        return (" -> " if options["one_way"] else " | ").join(sides)
    if options.get("link"):
        return " - ".join(options["link"])
    return " ".join(options.get("nodes") or [options["site"]])


def _traffic(plan: "Plan") -> Iterator[str]:
    from sim.scenario.facts import traffic_facts

    traffic = traffic_facts(plan)
    words = f"  {traffic['per_s']:,.0f} a second, {traffic['in_a_run']:,.0f} in a run"
    if plan.replications > 1:
        words += f", {traffic['in_all_runs']:,.0f} in all {plan.replications} runs"
    yield words


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
