"""Rows of sums for tests: any that some values could have, and those of given values."""

import numpy as np
from hypothesis import strategies as st

from sim.stats.fixed_point import LIMIT
from sim.stats.moments import COUNT, SOURCES, Layout

TWO = Layout(2)


@st.composite
def halves(draw, n):
    """A sum of `n` values in range, and a sum of squares that goes with it."""
    S = draw(st.integers(-n * LIMIT, n * LIMIT))
    least = -(-S * S // n) if n else 0
    return S, draw(st.integers(least, n * LIMIT * LIMIT))


@st.composite
def wide_rows(draw, count_max=2**32):
    """A wide row of `TWO`, with limbs as sums of sums leave them."""
    row = np.zeros(TWO.wide, np.int64)
    row[COUNT] = draw(st.integers(0, count_max))
    row[SOURCES] = draw(st.integers(min(int(row[COUNT]), 1), min(int(row[COUNT]), 2**20)))
    for column, block in ((COUNT, 0), (SOURCES, 3)):
        for feature in range(2):
            S, Q = draw(halves(int(row[column])))
            carry = draw(st.integers(0, min(Q >> 32, 1000)))
            numbers = (S, (Q >> 32) - carry, (Q & (2**32 - 1)) + (carry << 32))
            for index, number in enumerate(numbers):
                row[TWO.block(block + index).start + feature] = number
    return row


@st.composite
def narrow_rows(draw, count_max=8192):
    """A narrow row of `TWO`: what one agent says."""
    row = np.zeros(TWO.narrow, np.int64)
    row[COUNT] = draw(st.integers(0, count_max))
    row[SOURCES] = min(int(row[COUNT]), 1)
    for column, block in ((COUNT, 0), (SOURCES, 2)):
        for feature in range(2):
            numbers = draw(halves(int(row[column])))
            for index, number in enumerate(numbers):
                row[TWO.block(block + index).start + feature] = number
    return row


def any_rows(count_max=8192):
    """A narrow or a wide row."""
    return st.one_of(narrow_rows(count_max), wide_rows(count_max))


def of_agent(values):
    """The narrow row of an agent that measured these quanta, (count, features)."""
    values = np.asarray(values, np.int64)
    means = np.rint(values.mean(axis=0)).astype(np.int64)
    sums = (values.sum(axis=0), (values**2).sum(axis=0), means, means**2)
    return np.concatenate(([len(values), 1], *sums))


def of_agents(many):
    """The wide row of the agents that measured these quanta, (agents, count, features)."""
    layout = Layout(np.shape(many)[2])
    return sum(layout.widen(of_agent(values)) for values in many)
