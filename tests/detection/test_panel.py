"""What several witnesses say of an agent, merged so that a minority cannot make it up."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.detection.decider import Decider
from sim.detection.panel import merged
from tests.detection.test_decider import Taken

SCORES = st.floats(-30, 30) | st.just(math.nan)
LIES = st.floats(allow_nan=True)
EVIDENCE = ["score", "log_e"]


def in_words(scores, evidence):
    """The obvious version, of one agent."""
    f = (len(scores) - 1) // 2
    falling = sorted((-math.inf if math.isnan(s) else s for s in scores), reverse=True)
    if evidence == "score":
        found = falling[f]
    else:
        total = sum(math.exp(s) for s in falling[f:])
        found = math.log(total / len(falling[f:])) if total else -math.inf
    return math.nan if found == -math.inf else found


@pytest.mark.parametrize("evidence", EVIDENCE)
@given(scores=st.lists(st.tuples(*[SCORES] * 3), min_size=1, max_size=6))
def test_merging_agrees_with_the_obvious_version(evidence, scores):
    expected = [in_words(row, evidence) for row in scores]
    np.testing.assert_allclose(merged(np.array(scores), evidence), expected, atol=1e-9)


@pytest.mark.parametrize("evidence", EVIDENCE)
@given(honest=st.lists(SCORES, min_size=3, max_size=3), lies=st.lists(LIES, min_size=2, max_size=2))
def test_two_liars_of_five_cannot_raise_a_score_above_that_of_the_honest(evidence, honest, lies):
    (found,) = merged(np.array([[*honest, *lies]]), evidence)
    known = [score for score in honest if not math.isnan(score)]
    if not known:
        assert math.isnan(found)
    else:
        assert math.isnan(found) or found <= max(known) + 1e-9


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_one_witness_is_taken_at_its_word(evidence):
    scores = np.array([[3.0], [-math.inf], [math.nan], [math.inf]])
    np.testing.assert_array_equal(merged(scores, evidence), scores[:, 0])


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_three_witnesses_of_the_same_mind_say_what_one_says(evidence):
    np.testing.assert_allclose(merged(np.full((1, 3), 2.5), evidence), [2.5])


def test_a_deciding_node_merges_what_each_witness_sent_last_and_lately():
    decider = Decider(Taken(), "score", np.array([0, 2]), 0, 0, bound_ns=5, witnesses=3)
    everybody = slice(None)
    decider.receive(everybody, np.array([1.0, 1.0]), 10)
    decider.receive(everybody, np.array([2.0, 2.0]), 10, witness=1)
    decider.receive(everybody, np.array([9.0, 9.0]), 4, witness=2)
    assert decider.decide(9)[0].tolist() == [2.0, 2.0]
    assert decider.decide(10)[0].tolist() == [1.0, 1.0]  # the third is too old, and says nothing
    decider.forget(np.array([False, True]))
    np.testing.assert_array_equal(decider.decide(10)[0], [1.0, math.nan])
