"""The command: the summary and every default for people, or the same facts as JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from sim.cli.advised import advised
from sim.cli.explain.lies import has_lies
from sim.cli.explain.summary import summary
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Overrides, Quiet, ScenarioFile, Seed

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.facts import SiteFacts


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
        say("\n".join(summary(scenario, site_facts(plan))))
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
