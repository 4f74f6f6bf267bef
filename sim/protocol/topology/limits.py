"""How many children a node should have, and thresholds that would make a tree thrash.

A split must leave nodes that do not merge again soon, and a merge one that does not split again
soon: `slack` says how far both stay away from the thresholds (theory section 11).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Of the nodes of one tier. Raises ValueError unless 1 <= min < max < room and slack >= 0."""

    min: int
    """A node with fewer children borrows or merges, unless it is the last of its tier."""
    max: int
    """A node with more children splits."""
    slack: int = 0
    """After a borrow both nodes have at least min + slack children."""
    room: int = 0
    """More children than this can never be at one node, not even between epochs; 0: 2 max."""

    def __post_init__(self) -> None:
        if not self.room:
            object.__setattr__(self, "room", 2 * self.max)
        if not 1 <= self.min < self.max < self.room:
            raise ValueError(f"not 1 <= min {self.min} < max {self.max} < room {self.room}")
        if self.slack < 0:
            raise ValueError(f"slack must be at least 0, not {self.slack}")


def would_thrash(smallest: int, largest: int, slack: int = 0) -> str:
    """Why these thresholds would undo one operation by the next; "" if they would not.

    >>> would_thrash(5, 10, 1)
    'a split of 11 leaves 5, less than min + slack = 6'
    >>> would_thrash(5, 15, 1)
    ''
    """
    half, pair = (largest + 1) // 2, 2 * smallest
    if half < smallest + slack:
        return f"a split of {largest + 1} leaves {half}, less than min + slack = {smallest + slack}"
    if pair > largest - slack:
        return f"a merge of two at min makes {pair}, more than max - slack = {largest - slack}"
    return ""


def most_slack(smallest: int, largest: int) -> int:
    """The most slack with which thresholds do not thrash; negative if they do with any.

    Less of it makes nodes borrow more often: they come down to min + slack before any merge.

    >>> most_slack(5, 15)
    3
    """
    return min((largest + 1) // 2 - smallest, largest - 2 * smallest)
