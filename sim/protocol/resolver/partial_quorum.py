"""Reads from some replicas after writes to some: the chance to miss the newest version.

Source: Bailis, Venkataraman, Franklin, Hellerstein and Stoica, "Probabilistically Bounded Staleness
for Practical Partial Quorums", VLDB 2012, equation 1.
"""

from math import comb


def stale_probability(replicas: int, read: int, written: int) -> float:
    """P(a read of `read` random replicas misses a write that `written` of them have so far).

    Zero if the two must overlap. Raises ValueError if they are not between 1 and all replicas.

    >>> round(stale_probability(3, 1, 1), 4), stale_probability(3, 2, 2)
    (0.6667, 0.0)
    """
    if not (1 <= read <= replicas and 1 <= written <= replicas):
        raise ValueError(f"of {replicas} replicas nobody reads {read} or writes {written}")
    return comb(replicas - written, read) / comb(replicas, read)
