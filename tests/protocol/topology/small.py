"""A tree of two regions, small enough to be counted by hand."""

from sim.protocol.topology.limits import Limits
from sim.protocol.topology.state import founded

SMALL = Limits(1, 3, room=4)


def two_regions(spare=1):
    """Eight agents, four locals of two, two regionals of two; `spare` places in each tier."""
    counts = (8, 4, 2)
    return founded(counts, [count + spare for count in counts], (SMALL, SMALL))
