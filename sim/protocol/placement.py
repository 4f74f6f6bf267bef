"""Who sits where: placement drawn afresh each epoch, and what liars gain from a bad one.

Seats and committees follow the order of SHA-256 of the epoch's seed and an agent's id, so everybody
draws the same ones from the revealed seed and nobody chooses a place. Against it stands the worst
placement: nested trimming with f_l liars tolerated in each group of level l is owned by
prod(f_l + 1) well-placed agents (tree theorem, theory section 4).
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.sketches.bottom_k import derive, priorities
from sim.stats.tails import all_marked, at_least_once, hypergeometric_sf

Ints = NDArray[np.int64]

SEATS: Final = "seats"
COMMITTEES: Final = "committees"


def seats(members: Ints, seed: bytes, purpose: str = SEATS) -> Ints:
    """Who takes seat 0, 1, ...: indices into `members` (ids, each once); same shape.

    The order of the hash, ties by id, so it does not depend on the order of `members`. Each purpose
    draws by a seed of its own: those who are sampled must not all sit under one aggregator.
    """
    return np.lexsort((members, priorities(derive(seed, purpose), members)))


def committees(seed: bytes, members: Ints, size: int, count: int) -> Ints:
    """Watchers of `count` aggregators: indices into `members`; shape (count, size).

    Nobody is twice in one committee, nor in a second one before nearly all have been in one: a
    permutation is cut into whole committees, and a new one is drawn when it is used up. Each
    committee by itself is a uniform draw. Raises ValueError if there are fewer members than seats.
    """
    if not 1 <= size <= len(members):
        raise ValueError(f"a committee of {size} cannot be drawn from {len(members)} members")
    each = len(members) // size
    rounds = [
        seats(members, seed, f"{COMMITTEES}/{number}")[: each * size].reshape(each, size)
        for number in range(math.ceil(count / each))
    ]
    return np.concatenate([np.empty((0, size), np.int64), *rounds])[:count]


# What random placement leaves to chance. Exact, and for any population.


def captured_group(population: int, liars: int, size: int, f: int | None = None) -> float:
    """P(a group of `size` holds more than `f` liars); f is one less than a third unless given.

    >>> f"{captured_group(1000, 250, 50):.3f}"
    '0.093'
    """
    return hypergeometric_sf((size - 1) // 3 if f is None else f, population, liars, size)


def smallest_committee(population: int, liars: int, chance: float) -> int | None:
    """Fewest members m = 3 f + 1 that hold more than f liars with at most this `chance`.

    None if not even the whole population would do: a third of liars has no safe committee.

    >>> smallest_committee(1000, 100, 1e-6)
    52
    """
    last = (population - 1) // 3

    def fails(f: int) -> bool:
        return captured_group(population, liars, 3 * f + 1, f) > chance

    if not fails(0):
        return 1
    if fails(last):
        return None
    # The tail may rise for small f and then only falls, so its one crossing is found by halves.
    low, high = 0, 1
    while high < last and fails(high):
        low, high = high, min(2 * high, last)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fails(middle) else (low, middle)
    return 3 * high + 1


def no_honest_watcher(population: int, liars: int, watchers: int, aggregators: int = 1) -> float:
    """P(at least one of `aggregators` has liars alone for watchers): one correct one suffices.

    Committees are taken as independent draws, which they nearly are.
    """
    return at_least_once(all_marked(population, liars, watchers), aggregators)


def fewest_watchers(population: int, liars: int, chance: float) -> int:
    """Fewest watchers that are all liars with at most this `chance`."""
    return next(m for m in range(1, population + 1) if all_marked(population, liars, m) <= chance)


def audit_catches(children: int, wrong: int, checks: int) -> float:
    """P(`checks` of `children`, drawn at random, meet one of `wrong`): 1 - C(m-r,k) / C(m,k).

    >>> round(audit_catches(children=50, wrong=5, checks=10), 3)
    0.689
    """
    return 1 - all_marked(children, children - wrong, checks)


def checks_needed(share: float, confidence: float) -> int:
    """Checks that meet one of a `share` of wrong children with `confidence`, out of very many.

    >>> checks_needed(0.01, 0.99)
    459
    """
    if not (0 < share <= 1 and 0 < confidence < 1):
        raise ValueError(f"no number of checks for a share of {share} at {confidence}")
    return 1 if share == 1 else math.ceil(math.log1p(-confidence) / math.log1p(-share))


# What liars gain where they may choose their places.


def capture_cost(groups: Sequence[int]) -> int:
    """Liars who own the root of nested trimming, of group sizes from the agents up.

    >>> capture_cost((50, 10, 2)), capture_cost((50, 10, 10, 10, 10, 2))
    (68, 4352)
    """
    return math.prod((size - 1) // 3 + 1 for size in groups)


def worst_seats(parents: Sequence[Ints], f: Sequence[int | Ints] | None = None) -> Ints:
    """Rows of the fewest agents who own the root of nested trimming, ascending.

    ``parents[l]`` is the parent of each node of level l, from the agents up, ending at one root.
    ``f[l]`` liars (one number, or one a group) are tolerated in the groups of children of level l,
    else one less than a third of the children. Unequal groups are captured where it is cheapest,
    ties in row order. Raises ValueError if a group could not be captured by all of its children.
    """
    cost = np.ones(len(parents[0]), np.int64)
    chosen = []
    for level, parent in enumerate(parents):
        wanted = _more_than_f(parent, None if f is None else f[level])
        chosen.append(_cheapest(cost, parent, wanted))
        cost = np.bincount(parent[chosen[-1]], cost[chosen[-1]]).astype(np.int64)
    captured = np.zeros(1, np.int64)
    for parent, bought in zip(reversed(parents), reversed(chosen), strict=True):
        captured = bought[np.isin(parent[bought], captured)]
    return np.sort(captured)


def _more_than_f(parent: Ints, f: int | Ints | None) -> Ints:
    """How many children own each parent; (parents,)."""
    size = np.bincount(parent)
    wanted = (size - 1) // 3 + 1 if f is None else np.broadcast_to(np.asarray(f) + 1, size.shape)
    if (wanted > size).any():
        place = int(np.flatnonzero(wanted > size)[size[wanted > size].argmin()])
        raise ValueError(f"a group of {size[place]} cannot hold {wanted[place] - 1} + 1 liars")
    return wanted


def _cheapest(cost: Ints, parent: Ints, wanted: Ints) -> Ints:
    """Of the children of each parent, the `wanted` ones that cost least."""
    order = np.lexsort((cost, parent))
    rank = np.arange(len(order)) - np.searchsorted(parent[order], parent[order])
    return order[rank < wanted[parent[order]]]


def clustered_seats(agents: int, share: float, first: int = 0) -> Ints:
    """Rows of liars who sit side by side from row `first` on, so they fill whole groups; sorted.

    Raises ValueError for a share outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share is from 0% to 100%, not {share}")
    return np.sort((first + np.arange(round(share * agents))) % agents)
