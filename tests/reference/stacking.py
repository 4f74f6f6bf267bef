"""Lanes of stretches that overlap, the obvious way: the first lane that is free, looked for."""

import numpy as np


def stacked_plainly(begin_ns, end_ns):
    """The lane of each stretch; earlier beginnings choose first."""
    lanes, busy_until = np.zeros(len(begin_ns), int), []
    for one in sorted(range(len(begin_ns)), key=lambda one: begin_ns[one]):
        free = [lane for lane, until in enumerate(busy_until) if until <= begin_ns[one]]
        lanes[one] = free[0] if free else len(busy_until)
        busy_until[lanes[one] : lanes[one] + 1] = [end_ns[one]]
    return lanes
