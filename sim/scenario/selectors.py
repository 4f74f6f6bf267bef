"""Names of nodes and what they select: ``region-2``, ``root-0/1``, ``5%``, ``site:Paris``...

The children of a parent are adjacent and dealt evenly, the larger groups first (as in
`sim.telemetry.tree`), so whatever a name selects is one range of nodes in each tier. What a random
share or a site selects is known only when the run is built. Without a ``/`` a name means replica 0.
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
"""Row (0 = agents; see `TreeShape.rows`) -> first node and one past the last."""

REST: Final = "rest"
REPLICA: Final = "replica"
EVERY: Final = "*"
_NUMBERED: Final = re.compile(r"(.+?)-(\d{1,12})")
PLURALS: Final = {"agents": "agent", "locals": "local", "regionals": "regional"}
"""What all nodes of a tier are called together, and the name of the tier."""


@dataclass(frozen=True, slots=True)
class TreeShape:
    """The tiers from the agents to the root: their names and how many nodes each has.

    A row is the nodes of one tier, or one further replica of them. Rows 0 to `top` are the tiers;
    behind them come the replicated tiers of replica 1, from the lowest up, then those of replica 2.
    """

    names: tuple[str, ...]
    counts: tuple[int, ...]
    replicas: int = 1
    """How many replicas the tiers from `first_replicated` up have."""
    first_replicated: int = 0
    """Without meaning where there is one of each."""

    @property
    def top(self) -> int:
        """The tier of the root."""
        return len(self.counts) - 1

    @property
    def rows(self) -> tuple[int, ...]:
        """How many nodes each row has."""
        return self.counts + self.counts[self.first_replicated :] * (self.replicas - 1)

    def is_replicated(self, tier: int) -> bool:
        """Whether a tier has more than one replica."""
        return self.replicas > 1 and tier >= self.first_replicated

    def row(self, tier: int, replica: int) -> int:
        """The row of a replica of a tier; of a tier that is not replicated, the tier."""
        if replica == 0 or not self.is_replicated(tier):
            return tier
        height = len(self.counts) - self.first_replicated
        return len(self.counts) + (replica - 1) * height + tier - self.first_replicated

    def tier_of(self, row: int) -> tuple[int, int]:
        """Tier and replica of a row."""
        if row <= self.top:
            return row, 0
        replica, step = divmod(row - len(self.counts), len(self.counts) - self.first_replicated)
        return self.first_replicated + step, replica + 1

    def row_name(self, row: int) -> str:
        """What the nodes of a row are called together: ``local`` or, with replicas, ``root/2``."""
        tier, replica = self.tier_of(row)
        return f"{self.names[tier]}/{replica}" if self.is_replicated(tier) else self.names[tier]

    def node_name(self, row: int, number: int) -> str:
        """What a node is called, such as ``local-3``, ``root`` or, with replicas, ``root-0/2``."""
        tier, replica = self.tier_of(row)
        if self.is_replicated(tier):
            return f"{self.names[tier]}-{number}/{replica}"
        return "root" if self.names[tier] == "root" else f"{self.names[tier]}-{number}"

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
    """The names and sizes of the tiers of a plan, and their replicas."""
    names, counts = (tuple(tier.name for tier in plan.tiers), tuple(t.count for t in plan.tiers))
    if plan.replicas is None:
        return TreeShape(names, counts)
    return TreeShape(names, counts, plan.replicas.count, plan.replicas.first_tier)


def check_selector(
    text: str, tree: TreeShape, sites: Sequence[str] | None, *, rest_allowed: bool = False
) -> None:
    """Raises InputError (problem, hint) if the selector selects nothing that exists.

    Without `sites` (the topology could not be read) every site is taken to exist.
    """
    if text == REST and not rest_allowed:
        raise InputError("'rest' stands only in the groups of a partition", "")
    if text.startswith("site:"):
        check_site(text.removeprefix("site:"), sites)
    elif text.endswith("%"):
        _check_share(text, tree.counts[0])
    else:
        _check_named(text, tree)


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
        return {row: (0, count) for row, count in enumerate(tree.rows)}
    name, number = _numbered(text)
    if name == REPLICA:
        tiers = range(tree.first_replicated, len(tree.counts))
        return {tree.row(tier, number): (0, tree.counts[tier]) for tier in tiers}
    of, slash, replica = text.partition("/")
    nodes = _of_tree(of, tree)
    return _replicas(nodes, replica, tree) if slash else nodes


def _of_tree(text: str, tree: TreeShape) -> Ranges:
    """What a name without a replica selects."""
    tier_name = PLURALS.get(text, text)
    name, number = _numbered(text)
    if "root" in (text, name):
        return {tree.top: (0, 1)}
    if tier_name in tree.names:
        tier = tree.names.index(tier_name)
        return {tier: (0, tree.counts[tier])}
    if name == "region":
        return tree.below(tree.top - 1, number, number + 1)
    return {tree.names.index(name): (number, number + 1)}


def _replicas(nodes: Ranges, replica: str, tree: TreeShape) -> Ranges:
    """One replica of some nodes of one tier, or every one."""
    some = range(tree.replicas) if replica == EVERY else (int(replica),)
    return {tree.row(tier, one): span for tier, span in nodes.items() for one in some}


def agents_of(text: str, tree: TreeShape) -> tuple[int, int] | None:
    """The agents that a valid selector stands for: all those below a node; first, one past last.

    None where only the run can tell.
    """
    nodes = ranges(text, tree)
    if nodes is None:
        return None
    tier, span = highest(nodes, tree)
    return tree.below(tier, *span)[0]


def highest(nodes: Ranges, tree: TreeShape) -> tuple[int, tuple[int, int]]:
    """The highest tier with one of these nodes, and which of it; of replicas the first."""
    row = max(nodes, key=lambda row: tree.tier_of(row)[0])
    return tree.tier_of(row)[0], nodes[row]


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
    plurals = [plural for plural, name in PLURALS.items() if name in tree.names]
    numbered = [name for name in tree.names if _NUMBERED.fullmatch(name)]
    return [*plurals, *numbered, "all", "root", REST]


def _numbered(text: str) -> tuple[str, int]:
    match = _NUMBERED.fullmatch(text)
    return (match.group(1), int(match.group(2))) if match else (text, -1)


def _check_named(text: str, tree: TreeShape) -> None:
    of, slash, replica = text.partition("/")
    if of in PLURALS and PLURALS[of] not in tree.names:
        raise InputError(f"this tree has no {of}", f"its tiers are {', '.join(tree.names)}")
    if of not in _words(tree):
        _check_numbered(of, tree)
    if slash:
        _check_replica(text, of, replica, tree)


def _check_numbered(text: str, tree: TreeShape) -> None:
    name, number = _numbered(text)
    counts = dict(zip(tree.names[:-1], tree.counts[:-1], strict=True)) | {"region": tree.regions}
    if tree.replicas > 1:
        counts |= {"root": 1, REPLICA: tree.replicas}
    if name not in counts or number < 0:
        examples = [f"{known}-{max(number, 0)}" for known in counts] + _words(tree)
        raise InputError(f"there is no node {text!r}", did_you_mean(text, examples))
    if number >= counts[name]:
        last = f" to {name}-{counts[name] - 1}" if counts[name] > 1 else " alone"
        raise InputError(f"there is no {text}", f"they are {name}-0{last}")


def _check_replica(text: str, of: str, replica: str, tree: TreeShape) -> None:
    name = PLURALS.get(of, _numbered(of)[0])
    replicated = [known for tier, known in enumerate(tree.names) if tree.is_replicated(tier)]
    if name not in replicated:
        known = f"replicated are {', '.join(replicated)}" if replicated else "see tree.replicas"
        raise InputError(f"{of!r} has no replicas", known)
    if replica == EVERY:
        return
    if not re.fullmatch(r"\d{1,6}", replica):
        raise InputError(f"there is no {text!r}", did_you_mean(text, [f"{of}/0", f"{of}/{EVERY}"]))
    if int(replica) >= tree.replicas:
        raise InputError(f"there is no {text}", f"they are {of}/0 to {of}/{tree.replicas - 1}")


def _check_share(text: str, agents: int) -> None:
    try:
        chosen = round(parse_share(text) * agents)
    except ValueError as error:
        raise InputError(str(error), "") from None
    if chosen == 0:
        raise InputError(f"selects none of {agents} agents", "")
