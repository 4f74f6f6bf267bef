"""What is held of rows whose agents have changed keeps the order of instants that all rows keep."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.evolution.handover import shared_out
from sim.telemetry.holdings import BORN, FRESH, HEARD, LEFT, OLDEST, SENT

SEATS, ROWS, NOW_NS = 4, 3, 1000


def rows_held(draw: np.random.Generator) -> np.ndarray:
    """Rows of seven as folds make them: some of nobody, all told before now."""
    held = np.zeros((ROWS, 7), np.int64)
    for row in held:
        births = np.sort(draw.integers(1, NOW_NS - 100, draw.integers(0, SEATS + 1)))
        row[SENT] = draw.integers(births.max(initial=1), NOW_NS)
        row[OLDEST] = births.min(initial=row[SENT])
        row[BORN : BORN + 2] = births.sum()
        row[HEARD], row[LEFT] = len(births), SEATS - len(births)
        row[FRESH] = draw.integers(0, len(births) + 1)
    return held


@given(st.integers(0, 10_000))
def test_nobody_is_younger_than_the_version_and_older_than_the_oldest_in_it(seed):
    """Whoever moves may have joined a row of which the parent has heard nothing yet."""
    draw = np.random.default_rng(seed)
    seats, there = np.repeat(np.arange(ROWS), SEATS), draw.random(ROWS * SEATS) < 0.6
    before, after = seats[there], seats[draw.permutation(ROWS * SEATS)][there]
    held, _ = shared_out(rows_held(draw), before, after, np.full(ROWS, SEATS), NOW_NS)
    agents = SEATS - held[:, LEFT]
    assert (held[:, OLDEST] <= held[:, SENT]).all()
    assert (held[:, BORN] <= held[:, SENT] * agents).all()
    assert (held[:, BORN] >= held[:, OLDEST] * agents)[np.isin(np.arange(ROWS), after)].all()
    assert (held[:, FRESH] <= held[:, HEARD]).all()
    assert (held[:, HEARD] <= agents).all()
