"""Sets of sources as ascending, disjoint, half-open ranges of their numbers: small for a million.

A tuple of spans in normal form is equal to another exactly if both are the same set.
"""

from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]


def normal(spans: Iterable[Span]) -> Spans:
    """The union in normal form.

    >>> normal([(5, 7), (0, 3), (3, 5), (9, 9)])
    ((0, 7),)
    """
    merged: list[Span] = []
    for first, end in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif first < end:
            merged.append((first, end))
    return tuple(merged)


def size(spans: Spans) -> int:
    """How many sources there are."""
    return sum(end - first for first, end in spans)


def overlap(one: Spans, other: Spans) -> bool:
    """Whether they have a source in common; both in normal form."""
    i = j = 0
    while i < len(one) and j < len(other):
        if max(one[i][0], other[j][0]) < min(one[i][1], other[j][1]):
            return True
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return False
