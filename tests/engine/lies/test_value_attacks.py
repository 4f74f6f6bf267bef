"""What lies about values do to the plain mean, exactly: agents are constant and all has arrived.

Liars are a fifth, so what is published is (4 * mean of the correct + claim) / 5.
"""

import numpy as np
import pytest

from sim.stats.fixed_point import QUANTUM
from tests.engine.lies.runs import lying, settled
from tests.reference import adversaries as reference

F_ONE_FIFTH = {"kind": "guarded_mean", "estimator": "median", "f": "20%", "false_alerts": "1e-9%"}
"""Nothing is far enough off for an alert, so the exact mean is published."""
CLAIMS = {
    "push": ({"to": "3sd"}, lambda others: [3.0, 3.0]),
    "group_capture": ({"to": "-3sd"}, lambda others: [-3.0, -3.0]),
    "sign_flip": (
        {"scale": 4},
        lambda others: [-4 * mean for mean in reference.column_means(others)],
    ),
    "inner_product": ({"tau": 2}, lambda others: reference.inner_product(others, 2)),
    "little_is_enough": ({}, lambda others: reference.little_is_enough(others, 60, 12)),
    "mimic": ({}, reference.mimic),
}


def published_if(liars, vectors, claim):
    """The mean of all values, when liars claim this one."""
    claimed = vectors.copy()
    claimed[liars] = claim
    return claimed.mean(axis=0)


@pytest.mark.parametrize("kind", CLAIMS)
def test_the_plain_mean_moves_by_the_share_of_the_lie(kind):
    options, claim = CLAIMS[kind]
    said, liars, vectors = settled(lying(kind, **options), baseline={"rule": F_ONE_FIFTH})
    lie = claim(vectors[~liars].tolist())
    assert liars.sum() == 12
    np.testing.assert_allclose(said, published_if(liars, vectors, lie), atol=2 * QUANTUM)


@pytest.mark.parametrize("kind", ["min_max", "min_sum"])
def test_a_lie_within_distances_goes_as_far_as_they_allow(kind):
    said, liars, vectors = settled(lying(kind, direction="sd"))
    others = vectors[~liars]
    accepts = reference.within_max if kind == "min_max" else reference.within_sum
    sd = others.std(axis=0, ddof=1)
    steps = ((60 * said - others.sum(axis=0)) / 12 - others.mean(axis=0)) / sd
    farthest = reference.largest_step(others.tolist(), np.sign(steps) * sd, accepts)
    np.testing.assert_allclose(np.abs(steps), farthest, rtol=1e-4)
