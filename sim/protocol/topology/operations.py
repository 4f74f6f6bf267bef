"""What can happen to a tree: each operation takes children of one node and gives them to another.

`tier` is that of the parents (agents are tier 0, so agents change hands in tier 1). `source` and
`target` are places of that tier; `OUT` stands for outside of the tree.
"""

from dataclasses import dataclass
from typing import Final

OUT: Final = -1
"""The parent of a spare place, and of an agent that is not there: both may come in."""
BARRED: Final = -2
"""The parent of a failed place, and of an agent in quarantine: both stay away until restored."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`children` of tier - 1 go from `source` to `target`, in ascending order."""

    tier: int
    source: int
    target: int
    children: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Join(Operation):
    """Agents, or a spare place, come: from `OUT` to a parent."""


@dataclass(frozen=True, slots=True)
class Leave(Operation):
    """Agents go, from a local to `OUT`."""


@dataclass(frozen=True, slots=True)
class Fail(Operation):
    """Nodes fail, or are not trusted any more: they go from their parent to `BARRED`."""


@dataclass(frozen=True, slots=True)
class Retire(Operation):
    """Locals whose agents drift as a group are given up: from their parent to `BARRED`."""


@dataclass(frozen=True, slots=True)
class Restore(Operation):
    """Failed places are spare again, agents are out of quarantine: from `BARRED` to `OUT`."""


@dataclass(frozen=True, slots=True)
class Isolate(Operation):
    """Agents are cut off: they go from a local to `BARRED`."""


@dataclass(frozen=True, slots=True)
class Move(Operation):
    """Children of a node that failed go to one that is there."""


@dataclass(frozen=True, slots=True)
class Watch(Operation):
    """A node is to look more often at its children; nobody moves."""


@dataclass(frozen=True, slots=True)
class Reseat(Operation):
    """All agents are dealt anew, so `children` names nobody; `moved` have another local now."""

    moved: int = 0


@dataclass(frozen=True, slots=True)
class Refused(Operation):
    """What was wanted but had no room. `children` without any parent are out."""

    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Structural(Operation):
    """Changes which nodes there are, or evens them out: what thrashing thresholds cause."""


@dataclass(frozen=True, slots=True)
class Split(Structural):
    """The second half of the children of a full node goes to a spare one."""


@dataclass(frozen=True, slots=True)
class Merge(Structural):
    """All children of a node that is too small go to another; the node is spare from then on."""


@dataclass(frozen=True, slots=True)
class Borrow(Structural):
    """The last children of a lender, `source`, go to a node that is too small: both are even."""


@dataclass(frozen=True, slots=True)
class Replace(Structural):
    """A spare place takes all children of a failed one."""


Operations = tuple[Operation, ...]
