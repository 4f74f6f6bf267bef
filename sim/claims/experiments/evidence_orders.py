"""The same evidence in other orders and through other trees: how many different roots come out.

Each arrangement shuffles the items, cuts them into groups at random, adds up each group, and adds
up the groups two by two in a random order, as a tree of aggregators does whose shape nobody chose.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.streams import Streams
from sim.stats.evidence import add_up, log_odds, quantise, total
from sim.stats.exact_sum import exact_sum

UNITS: Final = {"roots": "1"}


def run(seed: int, way: str, n: int, arrangements: int, groups: int) -> dict[str, float]:
    """How many different roots there are among so many arrangements."""
    stream = Streams(seed).stream("evidence", "orders")
    items = stream.standard_normal(n)
    found = {_root(items, WAYS[way], groups, stream) for _ in range(arrangements)}
    return {"roots": len(found)}


def _root(items: NDArray[np.float64], way: "Way", groups: int, stream: Any) -> float:
    shuffled = stream.permutation(items)
    cuts = np.sort(stream.integers(0, len(items), groups - 1))
    parts = [way.add(part) for part in np.split(shuffled, cuts)]
    while len(parts) > 1:
        first, second = stream.choice(len(parts), 2, replace=False).tolist()
        joined = way.join([parts[first], parts[second]])
        parts = [part for place, part in enumerate(parts) if place not in (first, second)] + [
            joined
        ]
    return way.read(parts[0])


@dataclass(frozen=True, slots=True)
class Way:
    """How items become a sum, sums become a sum, and a sum becomes a number."""

    add: Callable[[NDArray[np.float64]], Any]
    join: Callable[[Sequence[Any]], Any]
    read: Callable[[Any], float]


WAYS: Final[Mapping[str, Way]] = {
    "fixed point": Way(
        lambda part: total(quantise(part)),
        lambda sums: add_up(np.stack(list(sums))),
        lambda sums: float(log_odds(sums)),
    ),
    "exact_sum": Way(exact_sum, lambda sums: sums[0] + sums[1], lambda sums: sums.value),
    "np.sum (pairwise)": Way(lambda part: float(part.sum()), sum, float),
}
"""By the names that results have."""
