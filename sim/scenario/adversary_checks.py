"""Adversaries that cannot be: on absent tiers, after the end, nobody at all, or two parts in one.

No node has two parts to play in one run, not even one after the other. Of named nodes it is known
who they are; of random ones only how many, so those are refused that do not fit in side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from sim.errors import InputError, Mistake
from sim.scenario.catalogue import ADVERSARIES
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.floods import floods
from sim.scenario.liars import Spans, candidates, chosen, merged, shared, size
from sim.scenario.members import check_member, names_members
from sim.scenario.plan import AdversaryPlan
from sim.scenario.resolve_lies import every_adversary, is_anybody
from sim.scenario.selectors import check_selector, highest, ranges
from sim.units import format_count, write_duration, write_share

_ONE_PART: Final = "no node has two parts in a run"
_WITHOUT_OTHERS: Final = ("sign_flip",)
"""Attacks that look at others but can do with their own values."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An adversary without a mistake of its own: where it stands, and who may and does lie."""

    number: int
    plan: AdversaryPlan
    spans: Spans
    liars: int


def check_adversaries(case: Case) -> Iterator[Mistake]:
    """Every mistake in the adversaries."""
    parts, entries = [], every_adversary(case.scenario.adversaries, case.tree.names)
    for number, plan in enumerate(entries):
        path: Path = ("adversaries", number)
        if names_members(plan.nodes):
            yield from check_member(case, path, number)
            continue
        mistakes = [*_where(case, path, plan), *_under(case, path, plan)]
        mistakes = mistakes or list(_tier(case, path, plan))
        mistakes += [*_times(case, path, plan), *_means(case, path, plan)]
        mistakes = mistakes or [*_somebody(case, path, plan), *_copies(case, path, plan)]
        yield from mistakes
        if not mistakes and is_anybody(plan) and path not in case.document.unsure:
            spans = candidates(plan, case.tree)
            parts.append(_Part(number, plan, spans, chosen(plan, case.tree)))
    yield from _roles(case, parts)


def _where(case: Case, path: Path, plan: AdversaryPlan) -> Iterator[Mistake]:
    tiers = []
    for index, name in enumerate(plan.nodes):
        problem, hint = _wrong_name(case, name)
        if problem:
            yield case.document.mistake((*path, "where", index), problem, hint)
        else:
            tiers += list(ranges(name, case.tree) or ())
    if len(set(tiers)) > 1:
        names = ", ".join(plan.nodes)
        yield case.document.mistake(
            (*path, "where"), f"{names} are of different tiers", "make them two adversaries"
        )


def _wrong_name(case: Case, name: str) -> tuple[str, str]:
    """What is wrong with a name of nodes of one tier, and a hint; nothing if it is right."""
    if name in ("root", "root-0"):
        return "the root does not lie", "name an aggregator below it"
    try:
        check_selector(name, case.tree, case.sites)
    except InputError as error:
        problem, hint = error.args
        return problem, hint
    nodes = ranges(name, case.tree)
    if nodes is not None and "/" in name:
        return "a replica does not lie in its reports", f"name all of it: {name.partition('/')[0]}"
    if nodes is None or len(nodes) > 1:
        return f"{name!r} does not name nodes of one tier", (
            "say where: agents (or locals ...) with a share, or with under: region-0"
        )
    return "", ""


def _under(case: Case, path: Path, plan: AdversaryPlan) -> Iterator[Mistake]:
    for index, name in enumerate(plan.under):
        where = (*path, "under", index)
        try:
            check_selector(name, case.tree, case.sites)
        except InputError as error:
            yield case.document.mistake(where, *error.args)
            continue
        nodes = ranges(name, case.tree)
        if nodes is None or name == "all" or highest(nodes, case.tree)[0] < max(plan.tier, 1):
            problem = f"{name!r} names no aggregator above {_plural(case, plan.tier)}"
            yield case.document.mistake(where, problem)


def _tier(case: Case, path: Path, plan: AdversaryPlan) -> Iterator[Mistake]:
    attack = ADVERSARIES[plan.kind]
    if not attack.is_for(plan.tier):
        problem = f"only {attack.tiers} can do this, not {_plural(case, plan.tier)}"
        yield case.document.mistake((*path, "kind"), problem, f"say where: {_other(case, plan)}")


def _other(case: Case, plan: AdversaryPlan) -> str:
    return "agents" if plan.tier or len(case.tree.names) < 3 else _plural(case, 1)


def _times(case: Case, path: Path, plan: AdversaryPlan) -> Iterator[Mistake]:
    begin, end = write_duration(plan.at_ns), write_duration(case.plan.duration_ns)
    if plan.at_ns >= case.plan.duration_ns:
        problem = f"{begin} is not before the end of the run, {end}"
        yield case.document.mistake((*path, "from"), problem)
    if plan.until_ns is not None and plan.until_ns <= plan.at_ns:
        until = write_duration(plan.until_ns)
        yield case.document.mistake((*path, "until"), f"{until} is not after `from`, {begin}")


def _means(case: Case, path: Path, plan: AdversaryPlan) -> Iterator[Mistake]:
    """What an attack needs to be one."""
    bound_ns = case.plan.staleness.baseline_ns
    if ADVERSARIES[plan.kind].looks and plan.knows == "own" and plan.kind not in _WITHOUT_OTHERS:
        problem = f"{plan.kind} is made of what others say, and so would never lie"
        yield case.document.mistake((*path, "knows"), problem, "say group or all")
    if plan.kind == "delay_to_bound" and plan.options["margin_ns"] >= bound_ns:
        problem = f"leaves no delay: the bound on staleness is {write_duration(bound_ns)}"
        yield case.document.mistake((*path, "margin"), problem)
    if () in case.document.unsure:
        return  # what is needed may have been taken out because of a mistake in it
    if plan.kind == "flood_alarms" and case.plan.detection is None:
        yield case.document.mistake(
            (*path, "kind"), "there are no alarms to flood without `detection`"
        )
    if plan.kind == "fast_liar" and not case.plan.baseline.rule.quorum:
        problem = "there is no race to win: nobody waits for a quorum"
        yield case.document.mistake(
            (*path, "kind"), problem, "say quorum: true in baseline.rule (guarded_mean or robust)"
        )


def _somebody(case: Case, path: Path, plan: AdversaryPlan) -> Iterator[Mistake]:
    if not is_anybody(plan) or chosen(plan, case.tree):
        return
    found = size(candidates(plan, case.tree))
    if not found:
        under, where = ", ".join(plan.under), ", ".join(plan.nodes)
        yield case.document.mistake((*path, "under"), f"none of {where} is below {under}")
        return
    problem = f"{write_share(plan.share)} of {_count(case, plan.tier, found)} is nobody"
    yield case.document.mistake((*path, "share"), problem, "say 0% if that is meant")


def _copies(case: Case, path: Path, plan: AdversaryPlan) -> Iterator[Mistake]:
    """A flood that no run gets to the end of."""
    for copies in floods(case.plan, plan, case.tree):
        if copies.count > copies.limit:
            end = write_duration(case.plan.duration_ns)
            problem = (
                f"{copies.count:,} copies in {end}, more than the {copies.limit:,} that can be"
            )
            few = max(plan.options["times"] * copies.limit // copies.count, 1)
            yield case.document.mistake(
                (*path, "times"), f"{problem} simulated", f"say {few:,} or fewer"
            )
            return


def _roles(case: Case, parts: Sequence[_Part]) -> Iterator[Mistake]:
    crossed = set()
    for one, other in combinations(parts, 2):
        if one.plan.tier != other.plan.tier:
            continue
        places = size(merged([*one.spans, *other.spans]))
        if one.liars + other.liars > places:
            crossed.add((one.number, other.number))
            problem = _clash(case, one, other, places)
            yield case.document.mistake(("adversaries", other.number), problem)
    yield from _crowds(case, parts, crossed)


def _clash(case: Case, one: _Part, other: _Part, places: int) -> str:
    both = shared(one.spans, other.spans)
    where = _place(case, one.number)
    if one.liars == size(one.spans) and other.liars == size(other.spans):
        node = f"{case.tree.names[one.plan.tier]}-{both[0][0]}"
        return f"{node} lies for {where} already: {_ONE_PART}"
    count = _count(case, one.plan.tier, places)
    return f"with {where} {one.liars + other.liars:,} of {count} lie: {_ONE_PART}"


def _crowds(case: Case, parts: Sequence[_Part], crossed: set[tuple[int, int]]) -> Iterator[Mistake]:
    """Three or more who do not fit together although every two of them do."""
    told = set()
    for outer in parts:
        inside = [part for part in parts if _is_within(part, outer)]
        numbers = tuple(part.number for part in inside)
        liars, places = sum(part.liars for part in inside), size(outer.spans)
        if liars > places and numbers not in told and not crossed & {*combinations(numbers, 2)}:
            told.add(numbers)
            others = " and ".join(_place(case, part.number) for part in inside[:-1])
            count = _count(case, outer.plan.tier, places)
            problem = f"with {others} {liars:,} of {count} lie: {_ONE_PART}"
            yield case.document.mistake(("adversaries", numbers[-1]), problem)


def _is_within(inner: _Part, outer: _Part) -> bool:
    same_tier = inner.plan.tier == outer.plan.tier
    return same_tier and size(shared(inner.spans, outer.spans)) == size(inner.spans)


def _place(case: Case, number: int) -> str:
    path: Path = ("adversaries", number)
    line = case.document.place(path).line
    return case.document.name(path) + (f" (line {line})" if line else "")


def _plural(case: Case, tier: int) -> str:
    """A tier as it is written in `where`."""
    name = case.tree.names[tier]
    return name if name.startswith("tier-") else f"{name}s"


def _count(case: Case, tier: int, count: int) -> str:
    name = case.tree.names[tier]
    if name.startswith("tier-"):
        return f"{count:,} nodes of {name}"
    return format_count(count, name)
