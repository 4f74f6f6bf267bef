"""Ages of the sources at the root, exactly: from every change of what it holds, not from samples.

Age of a source = now - birth of its newest value at the root (age of information; Kaul, Yates and
Gruteser 2012). Between two changes every age grows by one second a second, so the whole curve
follows from the `heard` table. What has not been heard yet counts as born at 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.measure.spans import Spans, length_ns, union
from sim.measure.tables import Tables


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What the root holds of each region: a row for each stretch in which that does not change.

    All columns have the shape (stretches,); a stretch is [begin_ns, end_ns).
    """

    begin_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    region: NDArray[np.int64]
    oldest_born_ns: NDArray[np.int64]
    mean_born_ns: NDArray[np.float64]
    agents: NDArray[np.int64]

    def of(self, region: int) -> "Held":
        """The stretches of one region."""
        return self._pick(self.region == region)

    def of_somebody(self) -> "Held":
        """Without the stretches in which nobody is left in a region: nothing can be old there."""
        return self._pick(self.agents > 0)

    def within(self, begin_ns: int, end_ns: int) -> "Held":
        """The same between two instants: stretches are cut at the borders."""
        begin = np.maximum(self.begin_ns, begin_ns)
        end = np.minimum(self.end_ns, end_ns)
        clipped = Held(begin, end, self.region, self.oldest_born_ns, self.mean_born_ns, self.agents)
        return clipped._pick(begin < end)

    def _pick(self, rows: NDArray[np.bool_]) -> "Held":
        return Held(
            self.begin_ns[rows],
            self.end_ns[rows],
            self.region[rows],
            self.oldest_born_ns[rows],
            self.mean_born_ns[rows],
            self.agents[rows],
        )


def held(tables: Tables, end_ns: int) -> Held:
    """The stretches of all regions from 0 to `end_ns`.

    A region is known from either table; one that was never heard is a single stretch, born at 0.
    """
    heard = tables.heard
    region, agents = _regions(tables)
    none = np.zeros(len(region), dtype=np.int64)
    regions = np.append(region, heard["region"])
    begin_ns = np.append(none, heard["known_ns"])
    order = np.lexsort((begin_ns, regions))  # stable: the first of equals is the start at 0
    regions, begin_ns = regions[order], begin_ns[order]
    last = np.append(regions[1:] != regions[:-1], True)[: len(regions)]
    return (
        Held(
            begin_ns=begin_ns,
            end_ns=np.where(last, end_ns, np.append(begin_ns[1:], end_ns)[: len(begin_ns)]),
            region=regions,
            oldest_born_ns=np.append(none, heard["oldest_born_ns"])[order],
            mean_born_ns=np.append(none, heard["mean_born_ns"])[order],
            agents=np.append(agents, heard["agents"])[order],
        )
        .of_somebody()
        .within(0, end_ns)
    )


def _regions(tables: Tables) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each region and how many agents it had at first."""
    regions = np.append(tables.regions["region"], tables.heard["region"])
    agents = np.append(tables.regions["agents"], tables.heard["agents"])
    region, first = np.unique(regions, return_index=True)
    return region, agents[first]


def mean_age_ns(held: Held, begin_ns: int, end_ns: int) -> float:
    """Mean age over sources, averaged over the time in [begin, end). NaN without any source.

    At each instant every source counts once, so a region weighs as many agents as it has then.
    """
    part = held.within(begin_ns, end_ns)
    born = part.agents * part.mean_born_ns
    instant_ns = np.append(part.begin_ns, part.end_ns)
    order = np.argsort(instant_ns, kind="stable")
    agents = np.cumsum(np.append(part.agents, -part.agents)[order])[:-1]
    born = np.cumsum(np.append(born, -born)[order])[:-1]
    step_ns = np.diff(instant_ns[order])
    middle_ns = instant_ns[order][:-1] + step_ns / 2
    counts = (agents > 0) & (step_ns > 0)
    if not counts.any():
        return float("nan")
    age_ns = middle_ns[counts] - born[counts] / agents[counts]
    return float(np.average(age_ns, weights=step_ns[counts]))


def oldest_age_ns(held: Held, begin_ns: int, end_ns: int) -> float:
    """Supremum of the oldest age in [begin, end). NaN without any source.

    A supremum and not a maximum: it is reached just before the next version arrives.
    """
    part = held.within(begin_ns, end_ns)
    if not len(part.end_ns):
        return float("nan")
    return float((part.end_ns - part.oldest_born_ns).max())


def broken(held: Held, bound_ns: int, begin_ns: int, end_ns: int) -> Spans:
    """When some age was above the bound: the union over all regions, within [begin, end)."""
    part = held.within(begin_ns, end_ns)
    return union(np.maximum(part.begin_ns, part.oldest_born_ns + bound_ns), part.end_ns)


def violation_ns(held: Held, bound_ns: int, begin_ns: int, end_ns: int) -> int:
    """Time in violation: how long some age was above the bound."""
    return length_ns(broken(held, bound_ns, begin_ns, end_ns))
