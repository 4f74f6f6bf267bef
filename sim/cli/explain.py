"""``sim explain``: what a scenario says, with every default filled in, and what it amounts to."""

from collections.abc import Iterator
from dataclasses import asdict
from textwrap import wrap
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.cli.advised import advised
from sim.cli.explain_capacity import about_capacity
from sim.cli.explain_confidence import about_confidence
from sim.cli.explain_control import about_control
from sim.cli.explain_dependence import about_dependence
from sim.cli.explain_evolution import about_evolution
from sim.cli.explain_lies import about_lies, has_lies, who_lies
from sim.cli.explain_routing import about_routing
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, ScenarioFile, Seed
from sim.units import (
    format_count,
    format_duration,
    write_deviations,
    write_duration,
    write_frequency,
)

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.facts import SiteFacts
    from sim.scenario.plan import AnomalyPlan, DetectionPlan, FaultPlan, Plan, Variant

_LANE: Final = 48
_WORD_WRAP: Final = 96


class _Row(NamedTuple):
    """A line of a timeline."""

    kind: str
    at_ns: int
    until_ns: int | None
    about: str


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

    scenario = load_scenario(file, changes or [], seed)
    plan = scenario.plan
    if as_json:
        say_json(_report(scenario, site_facts(plan)))
        return
    for one in advised(scenario):
        note(str(one), quiet=quiet)
    if not quiet:
        say("\n".join(_summary(scenario, site_facts(plan))))
    say(resolved_yaml(plan).rstrip())


def _report(scenario: "Scenario", sites: "SiteFacts") -> dict[str, object]:
    from sim.scenario.blocks.capacity.facts import tier_demands
    from sim.scenario.blocks.evolution.facts import evolution_facts
    from sim.scenario.blocks.routing.facts import routing_facts
    from sim.scenario.control_facts import control_facts
    from sim.scenario.detection_facts import detection_facts
    from sim.scenario.facts import tier_facts, traffic_facts
    from sim.scenario.grid import grid_facts
    from sim.scenario.lie_facts import lie_facts

    plan = scenario.plan
    detection, control = detection_facts(plan), control_facts(plan)
    evolution, routing = evolution_facts(plan), routing_facts(plan)
    return {
        "plan": asdict(plan),
        "tree": [asdict(tier) for tier in tier_facts(plan)],
        "topology": asdict(sites),
        "messages": dict(traffic_facts(plan)),
        "detection": asdict(detection) if detection else None,
        "lies": asdict(lie_facts(plan)) if has_lies(plan) else None,
        "control": asdict(control) if control else None,
        "routing": asdict(routing) if routing else None,
        "evolution": asdict(evolution) if evolution else None,
        "capacity": [*map(asdict, tier_demands(plan))] if plan.capacity else None,
        "advice": [asdict(one) for one in scenario.advice()],
        "sweep": asdict(grid_facts(scenario.cells)) if scenario.cells else None,
    }


def _summary(scenario: "Scenario", sites: "SiteFacts") -> Iterator[str]:
    plan = scenario.plan
    yield f"{plan.name}: {plan.about}" if plan.about else plan.name
    yield (
        f"{write_duration(plan.duration_ns)} of simulated time, seed {plan.seed}, "
        f"{format_count(plan.replications, 'replication')}"
    )
    yield from ("", "Tree", *_tree(plan))
    yield from ("", "Topology", *_topology(plan, sites))
    if plan.faults:
        yield from ("", "Faults", *_timeline(plan, [*map(_of_fault, plan.faults)]))
    if plan.anomalies:
        yield from ("", "Anomalies", *_timeline(plan, [*map(_of_anomaly, plan.anomalies)]))
    if plan.detection:
        yield from ("", "Detection", *_detection(plan, plan.detection))
    if has_lies(plan):
        yield from ("", "Liars", *_lies(plan))
    if not plan.control.is_empty:
        yield from ("", "Control plane", *_control(plan))
    if plan.confidence:
        yield from ("", "Confidence", *_lines(about_confidence(plan, plan.confidence)))
    if plan.dependence or plan.quantiles:
        yield from ("", "Dependence and quantiles", *_lines(about_dependence(plan)))
    if plan.routing:
        yield from ("", "Updates of single agents", *_lines(about_routing(plan)))
    if plan.evolution:
        yield from ("", "A tree that changes", *_lines(about_evolution(plan)))
    if plan.capacity:
        yield from ("", "Capacity", *_lines(about_capacity(plan)))
    yield from ("", "Messages up the tree", *_traffic(plan))
    if scenario.cells:
        yield from ("", "Sweep", *_sweep(scenario))
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
    yield f"  {name}: {format_count(sites.sites, 'site')}, {format_count(sites.links, 'link')}"
    if sites.sites > 1:
        ends = " to ".join(sites.farthest)
        yield (
            f"  one way between two sites: {format_duration(sites.delay_ns_mean)} on average, "
            f"{format_duration(sites.delay_ns_max)} at most ({ends})"
        )


def _timeline(plan: "Plan", rows: list[_Row]) -> Iterator[str]:
    width = max(len(row.kind) for row in rows)
    end = write_duration(plan.duration_ns)
    yield f"  {'':{width}}  0s{end:>{_LANE - 2}}"
    for row in rows:
        until = "the end" if row.until_ns is None else write_duration(row.until_ns)
        span = f"{write_duration(row.at_ns)} to {until}"
        yield f"  {row.kind:{width}}  {_lane(plan, row)}  {span}, {row.about}"


def _lane(plan: "Plan", row: _Row) -> str:
    """The time in which something holds, drawn to scale; at least one mark."""
    until_ns = plan.duration_ns if row.until_ns is None else row.until_ns
    first = min(row.at_ns * _LANE // plan.duration_ns, _LANE - 1)
    last = min(max(round(until_ns * _LANE / plan.duration_ns), first + 1), _LANE)
    return "." * first + "#" * (last - first) + "." * (_LANE - last)


def _of_fault(fault: "FaultPlan") -> _Row:
    return _Row(fault.kind, fault.at_ns, fault.until_ns, _target(fault))


def _of_anomaly(anomaly: "AnomalyPlan") -> _Row:
    about = " ".join(anomaly.agents)
    if "size" in anomaly.options:
        about += f", {write_deviations(anomaly.options['size'])}"
    if "factor" in anomaly.options:
        about += f", {anomaly.options['factor']:g} times"
    if anomaly.jitter_ns:
        about += f", up to {write_duration(anomaly.jitter_ns)} late"
    return _Row(anomaly.kind, anomaly.at_ns, anomaly.until_ns, about)


def _detection(plan: "Plan", detection: "DetectionPlan") -> Iterator[str]:
    from sim.scenario.detection_facts import detection_facts

    facts = detection_facts(plan)
    assert facts is not None, "a plan with detection has facts about it"
    watching = format_count(facts.watching, "local")
    decisions = format_count(facts.decisions, "decision")
    yield f"  {_named(detection.detector)} at {watching}, against {_NORMAL[detection.scope]}"
    deciding = {"local": "at every local", "region": "in every region", "root": "at the root"}
    yield (
        f"  {_named(detection.control)} decides {deciding[detection.decide]}: "
        f"{decisions}, one every {write_duration(detection.every_ns)}, "
        f"{write_duration(detection.wait_ns)} after scores are sent, "
        f"from {write_duration(facts.begin_ns)} on"
    )
    for remark in facts.notes:
        yield from wrap(remark, _WORD_WRAP, initial_indent="  note: ", subsequent_indent="    ")


_NORMAL: Final = {
    "own": "each agent's own history",
    "local": "what is normal under the same local",
    "region": "what the region publishes as normal",
    "population": "what the root publishes as normal",
}


def _named(variant: "Variant") -> str:
    """The kind, with the options that make it what it is."""
    shown = []
    for key, value in variant.options.items():
        if value is not None and key in _SHOWN:
            words = write_duration(value) if key.endswith("_ns") else str(value)
            shown.append(f"{key.removesuffix('_ns')} {words}")
    return f"{variant.kind} ({', '.join(shown)})" if shown else variant.kind


_SHOWN: Final = (
    "alpha",
    "half_life_ns",
    "pool",
    "quantile",
    "quota",
    "restart_ns",
    "score",
    "statistic",
)


def _sweep(scenario: "Scenario") -> Iterator[str]:
    from sim.scenario.grid import grid_facts

    facts = grid_facts(scenario.cells)
    cells, runs = format_count(facts.cells, "cell"), format_count(facts.runs, "run")
    replications = format_count(scenario.plan.replications, "replication")
    yield f"  {cells} with {replications} each: {runs}, {facts.messages:,.0f} messages"


def _lies(plan: "Plan") -> Iterator[str]:
    from sim.scenario.lie_facts import lie_facts

    facts = lie_facts(plan)
    if plan.adversaries:
        parts = zip(plan.adversaries, facts.adversaries, strict=True)
        rows = [_Row(one.kind, one.at_ns, one.until_ns, who_lies(one, part)) for one, part in parts]
        yield from _timeline(plan, rows)
    for line in about_lies(plan, facts):
        yield from wrap(line, _WORD_WRAP, initial_indent="  ", subsequent_indent="    ")
    for remark in facts.notes:
        yield from wrap(remark, _WORD_WRAP, initial_indent="  note: ", subsequent_indent="    ")


def _control(plan: "Plan") -> Iterator[str]:
    from sim.scenario.control_facts import control_facts

    facts = control_facts(plan)
    assert facts is not None, "a plan with a control plane has facts about it"
    for line in about_control(plan, facts):
        yield from wrap(line, _WORD_WRAP, initial_indent="  ", subsequent_indent="    ")


def _lines(sentences: Iterator[str]) -> Iterator[str]:
    """Sentences in the width of the page."""
    for sentence in sentences:
        yield from wrap(sentence, _WORD_WRAP, initial_indent="  ", subsequent_indent="    ")


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


def _traffic(plan: "Plan") -> Iterator[str]:
    from sim.scenario.facts import traffic_facts

    traffic = traffic_facts(plan)
    words = f"  {traffic['per_s']:,.0f} a second, {traffic['in_a_run']:,.0f} in a run"
    if plan.replications > 1:
        words += f", {traffic['in_all_runs']:,.0f} in all {plan.replications} runs"
    yield words
