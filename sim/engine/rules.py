"""Which messages a fault on the way concerns, decided for whole tiers at once.

A matcher sees both ends of every way of a channel and says which ways it governs; the verdict says
what happens there. Rules are tried in the order of the scenario; the first that matches decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.engine.roster import Nodes
from sim.network.verdict import Verdict

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ends:
    """One end of each way of a channel: nodes of one tier, by number, and their sites."""

    tier: int
    """Of further replicas the number of their row (see `sim.scenario.selectors.TreeShape`)."""
    node: NDArray[np.integer]
    site: NDArray[np.int32]


class Matcher(Protocol):
    """Says which ways from `source` to `target` (arrays of equal length) a rule governs."""

    def matches(self, source: Ends, target: Ends) -> Bools:
        """True where the rule governs."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A matcher and its verdict."""

    matcher: Matcher
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Between:
    """Messages between different groups; one_way: only from group 0 to the others.

    With a `ring` of so many groups in all, only those between groups that are not neighbours:
    more than `reach` steps apart.
    """

    groups: Sequence[NDArray[np.int16]]
    """For each row the group of each node; -1 is in no group."""
    one_way: bool = False
    ring: int = 0
    reach: int = 0

    def matches(self, source: Ends, target: Ends) -> Bools:
        """True where the ends are in different groups."""
        here = self.groups[source.tier][source.node]
        there = self.groups[target.tier][target.node]
        apart = (here != there) & (here >= 0) & (there >= 0)
        if self.ring:
            steps = np.abs(here - there)
            apart &= np.minimum(steps, self.ring - steps) > self.reach
        return np.asarray(apart & (here == 0) if self.one_way else apart)


@dataclass(frozen=True, slots=True)
class SentBy:
    """Messages that these nodes send."""

    nodes: Nodes

    def matches(self, source: Ends, target: Ends) -> Bools:  # noqa: ARG002
        """True where the sender is one of them."""
        return np.asarray(self.nodes[source.tier][source.node])


@dataclass(frozen=True, slots=True)
class InOrOut:
    """Messages that these nodes send or receive."""

    nodes: Nodes

    def matches(self, source: Ends, target: Ends) -> Bools:
        """True where either end is one of them."""
        sends = self.nodes[source.tier][source.node]
        return np.asarray(sends | self.nodes[target.tier][target.node])


@dataclass(frozen=True, slots=True)
class Over:
    """Messages whose path uses a link, as the paths run when they are sent."""

    crosses: Callable[[], Bools]
    """Says, for each pair of sites, whether the path from the first to the second uses it now."""

    def matches(self, source: Ends, target: Ends) -> Bools:
        """True where the path goes over the link."""
        return np.asarray(self.crosses()[source.site, target.site])


def governing(rules: Sequence[Rule], source: Ends, target: Ends) -> NDArray[np.int16]:
    """For each way the number of the first rule that matches, -1 if none does."""
    index = np.full(len(source.node), -1, np.int16)
    for number in range(len(rules) - 1, -1, -1):
        index[rules[number].matcher.matches(source, target)] = number
    return index
