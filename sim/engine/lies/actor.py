"""One adversary at work: a strategy, its nodes, when it acts, and what it has done so far."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.adversary import Strategy
from sim.scenario.plan import AdversaryPlan
from sim.telemetry.emission import NEVER

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class Actor:
    """An adversary of one run. Liars are numbered by their position in `nodes`, for good."""

    plan: AdversaryPlan
    strategy: Strategy
    nodes: Ints
    """Where each liar stands now, (m,); ascending until they are dealt anew."""
    seated_ns: int = 0
    """Since when they stand there."""
    replaced: Bools = field(init=False)
    """Liars whom somebody else has taken the place of; (m,)."""
    acts: int = 0
    """What it changed: values, sums of a pane, instants, digests, scores; once a message each."""
    refused: int = 0
    """Messages of it that were not taken in because of what they claimed."""
    first_act_ns: Floats = field(init=False)
    """When each liar first changed anything; infinite = not yet; (m,)."""
    _by_node: Ints = field(init=False)
    _sorted: Ints = field(init=False)
    """The liars in the order of their nodes, and these nodes."""

    def __post_init__(self) -> None:
        self.replaced = np.zeros(len(self.nodes), np.bool_)
        self.first_act_ns = np.full(len(self.nodes), NEVER)
        self.move(self.nodes, self.seated_ns)

    def move(self, nodes: Ints, now_ns: int) -> None:
        """From now on its liars stand at these nodes, in the order of who they are; (m,)."""
        self.nodes, self.seated_ns = nodes, now_ns
        self._by_node = np.argsort(nodes)
        self._sorted = nodes[self._by_node]

    def overrides(self, hook: str) -> bool:
        """Whether its strategy does anything at this hook."""
        return getattr(type(self.strategy), hook) is not getattr(Strategy, hook)

    def within(self, first: int, count: int) -> Ints:
        """Its liars among `count` nodes from `first` on, in the order of their nodes."""
        begin, end = np.searchsorted(self._sorted, (first, first + count))
        return self._by_node[begin:end]

    def who_at(self, nodes: Ints) -> Ints:
        """Which of its liars stand at these nodes, all of which must be its own; (k,)."""
        return self._by_node[np.searchsorted(self._sorted, nodes)]

    def acting(self, who: Ints, now_ns: Floats | float) -> Bools:
        """Which of these liars act at these instants; (k,)."""
        end_ns = NEVER if self.plan.until_ns is None else self.plan.until_ns
        instants = np.asarray(now_ns)
        return np.asarray((instants >= self.plan.at_ns) & (instants < end_ns) & ~self.replaced[who])

    def note(self, who: Ints, now_ns: Floats | float) -> None:
        """These liars have changed a message each."""
        self.acts += len(who)
        np.minimum.at(self.first_act_ns, who, now_ns)
