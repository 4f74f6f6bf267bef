"""Replicas that cannot be: of absent tiers, without a spine, or all at one site.

Replica r of a node reports to replica r of its parent, so all tiers above a replicated one must
have as many replicas. Replicas at one site fail together, which is what they are there to prevent.
"""

from collections.abc import Iterator
from typing import Final

from sim.errors import InputError, Mistake
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.nearest import did_you_mean
from sim.scenario.resolve_replicas import FIRST_TIER, REPLICAS_MAX
from sim.scenario.selectors import check_site

_REPLICAS: Final[Path] = ("tree", "replicas")
_SITES: Final[Path] = ("tree", "replica_sites")


def check_replicas(case: Case) -> Iterator[Mistake]:
    """Every mistake in `tree.replicas` and `tree.replica_sites`."""
    replicas = case.scenario.tree.replicas
    if replicas is None:
        if case.scenario.tree.replica_sites is not None:
            hint = "say how many: tree.replicas: {root: 4}"
            yield case.document.mistake(_SITES, "there are no replicas to place", hint)
        return
    mistakes = [*_tiers(case, replicas), *_counts(case, replicas)]
    yield from mistakes or _spine(case, replicas)
    yield from _named_sites(case) if case.plan.replicas else ()


def _tiers(case: Case, replicas: dict[str, int]) -> Iterator[Mistake]:
    """Tiers that are not there, or cannot have replicas."""
    names = case.tree.names
    if not replicas:
        yield case.document.mistake(_REPLICAS, "names no tier", "such as {root: 4}")
    for name in replicas:
        path = (*_REPLICAS, name)
        if name not in names:
            known = did_you_mean(name, list(names[FIRST_TIER:]))
            yield case.document.mistake(path, f"this tree has no tier {name!r}", known)
        elif names.index(name) < FIRST_TIER:
            hint = (
                f"replicate the tiers from {names[FIRST_TIER]} up"
                if len(names) > 2
                else ("let agents report to locals: tree.levels of 2 or more")
            )
            yield case.document.mistake(path, _WHY_NOT[min(names.index(name), 1)], hint)


_WHY_NOT: Final = (
    "an agent is what is measured, and has no replicas",
    "an agent reports to one node, which has no replicas",
)


def _counts(case: Case, replicas: dict[str, int]) -> Iterator[Mistake]:
    for name, count in replicas.items():
        if not 2 <= count <= REPLICAS_MAX:
            problem = "a single replica is none" if count == 1 else f"at most {REPLICAS_MAX}"
            hint = "leave it out" if count == 1 else f"not {count}"
            yield case.document.mistake((*_REPLICAS, name), problem, hint)


def _spine(case: Case, replicas: dict[str, int]) -> Iterator[Mistake]:
    """Tiers above a replicated one that have fewer replicas, or more."""
    names = case.tree.names
    lowest = min(replicas, key=names.index)
    for name in names[names.index(lowest) + 1 :]:
        count = replicas.get(name, 1)
        if count != replicas[lowest]:
            has = f"{count} replicas" if count > 1 else "none"
            yield case.document.mistake(
                (*_REPLICAS, name if count > 1 else lowest),
                f"{lowest} has {replicas[lowest]} replicas and {name}, above it, {has}",
                "replica r of a node reports to replica r of its parent",
            )


def _named_sites(case: Case) -> Iterator[Mistake]:
    assert case.plan.replicas is not None
    count, sites = case.plan.replicas.count, case.plan.replicas.sites
    if sites is None:
        if case.sites is not None and len(case.sites) == 1:
            problem = f"all would stand at {case.sites[0]!r}, one failure domain"
            yield case.document.mistake(_REPLICAS, problem, "choose a topology with more sites")
        return
    if len(sites) != count:
        problem = f"names {len(sites)} sites for {count} replicas"
        yield case.document.mistake(_SITES, problem, "one for each, replica 0 first")
    elif len(set(sites)) == 1:
        problem = f"all replicas stand at {sites[0]!r}, one failure domain"
        yield case.document.mistake(_SITES, problem, "name two sites or more")
    for index, name in enumerate(sites):
        try:
            check_site(name, case.sites)
        except InputError as error:
            yield case.document.mistake((*_SITES, index), *error.args)
