"""Names of nodes and what they select: ``region-2``, ``local-3``, ``5%``, ``site:Paris``...

The children of a parent are adjacent and dealt evenly, the larger groups first (as in
`sim.telemetry.tree`), so whatever a name selects is one range of nodes in each tier. What a random
share or a site selects is known only when the run is built.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sim.errors import InputError
from sim.scenario.nearest import did_you_mean
from sim.scenario.plan import Plan
from sim.units import parse_share

Ranges = Mapping[int, tuple[int, int]]
"""Tier (0 = agents) -> first node and one past the last."""

REST: Final = "rest"
_NUMBERED: Final = re.compile(r"(.+?)-(\d{1,12})")
_PLURALS: Final = {"agents": "agent", "locals": "local", "regionals": "regional"}


@dataclass(frozen=True, slots=True)
class TreeShape:
    """The tiers from the agents to the root: their names and how many nodes each has."""

    names: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def regions(self) -> int:
        """How many children the root has."""
        return self.counts[-2]

    def first_child(self, tier: int, node: int) -> int:
        """The first child (in the tier below) of a node; works for one past the last node too."""
        size, larger = divmod(self.counts[tier - 1], self.counts[tier])
        return node * size + min(node, larger)

    def below(self, tier: int, first: int, last: int) -> dict[int, tuple[int, int]]:
        """The nodes [first, last) of a tier, and everything that reports through them."""
        ranges = {tier: (first, last)}
        for level in range(tier, 0, -1):
            first, last = self.first_child(level, first), self.first_child(level, last)
            ranges[level - 1] = (first, last)
        return ranges


def tree_shape(plan: Plan) -> TreeShape:
    """The names and sizes of the tiers of a plan."""
    return TreeShape(
        tuple(tier.name for tier in plan.tiers), tuple(tier.count for tier in plan.tiers)
    )


def check_selector(
    text: str, tree: TreeShape, sites: Sequence[str] | None, *, rest_allowed: bool = False
) -> None:
    """Raises InputError (problem, hint) if the selector selects nothing that exists.

    Without `sites` (the topology could not be read) every site is taken to exist.
    """
    if text == REST and not rest_allowed:
        raise InputError("'rest' stands only in the groups of a partition", "")
    if text in _PLURALS and _PLURALS[text] not in tree.names:
        raise InputError(f"this tree has no {text}", f"its tiers are {', '.join(tree.names)}")
    if text.startswith("site:"):
        check_site(text.removeprefix("site:"), sites)
    elif text.endswith("%"):
        _check_share(text, tree.counts[0])
    elif text not in _words(tree):
        _check_numbered(text, tree)


def check_site(name: str, sites: Sequence[str] | None) -> None:
    """Raises InputError (problem, hint) if there is no such site."""
    if sites is not None and name not in sites:
        raise InputError(f"there is no site {name!r}", did_you_mean(name, sites))


@lru_cache(maxsize=1024)
def ranges(text: str, tree: TreeShape) -> Ranges | None:
    """The nodes that a valid selector selects; None where only the run can tell."""
    if text == REST or text.endswith("%") or text.startswith("site:"):
        return None
    if text == "all":
        return {tier: (0, count) for tier, count in enumerate(tree.counts)}
    if text == "root":
        return {len(tree.counts) - 1: (0, 1)}
    if text in _PLURALS:
        tier = tree.names.index(_PLURALS[text])
        return {tier: (0, tree.counts[tier])}
    if text in tree.names:
        tier = tree.names.index(text)
        return {tier: (0, tree.counts[tier])}
    name, number = _numbered(text)
    if name == "region":
        return tree.below(len(tree.counts) - 2, number, number + 1)
    return {tree.names.index(name): (number, number + 1)}


def agents_of(text: str, tree: TreeShape) -> tuple[int, int] | None:
    """The agents that a valid selector stands for: all those below a node; first, one past last.

    None where only the run can tell.
    """
    nodes = ranges(text, tree)
    if nodes is None:
        return None
    tier = max(nodes)
    return tree.below(tier, *nodes[tier])[0]


def overlap(one: Ranges, other: Ranges) -> tuple[int, int] | None:
    """Tier and number of the first node that is in both; None if there is none."""
    for tier in sorted(one.keys() & other.keys()):
        first = max(one[tier][0], other[tier][0])
        if first < min(one[tier][1], other[tier][1]):
            return tier, first
    return None


def contains(outer: Ranges, inner: Ranges) -> bool:
    """Whether every node of `inner` is one of `outer`."""
    return all(
        tier in outer and outer[tier][0] <= first and last <= outer[tier][1]
        for tier, (first, last) in inner.items()
    )


def _words(tree: TreeShape) -> list[str]:
    plurals = [plural for plural, name in _PLURALS.items() if name in tree.names]
    numbered = [name for name in tree.names if _NUMBERED.fullmatch(name)]
    return [*plurals, *numbered, "all", "root", REST]


def _numbered(text: str) -> tuple[str, int]:
    match = _NUMBERED.fullmatch(text)
    return (match.group(1), int(match.group(2))) if match else (text, -1)


def _check_numbered(text: str, tree: TreeShape) -> None:
    name, number = _numbered(text)
    counts = dict(zip(tree.names[:-1], tree.counts[:-1], strict=True)) | {"region": tree.regions}
    if name not in counts or number < 0:
        examples = [f"{known}-{max(number, 0)}" for known in counts] + _words(tree)
        raise InputError(f"there is no node {text!r}", did_you_mean(text, examples))
    if number >= counts[name]:
        last = f" to {name}-{counts[name] - 1}" if counts[name] > 1 else " alone"
        raise InputError(f"there is no {text}", f"they are {name}-0{last}")


def _check_share(text: str, agents: int) -> None:
    try:
        chosen = round(parse_share(text) * agents)
    except ValueError as error:
        raise InputError(str(error), "") from None
    if chosen == 0:
        raise InputError(f"selects none of {agents} agents", "")
