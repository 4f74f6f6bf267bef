"""The page of ``sim explain``: what a scenario amounts to, section by section.

A section is a title and lines; blocks that a scenario does not have have none.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from sim.cli.explain.capacity import about_capacity
from sim.cli.explain.confidence import about_confidence
from sim.cli.explain.control import about_control
from sim.cli.explain.dependence import about_dependence
from sim.cli.explain.detection import about_detection
from sim.cli.explain.evolution import about_evolution
from sim.cli.explain.journal import about_journal
from sim.cli.explain.lies import about_lies, has_lies, who_lies
from sim.cli.explain.outages import about_outages
from sim.cli.explain.routing import about_routing
from sim.cli.explain.timeline import Row, of_anomaly, of_fault, timeline
from sim.cli.explain.wrapped import lines, notes
from sim.units import format_count, format_duration, write_duration, write_frequency

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.facts import SiteFacts
    from sim.scenario.plan import Plan

FAULTS_TOLD: Final = 40
"""Chance may bring hundreds."""

Section = tuple[str, Iterable[str]]


def summary(scenario: "Scenario", sites: "SiteFacts") -> Iterator[str]:
    """The lines of the page, down to the title of the scenario that is written below it."""
    plan = scenario.plan
    yield f"{plan.name}: {plan.about}" if plan.about else plan.name
    yield (
        f"{write_duration(plan.duration_ns)} of simulated time, seed {plan.seed}, "
        f"{format_count(plan.replications, 'replication')}"
    )
    for title, told in (*_world(plan, sites), *_blocks(plan), *_amounts(scenario)):
        yield from ("", title, *told)
    yield from ("", "The scenario with every default", "")


def _world(plan: "Plan", sites: "SiteFacts") -> Iterator[Section]:
    """Who is there, where, and what happens to them."""
    yield "Tree", _tree(plan)
    yield "Topology", _topology(plan, sites)
    if plan.faults:
        yield "Faults", _faults(plan)
    if plan.anomalies:
        yield "Anomalies", timeline(plan, [*map(of_anomaly, plan.anomalies)])
    if plan.muted.paths:
        yield "Muted", [f"  {', '.join(plan.muted.paths)}: all else is drawn as if they acted"]


def _blocks(plan: "Plan") -> Iterator[Section]:
    """What the tree does beyond publishing means."""
    if plan.detection:
        yield "Detection", about_detection(plan, plan.detection)
    if has_lies(plan):
        yield "Liars", _lies(plan)
    if not plan.control.is_empty:
        yield "Control plane", lines(about_control(plan))
    if plan.confidence:
        yield "Confidence", lines(about_confidence(plan, plan.confidence))
    if plan.dependence or plan.quantiles:
        yield "Dependence and quantiles", lines(about_dependence(plan))
    if plan.routing:
        yield "Updates of single agents", lines(about_routing(plan))
    if plan.evolution:
        yield "A tree that changes", lines(about_evolution(plan))
    if plan.capacity:
        yield "Capacity", lines(about_capacity(plan))


def _amounts(scenario: "Scenario") -> Iterator[Section]:
    """How much there is to simulate."""
    yield "Messages up the tree", _traffic(scenario.plan)
    if scenario.plan.journal.messages:
        yield "Messages that are kept", about_journal(scenario.plan, scenario.plan.journal.messages)
    if scenario.cells:
        yield "Sweep", _sweep(scenario)


def _faults(plan: "Plan") -> Iterator[str]:
    """Those of the file, and what chance makes of processes under the scenario's seed."""
    from sim.engine.faults.outages import with_outages
    from sim.scenario.outages import OUTAGES

    drawn = with_outages(plan, plan.seed)
    if drawn.faults:
        yield from timeline(plan, [*map(of_fault, drawn.faults[:FAULTS_TOLD])])
    if len(drawn.faults) > FAULTS_TOLD:
        yield f"  and {len(drawn.faults) - FAULTS_TOLD} more"
    for process in plan.faults:
        if process.kind == OUTAGES:
            yield from lines([about_outages(process, drawn)])


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
    yield f"  {name}: {format_count(sites.sites, 'site')}, {format_count(sites.links, 'link')}"
    if sites.sites > 1:
        ends = " to ".join(sites.farthest)
        yield (
            f"  one way between two sites: {format_duration(sites.delay_ns_mean)} on average, "
            f"{format_duration(sites.delay_ns_max)} at most ({ends})"
        )
    if sites.late_ns:
        late = format_duration(sites.late_ns)
        yield f"  each pair with a tail of its own: 1 message in 100 is late by {late} or more"


def _lies(plan: "Plan") -> Iterator[str]:
    from sim.scenario.lie_facts import lie_facts

    facts = lie_facts(plan)
    if plan.adversaries:
        parts = zip(plan.adversaries, facts.adversaries, strict=True)
        rows = [Row(one.kind, one.at_ns, one.until_ns, who_lies(one, part)) for one, part in parts]
        yield from timeline(plan, rows)
    yield from lines(about_lies(plan, facts))
    yield from notes(facts.notes)


def _traffic(plan: "Plan") -> Iterator[str]:
    from sim.scenario.facts import traffic_facts

    traffic = traffic_facts(plan)
    words = f"  {traffic['per_s']:,.0f} a second, {traffic['in_a_run']:,.0f} in a run"
    if plan.replications > 1:
        words += f", {traffic['in_all_runs']:,.0f} in all {plan.replications} runs"
    yield words


def _sweep(scenario: "Scenario") -> Iterator[str]:
    from sim.scenario.grid import grid_facts

    facts = grid_facts(scenario.cells)
    cells, runs = format_count(facts.cells, "cell"), format_count(facts.runs, "run")
    replications = format_count(scenario.plan.replications, "replication")
    yield f"  {cells} with {replications} each: {runs}, {facts.messages:,.0f} messages"
