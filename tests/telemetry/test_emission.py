"""When nodes report, against counting report numbers one by one."""

from itertools import chain, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.telemetry.emission import emission

PERIOD_NS = 100
PHASES = st.lists(st.integers(0, PERIOD_NS - 1), min_size=1, max_size=6)
STEPS = st.tuples(st.integers(0, 700), st.integers(1, 500))
UP = st.lists(st.booleans(), min_size=6, max_size=6)


def sent_in(phases, begin_ns, until_ns, up=None):
    """(node, report number, instant) of what a step sends."""
    mask = None if up is None else np.array(up[: len(phases)])
    step = emission(np.array(phases, np.float64), PERIOD_NS, mask, begin_ns, until_ns)
    sent = np.ones(step.sent_ns.shape, bool) if step.sent is None else step.sent
    found = [
        (int(node), step.first_tick + int(row), step.sent_ns[row, node])
        for row, node in np.argwhere(sent)
    ]
    assert step.count() == len(found)
    return sorted(found)


def plainly(phases, begin_ns, until_ns, up=None):
    return [
        (node, tick, phase + tick * PERIOD_NS)
        for node, phase in enumerate(phases)
        for tick in range(20)
        if begin_ns <= phase + tick * PERIOD_NS < until_ns and (up is None or up[node])
    ]


@given(PHASES, STEPS)
def test_a_step_sends_every_report_that_is_due_in_it(phases, step):
    begin_ns, length_ns = step
    assert sent_in(phases, begin_ns, begin_ns + length_ns) == plainly(
        phases, begin_ns, begin_ns + length_ns
    )


@given(PHASES, STEPS, UP)
def test_who_is_down_sends_nothing_and_the_others_are_as_they_were(phases, step, up):
    begin_ns, length_ns = step
    until_ns = begin_ns + length_ns
    assert sent_in(phases, begin_ns, until_ns, up) == plainly(phases, begin_ns, until_ns, up)


@given(PHASES, st.lists(st.integers(1, 900), max_size=4))
def test_however_time_is_cut_into_steps_the_reports_are_the_same(phases, cuts_ns):
    bounds = [0, *sorted(set(cuts_ns)), 1000]
    pieces = [sent_in(phases, *pair) for pair in pairwise(bounds)]
    assert sorted(chain.from_iterable(pieces)) == sent_in(phases, 0, 1000)


def test_a_step_in_which_nobody_reports_has_no_rows_or_none_that_is_sent():
    assert sent_in([50, 60], 10, 40) == []


def test_all_is_said_without_a_mask():
    assert emission(np.array([5.0, 6.0]), PERIOD_NS, None, 0, 100).sent is None


def test_a_part_has_the_same_reports_of_fewer_nodes():
    step = emission(np.array([5.0, 50.0, 95.0]), PERIOD_NS, None, 0, 60)
    part = step.part(1, 3)
    assert part.first_tick == step.first_tick
    assert part.sent_ns.tolist() == [[50, 95]]
    assert part.sent is not None
    assert part.sent.tolist() == [[True, False]]
