"""What each replica of the root holds in common with the others, as items that can be compared.

* An item belongs to one agent and stands for a closed pane: one that takes in no report any more.
  A replica has it if its root knows everything of the agent's region that any root has heard. With
  `snapshots` an item covers all closed panes that a baseline still reads, up to its version, and
  only the newest is kept; with a `log` each pane has its own item, for ever.
* Regions are the single writers: they tell sums of all their agents, so the agents of a region
  have a version together, and the sums of the region are what their items contain.
* What a peer sends mends the root once the items of a whole region are here, and never before a
  pane is closed: until then reports bring it by themselves.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.protocol.antientropy.items import Item
from sim.protocol.antientropy.store import Store
from sim.scenario.plan import BaselinePlan
from sim.scenario.plan_control import AntiEntropyPlan
from sim.stats.moments import COUNT, canonical
from sim.telemetry.root import Root

Ints = NDArray[np.int64]

NOTHING: Final = -1
"""The version of an agent of whom there is no item yet."""


class Sums(NamedTuple):
    """What the items of a region's agents contain: its sums (wide,) of some closed panes."""

    region: int
    panes: dict[int, Ints]


Made = dict[tuple[int, bytes], list[Item]]
"""Items by region and digest, to be shared by replicas that know the same."""


class Stores:
    """One store a replica. `starts` (regions + 1,): the first agent of each region, and the end."""

    def __init__(
        self,
        roots: Sequence[Root],
        starts: Ints,
        plan: AntiEntropyPlan,
        baseline: BaselinePlan,
        features: int,
    ) -> None:
        self._plan, self._baseline, self._features = plan, baseline, features
        self._starts = starts
        self._is_newest_only = plan.store == "snapshots"
        self._covers = max(baseline.panes - 1, 1) if self._is_newest_only else 1
        """Closed panes in one item."""
        self.closed = NOTHING
        """Newest pane of which items have been put."""
        self.holdings = [Holding(root, starts, plan.store) for root in roots]

    def forget(self, replica: int) -> Store:
        """A replica starts from nothing; its new store."""
        holding = self.holdings[replica]
        self.holdings[replica] = Holding(holding.root, self._starts, self._plan.store)
        return self.holdings[replica].store

    def digest(self, replica: int) -> bytes:
        """32 bytes that are equal where the same is held."""
        return self.holdings[replica].store.digest()

    def close(self, now_ns: int, is_up: Callable[[int], bool]) -> None:
        """Put what panes have brought that are closed now; the planes must be at `now_ns`."""
        newest = now_ns // self._baseline.pane_ns - 2
        if newest <= self.closed:
            return
        for holding in self.holdings:
            holding.tidy(newest - self._baseline.panes)
        first = newest if self._is_newest_only else self.closed + 1
        self.closed = newest
        up = [replica for replica in range(len(self.holdings)) if is_up(replica)]
        for pane in range(max(first, newest - self._baseline.panes), newest + 1):
            made: Made = {}
            complete = self._complete(pane)
            for replica in up:
                for region in np.flatnonzero(complete[replica]).tolist():
                    self._put(replica, region, pane, made)

    def learn(self, replica: int, items: Iterable[Item]) -> None:
        """A peer's items have been put into the store: mend the root by them."""
        holding = self.holdings[replica]
        for region in holding.note(items):
            if holding.mend(region) and self._is_newest_only:
                self._catch_up(replica, region)

    def _catch_up(self, replica: int, region: int) -> None:
        """With what was missing, a replica may know everything of some pane after it by itself."""
        for pane in range(self.closed, max(self.closed - self._covers, NOTHING), -1):
            if self.holdings[replica].has_all(region, pane):
                return
            if self._complete(pane)[replica, region]:
                self._put(replica, region, pane, {})
                return

    def _complete(self, pane: int) -> NDArray[np.bool_]:
        """Who knows everything of whom, of the panes of one item; (replicas, regions)."""
        counts = np.array([self._counts(holding.root, pane) for holding in self.holdings])
        result: NDArray[np.bool_] = (counts == counts.max(axis=0)).all(axis=1)
        return result

    def _counts(self, root: Root, pane: int) -> Ints:
        """How many values a root knows of each pane and region; (panes, regions)."""
        assert root.known is not None
        column = slice(COUNT, COUNT + 1)
        panes = range(pane - self._covers + 1, pane + 1)
        return np.array([root.known.window(pane, pane, column)[:, 0] for pane in panes])

    def _put(self, replica: int, region: int, pane: int, made: Made) -> None:
        """The items of a region's agents; from `made` if another replica has the same."""
        holding = self.holdings[replica]
        sums, digest = self._sums(holding.root, region, pane)
        items = made.get((region, digest))
        if items is None:
            items = made[region, digest] = self._items(sums, pane, digest)
        holding.write(items)

    def _sums(self, root: Root, region: int, pane: int) -> tuple[Sums, bytes]:
        assert root.known is not None
        first = max(pane - self._covers + 1, 0)
        rows = canonical(
            np.array([root.known.row(one, region) for one in range(first, pane + 1)]),
            self._features,
        )
        content = Sums(region, dict(enumerate(rows, start=first)))
        return content, sha256(rows.astype("<i8").tobytes()).digest()

    def _items(self, sums: Sums, pane: int, digest: bytes) -> list[Item]:
        agents = range(int(self._starts[sums.region]), int(self._starts[sums.region + 1]))
        born_ns, size = (pane + 1) * self._baseline.pane_ns, self._plan.item_bytes
        return [Item(agent, 0, pane, digest, size, born_ns, content=sums) for agent in agents]


class Holding:
    """What one replica holds, and what peers have sent of regions that are not complete yet."""

    def __init__(self, root: Root, starts: Ints, flavour: str) -> None:
        root.keep_rows()
        self.root = root
        self.store = Store("log" if flavour == "log" else "snapshots")
        self._starts, self._sizes = starts, np.diff(starts)
        self._versions = np.full(int(starts[-1]), NOTHING)
        """Newest version of each agent; (agents,)."""
        self._arrived: Counter[tuple[int, int]] = Counter()
        """Of a log: how many agents of a region have sent a pane."""
        self._waiting: dict[int, dict[int, Ints]] = {}
        """Sums by region and pane that peers have sent."""

    def write(self, items: Iterable[Item]) -> None:
        """Put items of its own."""
        for item in items:
            if self.store.put(item):
                self._versions[item.key] = item.version

    def note(self, items: Iterable[Item]) -> list[int]:
        """Items of a peer are in the store now; their regions."""
        regions: dict[int, None] = {}
        for item in items:
            assert isinstance(item.content, Sums)
            region = item.content.region
            regions[region] = None
            self._versions[item.key] = max(int(self._versions[item.key]), item.version)
            self._arrived[region, item.version] += 1
            self._waiting.setdefault(region, {}).update(item.content.panes)
        return list(regions)

    def mend(self, region: int) -> bool:
        """Let the root have the sums of closed panes of which the whole region has arrived.

        Whether there were any.
        """
        waiting = self._waiting[region]
        here = [
            pane for pane in waiting if self.root.is_closed(pane) and self.has_all(region, pane)
        ]
        for pane in here:
            self.root.mend(pane, region, waiting.pop(pane))
        return bool(here)

    def tidy(self, oldest: int) -> None:
        """A pane has been closed: what waited for that is there now, and some is too old."""
        for region, waiting in self._waiting.items():
            self.mend(region)
            for pane in [pane for pane in waiting if pane < oldest]:
                del waiting[pane]

    def has_all(self, region: int, pane: int) -> bool:
        """Whether the store holds a pane of each agent of a region."""
        if self.store.flavour == "log":
            return self._arrived[region, pane] == int(self._sizes[region])
        agents = slice(int(self._starts[region]), int(self._starts[region + 1]))
        return bool(self._versions[agents].min() >= pane)
