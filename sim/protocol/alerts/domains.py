"""Over how many failure domains a committee is spread, and what the loss of one would leave.

A domain is whatever fails as one: a site, a power feed, a side of a likely split. Four domains are
the fewest over which a committee can tolerate one that lies and still have a quorum without it
(n > 3f); with two, a clean split between them leaves a quorum on neither side unless it is lopsided
(theory: two regionals commit nothing).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.protocol.committee import Committee

DOMAINS_NEEDED: Final = 4


@dataclass(frozen=True, slots=True)
class Spread:
    """How a committee sits in its domains."""

    members: tuple[tuple[str, int], ...]
    """Each domain and how many members sit there, the fullest first, then by name."""
    n: int
    quorum: int

    @property
    def spans_enough(self) -> bool:
        """Whether there are at least four domains."""
        return len(self.members) >= DOMAINS_NEEDED

    @property
    def survives_any(self) -> bool:
        """Whether a quorum is left whichever single domain is lost."""
        return not self.fatal

    @property
    def fatal(self) -> tuple[str, ...]:
        """Domains without which there is no quorum."""
        return tuple(name for name, seats in self.members if self.n - seats < self.quorum)


def spread(committee: Committee, sites: Sequence[str]) -> Spread:
    """How the committee is spread; `sites[i]` is the domain of member i.

    >>> four = Committee(("a", "b", "c", "d"), f=1)
    >>> spread(four, ["London", "Paris", "Rome", "Vienna"]).survives_any
    True
    >>> spread(four, ["London", "London", "Rome", "Vienna"]).fatal
    ('London',)
    """
    if len(sites) != committee.n:
        raise ValueError(f"{committee.n} members sit at {committee.n} sites, not at {len(sites)}")
    seats = sorted(Counter(sites).items(), key=lambda item: (-item[1], item[0]))
    return Spread(tuple(seats), committee.n, committee.quorum)
