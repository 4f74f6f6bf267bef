"""QuTE: who holds whose p-values, and what the owners reject in the end."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.multiplicity import benjamini_hochberg, bonferroni, heard, qute, union_of_sides
from tests.reference import multiplicity as obvious
from tests.stats.test_multiplicity import ALPHA, P


@st.composite
def networks(draw):
    """Links between up to six nodes, in any direction, and a p-value of each."""
    nodes = draw(st.integers(1, 6))
    row = st.lists(st.booleans(), min_size=nodes, max_size=nodes)
    links = draw(st.lists(row, min_size=nodes, max_size=nodes))
    return np.array(links), draw(st.lists(P, min_size=nodes, max_size=nodes))


@given(networks(), st.integers(0, 6))
def test_what_is_heard_after_some_rounds_is_what_is_that_near(network, rounds):
    links, _ = network
    assert heard(links, rounds).tolist() == obvious.heard(links.tolist(), rounds)


@given(networks(), st.integers(0, 6), ALPHA)
def test_qute_is_a_test_at_every_node_and_a_word_to_the_owners(network, rounds, alpha):
    links, p = network
    known = heard(links, rounds)
    assert qute(p, alpha, known).tolist() == obvious.qute(p, alpha, known.tolist())


@given(st.lists(P, min_size=1, max_size=12), ALPHA)
def test_without_a_word_it_is_bonferroni_and_with_all_words_benjamini_hochberg(p, alpha):
    ring = np.roll(np.eye(len(p), dtype=bool), 1, axis=1)
    assert qute(p, alpha, heard(ring, 0)).tolist() == bonferroni(p, alpha).tolist()
    assert qute(p, alpha, heard(ring, len(p))).tolist() == benjamini_hochberg(p, alpha).tolist()


@given(networks(), st.integers(0, 3), ALPHA, st.randoms(use_true_random=False))
def test_whatever_is_lost_more_is_never_rejected(network, rounds, alpha, random):
    links, p = network
    arrives = np.array([[[random.random() < 0.5 for _ in p] for _ in p] for _ in range(rounds)])
    lossy = heard(links, rounds, arrives.reshape(rounds, len(p), len(p)))
    assert (qute(p, alpha, lossy) <= qute(p, alpha, heard(links, rounds))).all()


@given(st.lists(P, min_size=6, max_size=6), ALPHA)
def test_nodes_with_several_hypotheses_and_no_neighbours_are_sides(p, alpha):
    starts, side = np.array([0, 2, 5, 6]), np.array([0, 0, 1, 1, 1, 2])
    alone = qute(p, alpha, np.eye(3, dtype=bool), starts=starts)
    assert alone.tolist() == union_of_sides(p, alpha, side).tolist()


def test_a_message_that_is_lost_is_heard_in_the_next_round():
    links = np.array([[False, True], [False, False]])
    arrives = np.array([[[False] * 2] * 2, [[True] * 2] * 2])
    assert heard(links, 1, arrives).tolist() == [[True, False], [False, True]]
    assert heard(links, 2, arrives).tolist() == [[True, True], [False, True]]


def test_verdicts_that_do_not_reach_the_owners_cost_control():
    """40 leaves with p = 0.03 know themselves, 20 hubs without any signal know all.

    A hub's test is passed by 40 leaves, so it rejects its own p up to 0.067 at least. If the leaves
    hear of it they are rejected, too; if not, the hubs' nulls are all there is, and all false.
    """
    known = np.eye(60, dtype=bool)
    known[:20] = True
    nulls = np.random.default_rng(1).uniform(size=(400, 20))
    told, untold = [], []
    for null in nulls:
        p = np.append(null, np.full(40, 0.03))
        for shares, reach in ((told, None), (untold, np.eye(60, dtype=bool))):
            rejected = qute(p, 0.1, known, told=reach)
            shares.append(rejected[:20].sum() / max(rejected.sum(), 1))
    error = math.sqrt(0.25 / len(nulls))
    assert np.mean(told) <= 0.1
    assert np.mean(untold) == pytest.approx(1 - (1 - 0.067) ** 20, abs=4 * error)


def test_networks_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="there are 2 blocks of hypotheses and 3 nodes"):
        qute([0.1, 0.2], 0.1, np.eye(3, dtype=bool), starts=np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="-1 rounds"):
        heard(np.eye(2, dtype=bool), -1)
