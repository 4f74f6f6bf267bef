"""Faults that cannot be: on absent nodes, after the end, or against each other.

Two faults contradict each other if they hold at the same time and
- both take down the same node (crash, churn), the same link, or the same site; or
- both are partitions whose named groups cross: of any group of one and any group of the other,
  either they must share no node, or one must lie within the other (`rest` and an equal group are
  never in the way).
What a random share or a ``site:`` selects is not known here and is left out of the comparison.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from sim.errors import InputError, Mistake
from sim.network.sites import SiteGraph
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.outage_checks import check_outages
from sim.scenario.outages import OUTAGES
from sim.scenario.partitions import REGIONS_MAX, RING_MIN, Groups
from sim.scenario.plan import FaultPlan
from sim.scenario.schema.faults import InRing, Partition
from sim.scenario.selectors import (
    REST,
    Ranges,
    check_selector,
    check_site,
    contains,
    overlap,
    ranges,
)
from sim.units import write_duration

_DOWN: Final = ("crash", "churn")


def check_faults(case: Case) -> Iterator[Mistake]:
    """Every mistake in the faults."""
    sound = []
    for number, fault in enumerate(case.plan.faults):
        mistakes = [*_times(case, number, fault), *_targets(case, number, fault)]
        yield from mistakes
        if not mistakes and ("faults", number) not in case.document.unsure:
            sound.append((number, fault))
    for (one, first), (other, second) in combinations(sound, 2):
        if _at_once(first, second):
            clash = _clash(case, first, second)
            if clash:
                line = case.document.place(("faults", one)).line
                where = case.document.name(("faults", one)) + (f" (line {line})" if line else "")
                yield case.document.mistake(("faults", other), f"{clash} as {where} does")


def _times(case: Case, number: int, fault: FaultPlan) -> Iterator[Mistake]:
    path: Path = ("faults", number)
    if fault.at_ns >= case.plan.duration_ns:
        at, end = write_duration(fault.at_ns), write_duration(case.plan.duration_ns)
        yield case.document.mistake((*path, "at"), f"{at} is not before the end of the run, {end}")
    if fault.until_ns is not None and fault.until_ns <= fault.at_ns:
        until, at = write_duration(fault.until_ns), write_duration(fault.at_ns)
        yield case.document.mistake((*path, "until"), f"{until} is not after the start, {at}")


def _targets(case: Case, number: int, fault: FaultPlan) -> Iterator[Mistake]:
    path: Path = ("faults", number)
    if fault.kind == OUTAGES:
        yield from check_outages(case, path, fault)
    if fault.kind == "partition":
        written = case.scenario.faults[number]
        assert isinstance(written, Partition), written
        yield from _cut(case, path, written, fault.options["groups"])
        yield from _second_cut(case, path, written, fault)
    for index, selector in enumerate(fault.options.get("nodes") or ()):
        yield from _selector(case, (*path, "nodes", index), selector)
    if fault.options.get("link"):
        yield from _link(case, (*path, "link"), fault.options["link"])
    if "site" in fault.options:
        yield from _site(case, (*path, "site"), fault.options["site"])


def _cut(case: Case, path: Path, written: Partition, groups: Groups) -> Iterator[Mistake]:
    """Mistakes in the groups of a partition when it begins."""
    if not all(groups):
        yield case.document.mistake((*path, "shape"), *_cuts_nobody(case, written))
    if written.groups:
        yield from _groups(case, (*path, "groups"), groups)
    else:
        target = (*path, "shape", "target")
        yield from (m for group in groups for name in group for m in _name(case, target, name))
    if written.reach is not None and 2 * written.reach + 1 >= len(groups):
        problem = f"cuts nobody off: on a ring of {len(groups)} everybody is within reach"
        yield case.document.mistake((*path, "reach"), problem)


def _second_cut(case: Case, path: Path, written: Partition, fault: FaultPlan) -> Iterator[Mistake]:
    """Mistakes in the groups that a partition comes to later, and in when it does."""
    if "then" not in fault.options:
        return
    again_ns, path_of = fault.options["again_ns"], (*path, "again" if written.again else "until")
    ends_ns = min(fault.until_ns or case.plan.duration_ns, case.plan.duration_ns)
    if not fault.at_ns < again_ns < ends_ns:
        problem = f"the second cut, at {write_duration(again_ns)}, is not within the first"
        yield case.document.mistake(path_of, problem)
    if written.then:
        yield from _groups(case, (*path, "then"), fault.options["then"])
    elif len(fault.options["then"]) < _CUT_TWICE and all(fault.options["groups"]):
        problem = f"cuts nobody off again: too few regions ({case.tree.regions})"
        yield case.document.mistake((*path, "shape"), problem)


_CUT_TWICE: Final = 3
"""Parts that there are at least when one of two is cut again."""


def _cuts_nobody(case: Case, written: Partition) -> tuple[str, str]:
    """Why a shape has an empty side, and a hint."""
    if isinstance(written.shape, InRing) and case.tree.replicas < RING_MIN:
        problem = f"needs {RING_MIN} replicas of the root, there is only {case.tree.replicas}"
        return problem.replace("is only", "are") if case.tree.replicas > 1 else problem, (
            "of fewer each would still see all; say tree.replicas: {root: 4}"
        )
    few_or_many = "many" if case.tree.regions > REGIONS_MAX else "few"
    return f"cuts nobody off: too {few_or_many} regions ({case.tree.regions})", ""


def _groups(case: Case, path: Path, groups: Groups) -> Iterator[Mistake]:
    """Mistakes in groups as they are written."""
    if sum(group.count(REST) for group in groups) > 1:
        yield case.document.mistake(path, "'rest' can stand only once")
    wrong = [
        mistake
        for outer, group in enumerate(groups)
        for inner, selector in enumerate(group)
        for mistake in _name(case, (*path, outer, inner), selector)
    ]
    yield from wrong or _shared(case, path, groups)


def _name(case: Case, path: Path, selector: str) -> Iterator[Mistake]:
    return _selector(case, path, selector, rest_allowed=True)


def _shared(case: Case, path: Path, groups: Groups) -> Iterator[Mistake]:
    """Nodes that stand in two groups of one partition."""
    for one, other in combinations(groups, 2):
        for here in one:
            for there in other:
                node = _common(case, here, there)
                if node:
                    problem = f"{node} is in two groups, by {here!r} and by {there!r}"
                    yield case.document.mistake(path, problem)


def _selector(
    case: Case, path: Path, selector: str, *, rest_allowed: bool = False
) -> Iterator[Mistake]:
    try:
        check_selector(selector, case.tree, case.sites, rest_allowed=rest_allowed)
    except InputError as error:
        yield case.document.mistake(path, *error.args)


def _site(case: Case, path: Path, name: str) -> Iterator[Mistake]:
    try:
        check_site(name, case.sites)
    except InputError as error:
        yield case.document.mistake(path, *error.args)


def _link(case: Case, path: Path, ends: tuple[str, str]) -> Iterator[Mistake]:
    unknown = [*_site(case, (*path, 0), ends[0]), *_site(case, (*path, 1), ends[1])]
    yield from unknown
    if case.graph is not None and not unknown:
        neighbours = _neighbours(case.graph, ends[0])
        if ends[1] not in neighbours:
            names = ", ".join(neighbours[:12])
            problem = f"no link joins {ends[0]} and {ends[1]}"
            yield case.document.mistake(path, problem, f"{ends[0]} is joined to {names or 'none'}")


def _neighbours(graph: SiteGraph, name: str) -> list[str]:
    site = graph.names.index(name)
    ends = [
        link.b if link.a == site else link.a for link in graph.links if site in (link.a, link.b)
    ]
    return sorted(graph.names[end] for end in ends)


def _at_once(one: FaultPlan, other: FaultPlan) -> bool:
    return (other.until_ns is None or one.at_ns < other.until_ns) and (
        one.until_ns is None or other.at_ns < one.until_ns
    )


def _clash(case: Case, one: FaultPlan, other: FaultPlan) -> str:
    """What both faults do, in words; empty if they can hold together."""
    if one.kind in _DOWN and other.kind in _DOWN:
        return _same_node(case, one, other)
    if one.kind != other.kind:
        return ""
    if one.kind == "link_down" and set(one.options["link"]) == set(other.options["link"]):
        return f"cuts the link {' - '.join(other.options['link'])} at the same time"
    if one.kind == "site_down" and one.options["site"] == other.options["site"]:
        return f"takes down {other.options['site']} at the same time"
    return _crossing(case, one, other) if one.kind == "partition" else ""


def _same_node(case: Case, one: FaultPlan, other: FaultPlan) -> str:
    for here in one.options["nodes"]:
        for there in other.options["nodes"]:
            node = _common(case, here, there)
            if node:
                return f"takes down {node} at the same time"
    return ""


def _common(case: Case, here: str, there: str) -> str:
    """The name of the first node that two selectors share, if that is known."""
    one, other = ranges(here, case.tree), ranges(there, case.tree)
    if one is None or other is None:
        return ""
    shared = overlap(one, other)
    if shared is None:
        return ""
    return case.tree.node_name(*shared)


def _crossing(case: Case, one: FaultPlan, other: FaultPlan) -> str:
    for here in _known_groups(case, one):
        for there in _known_groups(case, other):
            if not _fit(here, there):
                return "cuts through a group, not around it, at the same time"
    return ""


def _known_groups(case: Case, fault: FaultPlan) -> list[list[Ranges]]:
    """The groups of which every node is known, without `rest`."""
    known = []
    for group in (*fault.options["groups"], *fault.options.get("then", ())):
        parts = [ranges(selector, case.tree) for selector in group]
        if all(parts):
            known.append([part for part in parts if part is not None])
    return known


def _fit(one: list[Ranges], other: list[Ranges]) -> bool:
    """Whether two groups share nothing, or one lies within the other."""
    apart = not any(overlap(here, there) for here in one for there in other)
    return apart or _within(one, other) or _within(other, one)


def _within(inner: list[Ranges], outer: list[Ranges]) -> bool:
    return all(any(contains(large, small) for large in outer) for small in inner)
