"""Replicas of the root that lie: which entries of `adversaries` they are, and what cannot be.

A replica lies as a member of its committee and in what it publishes, message by message. All other
adversaries lie in reports; the two have nothing in common but the words. Replicas are named by
``root-0/1`` or ``root-0/*``; `share` and `budget` say how many of those lie, chosen by chance.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sim.errors import InputError, Mistake
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.nearest import did_you_mean
from sim.scenario.plan_control import LiarPlan
from sim.scenario.schema import adversaries
from sim.scenario.selectors import TreeShape, check_selector, ranges
from sim.scenario.variants import options
from sim.units import write_duration, write_share

MEMBER_KINDS: Final = (
    "delay_to_bound",
    "equivocate",
    "forge",
    "selective_silence",
    "silence",
    "stale_replay",
)
"""What a replica can do; the shims are in `sim.adversary.members`."""
_MEMBER: Final = re.compile(r"root(-0)?/(\d+|\*)")
_OF_REPORTS: Final = ("under", "placement", "knows", "group")
"""Keys that say which nodes of a tier lie in their reports, and what they see of others."""


def names_members(names: Sequence[str]) -> bool:
    """Whether an adversary stands at replicas of the root, by the names in its `where`."""
    return any(_MEMBER.fullmatch(name) for name in names)


def member_liars(entries: Sequence[adversaries.AnyAdversary]) -> tuple[LiarPlan, ...]:
    """The liars among the replicas, as far as they are anybody."""
    found = [
        _liar(entry, f"adversaries[{number}]")
        for number, entry in enumerate(entries)
        if names_members(entry.where)
    ]
    return tuple(one for one in found if one.share > 0 and one.budget != 0)


def _liar(entry: adversaries.AnyAdversary, path: str) -> LiarPlan:
    return LiarPlan(
        kind=entry.kind,
        nodes=tuple(entry.where),
        share=1.0 if entry.share is None else entry.share,
        budget=entry.budget,
        at_ns=entry.begin,
        until_ns=entry.until if entry.lasting is None else entry.begin + entry.lasting,
        options=options(entry, skip=("kind", *adversaries.Adversary.model_fields)),
        path=path,
    )


def candidates(liar: LiarPlan, tree: TreeShape) -> tuple[int, ...]:
    """The replicas that may lie, ascending. Its names must be valid."""
    rows = {row for name in liar.nodes for row in ranges(name, tree) or ()}
    return tuple(sorted(tree.tier_of(row)[1] for row in rows))


def chosen(liar: LiarPlan, tree: TreeShape) -> int:
    """How many of them lie."""
    wanted = round(liar.share * len(candidates(liar, tree)))
    return wanted if liar.budget is None else min(wanted, liar.budget)


def check_member(case: Case, path: Path, number: int) -> Iterator[Mistake]:
    """Every mistake in one entry that names a replica."""
    entry = case.scenario.adversaries[number]
    wrong = list(_names(case, path, entry.where))
    yield from wrong
    if entry.kind not in MEMBER_KINDS:
        problem = "replicas of the root cannot do this"
        hint = did_you_mean(entry.kind, MEMBER_KINDS)
        yield case.document.mistake((*path, "kind"), problem, hint)
    for key in _OF_REPORTS:
        if getattr(entry, key) is not None:
            problem = "says nothing of replicas: they lie as members of their committee"
            yield case.document.mistake((*path, key), problem, "leave it out")
    liar = _liar(entry, "")
    yield from _times(case, path, liar)
    if not wrong:
        yield from _parts(case, path, number, liar)


def _names(case: Case, path: Path, names: Sequence[str]) -> Iterator[Mistake]:
    for index, name in enumerate(names):
        where = (*path, "where", index)
        try:
            check_selector(name, case.tree, case.sites)
        except InputError as error:
            yield case.document.mistake(where, *error.args)
            continue
        if not _MEMBER.fullmatch(name):
            problem = f"{name!r} is not a replica of the root, as others here are"
            yield case.document.mistake(where, problem, "make them two adversaries")


def _times(case: Case, path: Path, liar: LiarPlan) -> Iterator[Mistake]:
    begin, end = write_duration(liar.at_ns), write_duration(case.plan.duration_ns)
    if liar.at_ns >= case.plan.duration_ns:
        problem = f"{begin} is not before the end of the run, {end}"
        yield case.document.mistake((*path, "from"), problem)
    if liar.until_ns is not None and liar.until_ns <= liar.at_ns:
        until = write_duration(liar.until_ns)
        yield case.document.mistake((*path, "until"), f"{until} is not after `from`, {begin}")


def _parts(case: Case, path: Path, number: int, liar: LiarPlan) -> Iterator[Mistake]:
    """Nobody at all, or somebody who lies for an earlier entry already."""
    mine = candidates(liar, case.tree)
    if liar.share > 0 and liar.budget != 0 and not chosen(liar, case.tree):
        problem = f"{write_share(liar.share)} of {len(mine)} replicas is nobody"
        yield case.document.mistake((*path, "share"), problem, "say 0% if that is meant")
    for before in member_liars(case.scenario.adversaries[:number]):
        if not _are_valid(before, case.tree):
            continue
        both = [one for one in mine if one in candidates(before, case.tree)]
        if both:
            problem = f"root-0/{both[0]} may lie for {before.path} already"
            hint = "no replica has two parts in a run: name those of each"
            yield case.document.mistake((*path, "where"), problem, hint)


def _are_valid(liar: LiarPlan, tree: TreeShape) -> bool:
    try:
        for name in liar.nodes:
            check_selector(name, tree, None)
    except InputError:
        return False
    return True
