"""Votes of members for digests, counted as bits of an int: one for each member."""


class Tally:
    """Counts the first vote of each member, or (`votes` = 2) its first two if they differ.

    >>> tally = Tally()
    >>> [tally.add(member, b"a") for member in (0, 1, 1, 2)]
    [1, 2, 0, 3]
    >>> tally.add(2, b"b")
    0
    """

    __slots__ = ("_spent", "_voted", "_voters", "_votes")

    def __init__(self, votes: int = 1) -> None:
        assert votes in (1, 2), votes
        self._votes = votes
        self._voted = self._spent = 0
        self._voters: dict[bytes, int] = {}

    def add(self, member: int, digest: bytes) -> int:
        """How many members vote for the digest with this one; 0 if the vote does not count."""
        bit = 1 << member
        voters = self._voters.get(digest, 0)
        if (self._spent | voters) & bit:
            return 0
        self._spent |= bit if self._votes == 1 else self._voted & bit
        self._voted |= bit
        self._voters[digest] = voters = voters | bit
        return voters.bit_count()

    def count(self, digest: bytes) -> int:
        """How many members vote for this digest."""
        return self._voters.get(digest, 0).bit_count()
