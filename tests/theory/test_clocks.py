"""Clocks in the simulator (theory 8.2): nodes with skew and drift talk, and the truth judges them.

Physical time puts effects before their causes as soon as clocks differ by more than a delay. A
hybrid stamp never does, and stays within the skew, but orders what is concurrent. A version vector
is always right and costs an entry for each writer.
"""

import pytest

from sim.protocol.clocks.causality import judged
from sim.protocol.clocks.costs import overhead, vector_bytes, versioned_bytes
from tests.protocol.clocks.chatter import MILLISECOND, talked, wrong_clocks

NODES = 5
SKEW_NS_MAX = 11 * MILLISECOND
"""Offsets differ by up to 10 ms; 200 ppm over less than a second is not another millisecond."""


@pytest.fixture(scope="module", params=[1, 2, 3])
def run(request):
    clocks = wrong_clocks(NODES, seed=request.param)
    return talked(clocks, skew_ns_max=SKEW_NS_MAX, seed=request.param)


def judge(talk, claimed):
    return judged(talk.history, talk.pairs, claimed)


def test_physical_clocks_put_effects_before_their_causes(run):
    talk, _ = run
    assert judge(talk, talk.by_clock).reversed > 0


def test_hybrid_stamps_never_do_but_order_what_is_concurrent(run):
    talk, _ = run
    found = judge(talk, talk.by_stamp)
    assert (found.reversed, found.missed) == (0, 0)
    assert found.invented > 0


def test_version_vectors_are_right_about_every_pair(run):
    talk, _ = run
    found = judge(talk, talk.by_vector)
    assert found.right == len(talk.pairs)


def test_versions_of_sources_never_invent_an_order_and_miss_what_others_caused(run):
    talk, _ = run
    found = judge(talk, talk.by_source)
    assert (found.reversed, found.invented) == (0, 0)
    assert found.missed > 0


def test_a_hybrid_stamp_is_ahead_of_its_node_by_the_skew_at_most(run):
    _, nodes = run
    assert 0 < max(node.ahead_ns_max for node in nodes) <= SKEW_NS_MAX
    assert sum(node.clock.refused for node in nodes) == 0


def test_with_clocks_that_are_right_no_stamp_is_ahead_of_time():
    _, nodes = talked(wrong_clocks(NODES, 1, offset_ns=0, drift_ppb=0), skew_ns_max=0)
    assert max(node.ahead_ns_max for node in nodes) == 0


def test_a_thousand_entries_are_thirty_times_a_summary_and_a_version_with_a_stamp_a_twentieth(
    figure,
):
    assert vector_bytes(1000) == 16_000
    assert overhead(vector_bytes(1000), 528) == pytest.approx(30.3, abs=0.05)
    assert overhead(versioned_bytes(), 528) == pytest.approx(0.045, abs=0.001)
    times = overhead(vector_bytes(1000), 528)
    figure("8.2", "vector clock of 1,000 entries, in summaries of 528 B", 30, times, allowed=0.5)


def test_the_vectors_of_a_run_are_as_long_as_there_are_writers(run):
    talk, _ = run
    assert max(one.vector.size_bytes for one in talk.stamps.values()) == vector_bytes(NODES)
