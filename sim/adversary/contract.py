"""What every adversary is: a shim on some nodes of one tier, which rewrites what they would say.

A strategy is one class in one file under `Strategy`. It overrides only the hooks that it needs; the
others leave everything as it was. Hooks are columnar: each is handed the rows of some liars, `who`
being their positions in `Liars.nodes`, and gives back rows of the same shape. A strategy acts only
from its begin to its end; who calls it sees to that.

The shim stands outside the protocols: telemetry and protocol code never know of it. What it may
look at is in the `View` that it is handed, and no more than its `knows` allows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import Layout

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Liars:
    """The nodes of one adversary, and what it may know of the network it lies to."""

    nodes: Ints
    """Ascending numbers in their tier, (m,)."""
    tier: int
    """0 = agents."""
    group: Ints
    """The parent of each of them, (m,)."""
    knows: Literal["own", "group", "all"]
    """What is in the views that it gets."""
    population: int
    """Nodes in that tier; with the `f` that is tolerated it is what attacks are tuned to."""
    f: float
    """Share of liars against which the baseline's rule is set."""
    layout: Layout
    scale_sd: Floats
    """Deviation between correct agents, in scales: the unit of sizes in sd; (features,)."""
    period_ns: int
    """How often each of them reports."""
    bound_ns: int
    """The bound on staleness of the baseline class."""
    stream: np.random.Generator
    children: int = 0
    """Nodes in the largest group below one of them; 0 for agents."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What an adversary sees when it looks: means over the last finished pane and the
    running one, in scales.

    `knows: own` sees `own` alone; `group` sees the true means of all liars who act together as
    `others`; `all` sees there those of every correct agent. Rows without a value yet are left out.
    """

    now_ns: int
    own: Floats
    """True means of these liars' own values, (m, features); NaN before the first value."""
    others: Floats
    """(known, features); no rows when nothing may be known, or is."""
    nodes: Ints
    """Whose mean each row of `others` is: numbers in the tier, ascending, (known,)."""

    @property
    def mean(self) -> Floats:
        """Mean over `others`, (features,); NaN without any."""
        return self.others.mean(axis=0) if len(self.others) else self._nothing

    @property
    def sd(self) -> Floats:
        """Standard deviation over `others` (n - 1), (features,); NaN with fewer than two."""
        return self.others.std(axis=0, ddof=1) if len(self.others) > 1 else self._nothing

    @property
    def _nothing(self) -> Floats:
        return np.full(self.own.shape[1], np.nan)


class Strategy:
    """One kind of attack on behalf of `liars`, with the options of its entry in the scenario.

    `options` always hold `begin_ns` (int) and `end_ns` (int, or None = to the end of the run).
    """

    tiers: ClassVar[Literal["agents", "aggregators", "both"]]
    """Who can do this."""
    expects: ClassVar[str]
    """What it is expected to do, and what stops it (theory section 5): one sentence."""
    looks: ClassVar[bool] = False
    """Whether `look` wants to be called."""
    needs_others: ClassVar[bool] = False
    """Whether `knows: own` leaves it with nothing to go by: it would stay correct for ever."""
    silent_from_begin: ClassVar[bool] = False
    """Whether its liars are no members of the network before they begin (Sybils)."""
    placement: ClassVar[str | None] = None
    """The placement that it is made for, used where the scenario names none; None = random."""

    first_in_period: ClassVar[bool] = False
    """Whether its liars report before everybody else in every period."""
    version_jumps: ClassVar[bool] = False
    """Whether its reports claim a version that no honest one will ever reach."""
    turns_ns: int = 0
    """How often `present` may change its mind; 0 = it never does."""

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        self.liars = liars
        self.options = options

    def owners(self) -> Ints:
        """Who stands behind each liar, (m,): without Sybils, every one for itself."""
        return np.arange(len(self.liars.nodes))

    def look(self, view: View) -> None:
        """Make plans. Called at every publication while it acts, and once just before it begins."""

    def claim(self, tick: int, born_ns: Floats, who: Ints, measured: Floats) -> Floats:  # noqa: ARG002
        """The vectors that agents say they measured in report `tick`; (k, features), in scales."""
        return measured

    def tell(self, pane: int, now_ns: Floats, who: Ints, sums: Ints) -> Ints:  # noqa: ARG002
        """The sums of pane `pane` that nodes say they hold in reports that go out at `now_ns` (k,).

        `sums` (k, narrow) of agents or (k, wide) of aggregators are what is true, or what was
        claimed, since the pane began. The result must fit: see `sim.adversary.sums`.
        """
        return sums

    def arrive(self, sent_ns: Floats, who: Ints, arrivals_ns: Floats) -> Floats:  # noqa: ARG002
        """When reports arrive, (ticks, k); infinite = it was not sent, or is not taken in."""
        return arrivals_ns

    def omits(self, children: Ints) -> Bools:
        """Which children (numbers in the tier below) an aggregator leaves out; (children,)."""
        return np.zeros(len(children), np.bool_)

    def ages(self, now_ns: Floats, who: Ints, states: Ints) -> Ints:  # noqa: ARG002
        """The rows of ages (`sim.telemetry.holdings`) that aggregators report; (k, 7)."""
        return states

    def digest(self, who: Ints, means: Floats) -> Floats:  # noqa: ARG002
        """The means, (k, features) in scales, that aggregators put into an unsigned digest."""
        return means

    def present(self, now_ns: int) -> bool:  # noqa: ARG002
        """Whether its liars are members of the network at a multiple of `turns_ns` after begin."""
        return True

    def copies(self) -> int:
        """How many times as long a receiver is busy with each of its reports."""
        return 1

    def lists(self, who: int, children: Ints) -> Ints:  # noqa: ARG002
        """The sums, (n, wide), that a lying aggregator lists for its children's own.

        What differs it has made up; it cannot sign it in a child's name.
        """
        return children

    def commit(self, who: int, children: Ints, merged: Ints) -> Ints:  # noqa: ARG002
        """The sums, (wide,), that a lying aggregator commits to, of its children's (n, wide)."""
        return merged

    def commit_to_others(self, who: int, children: Ints, merged: Ints) -> Ints:
        """The same, as it tells everybody but its parent; the same unless it equivocates."""
        return self.commit(who, children, merged)

    def scores(self, scores: Floats) -> Floats:
        """The scores of the agents below a lying aggregator, or of lying agents; (k,)."""
        return scores

    def down(self, values: Floats, child: Ints) -> Floats:  # noqa: ARG002
        """The baseline that a lying aggregator tells each child (row); (children, features)."""
        return values


Make = Callable[[Liars, Mapping[str, Any]], Strategy]
