"""A committee: n members of whom f may lie, and how many of them must agree to what.

Two quorums intersect in at least one correct member, and the correct members alone are a quorum;
both hold for ceil((n + f + 1) / 2) as long as n > 3f (Malkhi and Reiter, "Byzantine Quorum
Systems", 1998). With n = 3f + 1 that is the familiar 2f + 1.
"""

from dataclasses import dataclass


def most_liars(members: int) -> int:
    """The largest f that n > 3f allows.

    >>> [most_liars(n) for n in (1, 3, 4, 7, 16)]
    [0, 0, 1, 2, 5]
    """
    return (members - 1) // 3


@dataclass(frozen=True, slots=True)
class Committee:
    """`names` are those of the members' nodes, in the order of their numbers.

    Raises ValueError if f is negative or n > 3f does not hold.
    """

    names: tuple[str, ...]
    f: int

    def __post_init__(self) -> None:
        if not 0 <= self.f <= most_liars(len(self.names)):
            raise ValueError(f"{len(self.names)} members tolerate {most_liars(len(self.names))}")

    @property
    def n(self) -> int:
        """How many members there are."""
        return len(self.names)

    @property
    def quorum(self) -> int:
        """Any two sets of so many members share a correct one; ceil((n + f + 1) / 2)."""
        return (self.n + self.f + 2) // 2

    @property
    def one_correct(self) -> int:
        """Among so many members one is correct: f + 1."""
        return self.f + 1

    def others(self, member: int) -> tuple[str, ...]:
        """Names of all members but one."""
        return tuple(name for number, name in enumerate(self.names) if number != member)
