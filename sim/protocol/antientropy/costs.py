"""What a comparison of two replicas costs by formula; runs are held against it.

d counts the items that one of the two has and the other has not: a key with a newer version on one
side is two of them, in one leaf of a tree. Shipping what is missing comes on top: one round trip
(none for the full state, whose comparison it is) and the items themselves.
"""

from collections.abc import Callable, Mapping
from math import ceil, exp, log1p
from typing import Final, NamedTuple

from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.hash_tree import depth_of
from sim.protocol.antientropy.messages import (
    HASH_BYTES,
    HEAD_BYTES,
    ID_BYTES,
    OPENING_BYTES,
    SYMBOL_BYTES,
)
from sim.protocol.antientropy.rateless import SYMBOLS_A_DIFFERENCE
from sim.protocol.messages import HEADER_BYTES


class Cost(NamedTuple):
    """Bytes of both directions, and round trips, until the difference is known."""

    bytes: int
    round_trips: int


def comparison_cost(
    method: str, items: int, differences: int, options: Options, *, item_bytes: int = 528
) -> Cost:
    """Of two replicas with about `items` items each; expected value, without loss.

    Raises KeyError for a method that there is not. Two equal replicas pay for the two digests.
    """
    opening = 2 * HEADER_BYTES + OPENING_BYTES
    if differences == 0:
        return Cost(opening, 1)
    case = _Case(items, differences, options, item_bytes)
    cost = _COSTS[method](case)
    return Cost(opening + cost.bytes, cost.round_trips)


def tree_nodes(leaves: float, differences: int) -> float:
    """Expected number of nodes with a difference below them, of a level with so many nodes."""
    return leaves if leaves <= 1 else -leaves * _expm1(differences * log1p(-1 / leaves))


def _expm1(x: float) -> float:
    return exp(x) - 1


class _Case(NamedTuple):
    items: int
    differences: int
    options: Options
    item_bytes: int


def _full(case: _Case) -> Cost:
    size_bytes = case.items * case.item_bytes
    chunks = ceil(size_bytes / case.options.chunk_bytes)
    return Cost(size_bytes + 2 * chunks * HEADER_BYTES, 1)


def _merkle(case: _Case) -> Cost:
    """Every node that differs is asked about once; below the last ones are items, not hashes."""
    fan_out, depth = case.options.fan_out, depth_of(case.items, case.options.fan_out)
    differing = [tree_nodes(float(fan_out**level), case.differences) for level in range(depth)]
    shown = sum(differing[:-1]) * fan_out * HASH_BYTES
    # A node with a difference has at least the item that differs, on one of the two sides.
    heads = differing[-1] * (case.items / fan_out ** (depth - 1) + 0.5) * HEAD_BYTES
    asked = sum(differing[1:]) * ID_BYTES
    each = max(1, case.options.chunk_bytes // (fan_out * HASH_BYTES))
    requests = sum(ceil(nodes / each) for nodes in differing[1:])
    return Cost(round(shown + heads + asked + 2 * requests * HEADER_BYTES), depth)


def _rateless(case: _Case) -> Cost:
    """The first portion is enough for few; for more, a second and every other time a third."""
    needed = max(case.options.portion, SYMBOLS_A_DIFFERENCE * case.differences)
    trips = 1 if needed == case.options.portion else 2
    messages = 2 * (trips - 1) + needed * SYMBOL_BYTES // case.options.chunk_bytes
    return Cost(round(needed * SYMBOL_BYTES + messages * HEADER_BYTES), trips)


_COSTS: Final[Mapping[str, Callable[[_Case], Cost]]] = {
    "full": _full,
    "merkle": _merkle,
    "riblt": _rateless,
}
