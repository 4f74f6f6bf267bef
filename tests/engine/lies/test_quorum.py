"""The race for a quorum: who closes at n - f takes all liars that are fast, and cuts slow honest.

500 agents in locals of ten, a fifth of them liars. With f = 20% a local takes the first eight: two
liars are then a quarter of its items. 100 features are as many draws of the correct agents.
"""

from statistics import NormalDist

import numpy as np
import pytest

from sim.engine.digests.digests import Digests
from tests.engine.lies.runs import (
    CONSTANT,
    component,
    integrity,
    lies_of,
    lying,
    played,
    publications,
    simulation,
)

RULE = {"kind": "robust", "estimator": "median", "f": "20%", "sample": 1000}


def race(kind, quorum, **rule):
    """A run that is about to begin."""
    return simulation(
        lying(kind, to="15sd", **{"from": "0s"}),
        agents={"count": 500, "features": 100, "behaviour": CONSTANT},
        baseline={"rule": {**RULE, "quorum": quorum, **rule}},
        duration="1s",
        measure={"every": "1s"},
    )


def bias(simulated):
    """Of the last publication, mean over features; signed, in deviations between agents."""
    said, true = publications(simulated)
    return (said[-1] - true[-1]).mean()


def floor(share):
    """Bias of a median with so many liars far above."""
    return NormalDist().inv_cdf(1 / (2 * (1 - share)))


@pytest.mark.parametrize(
    ("kind", "quorum", "share", "tolerance"),
    [
        ("fast_liar", True, 0.25, 0.02),
        ("push", True, 0.2, 0.055),
        ("push", False, 0.2, 0.02),
    ],
)
def test_fast_liars_are_a_larger_share_of_a_quorum(kind, quorum, share, tolerance):
    """The median of 300 correct agents is off by 0.005, mean over features.

    Of liars who are not fast chance takes 80 +- 3.6 into quorums of 400, which is worth 0.018.
    """
    assert bias(race(kind, quorum)) == pytest.approx(floor(share), abs=tolerance)


@pytest.mark.parametrize("lead", [200, 230, 250])
def test_a_quorum_leaves_out_the_slowest_of_each_local_and_no_liar(lead):
    """Whenever a round begins: `lead` before a publication, and every 500 ms."""
    simulated = race("fast_liar", quorum=True, lead=f"{lead}ms")
    digests = component(simulated, Digests)
    lifted = []
    lift = digests._digest.lift
    digests._digest.lift = lambda items, groups: lifted.append(items) or lift(items, groups)
    played(simulated)
    cut = lifted[-1].count == 0
    assert not cut[lies_of(simulated).is_liar(0)].any()
    begin_ns, delay_ns = (500 - lead) * 1_000_000, 2_050_000
    phase_ns = simulated.world.telemetry.leaves.phase_ns
    heard_ns = ((phase_ns + delay_ns - begin_ns) % 100_000_000).reshape(50, 10)
    slowest = np.argsort(np.argsort(heard_ns, axis=1, kind="stable"), axis=1) >= 8
    np.testing.assert_array_equal(cut.reshape(50, 10), slowest)


def test_without_a_quorum_everybody_counts():
    for quorum, items in ((True, 400), (False, 500)):
        recording = played(race("push", quorum))
        assert integrity(recording, "items").tolist() == [items, items]
