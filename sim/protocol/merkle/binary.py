"""The same proof with the children of a node in a binary tree: logarithmic, not linear, in size.

A group of k is halved as in RFC 9162 (the left part is the largest power of two below k), so an
agent needs ceil(log2 k) siblings at a node and not k - 1. The price is that each sibling is the sum
of several children, which a checker cannot hold against the registry one by one, and that watchers
recompute more hashes. Here to compare sizes; the tree of a run is flat.
"""

from collections.abc import Sequence
from hashlib import sha256

from sim.protocol.merkle.encoding import Tag, pack
from sim.protocol.merkle.hashes import Commitment, merge

Path = tuple[tuple[bool, Commitment], ...]
"""From a child up: is the sibling on the left, and what is it?"""


def pair(left: Commitment, right: Commitment, features: int) -> Commitment:
    """What joins two neighbours: both summaries are in the hash, and their sum beside it."""
    merged = merge([left.row, right.row], features)
    return Commitment(sha256(Tag.PAIR + b"".join([*left, *right]) + merged).digest(), merged)


def top(children: Sequence[Commitment], features: int) -> Commitment:
    """The commitment to a group. The number of children is in it, so none can be hidden."""
    joined = _join(children, features)
    return Commitment(sha256(Tag.GROUP + pack(len(children)) + joined.hash).digest(), joined.row)


def prove(children: Sequence[Commitment], position: int, features: int) -> Path:
    """The siblings of a child on its way to the top."""
    if len(children) == 1:
        return ()
    middle = _middle(len(children))
    left, right = children[:middle], children[middle:]
    if position < middle:
        return (*prove(left, position, features), (False, _join(right, features)))
    return (*prove(right, position - middle, features), (True, _join(left, features)))


def verify(
    expected: Commitment, path: Path, own: Commitment, size: int, position: int, features: int
) -> bool:
    """Whether `own` is the child at this position of the `size` children below `expected`."""
    if [is_left for is_left, _ in path] != _sides(size, position):
        return False
    for is_left, sibling in path:
        own = pair(sibling, own, features) if is_left else pair(own, sibling, features)
    hash_ = sha256(Tag.GROUP + pack(size) + own.hash).digest()
    return Commitment(hash_, own.row) == expected


def path_length(size: int) -> int:
    """The most siblings that a child of a group of this size needs."""
    return (size - 1).bit_length()


def _join(children: Sequence[Commitment], features: int) -> Commitment:
    if len(children) == 1:
        return children[0]
    middle = _middle(len(children))
    return pair(_join(children[:middle], features), _join(children[middle:], features), features)


def _sides(size: int, position: int) -> list[bool]:
    """For each step up whether the sibling is on the left."""
    if size == 1:
        return []
    middle = _middle(size)
    if position < middle:
        return [*_sides(middle, position), False]
    return [*_sides(size - middle, position - middle), True]


def _middle(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)
