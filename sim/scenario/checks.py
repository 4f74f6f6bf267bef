"""What one block of a scenario cannot know alone: each check looks at several and yields mistakes.

All of them run, so that a user hears of everything at once. Faults, anomalies and detection have
files of their own.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sim.errors import InputError, Mistake
from sim.network.input_files import input_path
from sim.network.sites import SiteGraph, components
from sim.scenario.document import Document, Path
from sim.scenario.facts import site_graph
from sim.scenario.plan import Plan, Variant
from sim.scenario.schema.scenario import Scenario
from sim.scenario.selectors import TreeShape
from sim.units import NS_PER_S, write_duration

VALUES_MAX: Final = 2**38
"""A value is clipped at 2**24 quanta, so the sum of so many of them still fits into an int64."""
NODES_MAX: Final = 200_000_000
"""Far more than any machine has memory for."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that a check may look at."""

    scenario: Scenario
    plan: Plan
    document: Document
    tree: TreeShape
    graph: SiteGraph | None
    """None if the topology could not be read (which is a mistake of its own)."""

    @property
    def sites(self) -> tuple[str, ...] | None:
        """The names of the sites, if they are known."""
        return self.graph.names if self.graph else None


def read_topology(plan: Plan, document: Document) -> tuple[SiteGraph | None, list[Mistake]]:
    """The sites of a plan, or why there are none."""
    absent = [
        document.mistake(("topology", key), problem)
        for key, name in _topology_files(plan)
        if (problem := _absent(name, plan.directory))
    ]
    if absent:
        return None, absent
    try:
        graph = site_graph(plan)
    except InputError as error:
        return None, [document.mistake(_culprit(plan, str(error)), str(error))]
    return graph, list(_connected(graph, document))


def _topology_files(plan: Plan) -> list[tuple[str, str]]:
    options = plan.topology.source.options
    return [(key, options[key]) for key in ("path", "p90") if options.get(key)]


def _culprit(plan: Plan, problem: str) -> Path:
    """The key whose file the problem begins with; the whole block where there is none."""
    for key, name in _topology_files(plan):
        if problem.startswith(input_path(name, plan.directory)):
            return ("topology", key)
    return ("topology",)


def _absent(name: str, directory: str) -> str:
    """Why a file is not there, in words; empty if it is."""
    try:
        file = input_path(name, directory)
    except InputError as error:
        return str(error)
    return "" if os.path.exists(file) else f"there is no file {name}"


def needs_locals(case: Case, path: Path, why: str) -> Iterator[Mistake]:
    """What stands at `path` in a tree where agents report to the root itself."""
    if len(case.plan.tiers) < 3:
        problem = f"needs locals, {why}: with tree.levels 1 there are none"
        yield case.document.mistake(path, problem)


def check_scenario(case: Case) -> Iterator[Mistake]:
    """Everything but the topology, the faults, the anomalies and the detection."""
    yield from _tree_lists(case)
    yield from _periods(case)
    yield from _instants(case)
    yield from _window(case)
    yield from _thresholds(case)
    yield from _files(case)


def _connected(graph: SiteGraph, document: Document) -> Iterator[Mistake]:
    parts = components(graph)
    if len(parts) > 1:
        here, there = graph.names[parts[0][0]], graph.names[parts[1][0]]
        yield document.mistake(
            ("topology",),
            f"falls into {len(parts)} parts: no way leads from {here!r} to {there!r}",
        )


def _tree_lists(case: Case) -> Iterator[Mistake]:
    tree, hops = case.scenario.tree, len(case.plan.tiers) - 1
    if tree.links is not None and len(tree.links) != hops:
        yield case.document.mistake(
            ("tree", "links"),
            f"must have one law for each of the {hops} hops, not {len(tree.links)}",
        )
    if len(tree.uplink) not in (1, hops):
        problem = f"must be one rate, or one for each of the {hops} hops"
        yield case.document.mistake(("tree", "uplink"), f"{problem}, not {len(tree.uplink)}")
    if len(tree.ingress) not in (1, hops):
        problem = f"must be one time, or one for each of the {hops} tiers above the agents"
        yield case.document.mistake(("tree", "ingress"), f"{problem}, not {len(tree.ingress)}")
    if sum(tier.count for tier in case.plan.tiers) > NODES_MAX:
        yield case.document.mistake(("agents", "count"), f"makes more than {NODES_MAX} nodes")


def _periods(case: Case) -> Iterator[Mistake]:
    plan = case.plan
    if plan.baseline.pane_ns < plan.agents.period_ns:
        pane, period = write_duration(plan.baseline.pane_ns), write_duration(plan.agents.period_ns)
        yield case.document.mistake(
            ("baseline", "pane"), f"a pane of {pane} is shorter than the agents' period, {period}"
        )
    spans: tuple[tuple[Path, int], ...] = (
        (("agents", "rate"), plan.agents.period_ns),
        (("tree", "forward"), plan.tiers[-1].period_ns),
        (("baseline", "publish"), plan.baseline.publish_ns),
        (("measure", "every"), plan.measure.every_ns),
    )
    for path, span_ns in spans:
        if span_ns > plan.duration_ns:
            end = write_duration(plan.duration_ns)
            problem = f"once every {write_duration(span_ns)} never happens in a run of {end}"
            yield case.document.mistake(path, problem)


def _instants(case: Case) -> Iterator[Mistake]:
    """Instants are exact below 2**53 ns, and sums of births over all agents below 2**63."""
    plan = case.plan
    if plan.duration_ns >= 2**53:
        yield case.document.mistake(
            ("duration",), "must be at most 104d, or instants are not exact"
        )
    elif plan.agents.count * plan.duration_ns >= 2**63:
        longest = write_duration(2**63 // plan.agents.count // NS_PER_S * NS_PER_S)
        yield case.document.mistake(
            ("duration",), f"with {plan.agents.count} agents must be at most {longest}"
        )


def _window(case: Case) -> Iterator[Mistake]:
    plan = case.plan
    window_ns = min(plan.baseline.pane_ns * (plan.baseline.panes + 1), plan.duration_ns)
    values = plan.agents.count * (window_ns // plan.agents.period_ns + 1)
    if values > VALUES_MAX:
        yield case.document.mistake(
            ("agents", "count"),
            f"gives {values:.3g} values in a window; exact sums hold at most {VALUES_MAX:.3g}",
        )


def _thresholds(case: Case) -> Iterator[Mistake]:
    for threshold in case.plan.thresholds:
        path = ("thresholds", threshold.metric)
        if threshold.minimum is None and threshold.maximum is None:
            if path not in case.document.unsure:
                yield case.document.mistake(path, "needs a min or a max")
        elif (
            threshold.minimum is not None
            and threshold.maximum is not None
            and threshold.minimum > threshold.maximum
        ):
            yield case.document.mistake(path, "min is more than max, so nothing can be good")


def _files(case: Case) -> Iterator[Mistake]:
    """Files that are named but not there (those of the topology are read anyway)."""
    for path, name in _named_files(case):
        if problem := _absent(name, case.plan.directory):
            yield case.document.mistake(path, problem)


def _named_files(case: Case) -> Iterator[tuple[Path, str]]:
    behaviour = case.plan.agents.behaviour
    if behaviour.kind == "trace":
        for name in behaviour.options["path"]:
            yield ("agents", "behaviour", "path"), name
    laws: list[tuple[Path, Variant | None]] = [(("topology", "jitter"), case.plan.topology.jitter)]
    if len(case.scenario.tree.links or ()) == len(case.plan.tiers) - 1:
        laws += [(("tree", "links", hop), tier.link) for hop, tier in enumerate(case.plan.tiers)]
    for path, law in laws:
        if law is not None and "path" in law.options:
            yield (*path, "path"), law.options["path"]
