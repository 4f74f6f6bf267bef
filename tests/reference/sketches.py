"""The obvious versions: a sorted list, a count of buckets, whole fractions, every placement."""

import hashlib
import math
from collections import Counter
from fractions import Fraction
from itertools import combinations


def priority(seed, agent):
    """The first 8 bytes of the hash, as a number."""
    return int.from_bytes(hashlib.sha256(seed + agent.to_bytes(8, "big")).digest()[:8], "big")


def bottom_k(agents, priority_of, k):
    """Each agent once, in the order of priority and id, cut after k."""
    return sorted(set(agents), key=lambda agent: (priority_of[agent], agent))[:k]


def bucket(value, alpha):
    """1 + the power of g that first reaches the magnitude, with the sign of the value."""
    growth, power = (1 + alpha) / (1 - alpha), 0
    while math.floor(growth**power) < abs(value):
        power += 1
    return 0 if value == 0 else (1 + power) * (1 if value > 0 else -1)


def buckets(values, alpha):
    """How many values are in each bucket."""
    return Counter(bucket(value, alpha) for value in values)


def hypergeometric_sf(above, population, marked, drawn):
    """Count the draws, as whole numbers."""
    ways = sum(
        math.comb(marked, count) * math.comb(population - marked, drawn - count)
        for count in range(max(0, above + 1), drawn + 1)
    )
    return Fraction(ways, math.comb(population, drawn))


def binomial_sf(above, drawn, share):
    """Add up the chances, as fractions; `share` is a fraction."""
    chances = (
        math.comb(drawn, count) * share**count * (1 - share) ** (drawn - count)
        for count in range(max(0, above + 1), drawn + 1)
    )
    return sum(chances, Fraction(0))


def capture(parents, f, liars):
    """Whether these agents own the root, asked group by group from the agents up."""
    owned = set(liars)
    for level, parent in enumerate(parents):
        children = Counter(parent)
        inside = Counter(parent[node] for node in owned)
        owned = {
            group
            for group, size in children.items()
            if inside[group] > ((size - 1) // 3 if f is None else f[level])
        }
    return bool(owned)


def fewest_liars(parents, f):
    """Try all sets of agents, smaller ones first."""
    agents = range(len(parents[0]))
    return next(
        size
        for size in range(len(agents) + 1)
        for liars in combinations(agents, size)
        if capture(parents, f, liars)
    )
