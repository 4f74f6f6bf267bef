"""Every columnar detector against its obvious version, whatever arrives in whatever order."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.detection.worlds import PERIOD_NS, arrivals_of, detector_of, now_of, play, worlds
from tests.reference import detectors as obvious

VARIANTS = [
    ("z", {}, {}),
    ("z", {"pool": "mean", "cap": None, "floor": 0.0}, {"cap": np.inf}),
    ("z", {"pool": "rms", "floor": 0.0}, {}),
    ("z", {"pool": "max", "cap": 2.0}, {}),
    ("z", {"pool": "top", "top": 2, "floor": 0.0}, {}),
    ("ewma_z", {"half_life_ns": 3 * PERIOD_NS}, {"half_life": 3}),
    ("ewma_residual", {"half_life_ns": 150}, {"half_life": 1.5}),
    ("ewma_residual", {"half_life_ns": 300, "spread": "own"}, {"half_life": 3}),
    ("cusum", {}, {}),
    ("cusum", {"k": 0.0, "cap": None, "floor": 0.0}, {"cap": np.inf}),
    ("mahalanobis", {}, {}),
    ("mahalanobis", {"shrinkage": 0.5, "floor": 0.0, "cap": 2.0}, {}),
    ("pca", {"keep": 0.6}, {}),
    ("pca", {"keep": 0.8, "statistic": "hotelling", "cap": None}, {"cap": np.inf}),
    ("lr_e_process", {}, {}),
    ("lr_e_process", {"size": 0.4, "sign": "up", "cap": 1.0, "floor": 0.0}, {}),
    ("lr_e_process", {"sign": "down", "restart_ns": 3 * PERIOD_NS}, {"restart": 3}),
    ("lr_e_process", {"onset": "any", "restart_ns": 4 * PERIOD_NS}, {"restart": 4}),
]
PEERS = [{}, {"smallest_group": 3, "pool": "mean"}, {"smallest_group": 3, "robust": True}]
UNITS = ("half_life_ns", "restart_ns")
IDS = [f"{kind} {options}" for kind, options, _ in VARIANTS]
ALL = [(kind, options) for kind, options, _ in VARIANTS] + [("peers", options) for options in PEERS]


@pytest.mark.parametrize(("kind", "options", "other"), VARIANTS, ids=IDS)
@settings(max_examples=60)
@given(world=worlds())
def test_all_agents_at_once_score_as_one_by_one(kind, options, other, world):
    same = {name: value for name, value in options.items() if name not in UNITS} | other
    detector = play(world, detector_of(world, kind, options))
    expected = [
        getattr(obvious, kind)(arrivals_of(world, agent), now_of(world, agent), **same)
        for agent in range(world.agents)
    ]
    scores = detector.scores(world.now, world.which)
    np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("options", PEERS, ids=str)
@settings(max_examples=60)
@given(world=worlds())
def test_peers_score_as_one_by_one(options, world):
    detector = play(world, detector_of(world, "peers", options))
    arrived = [arrivals_of(world, agent) for agent in range(world.agents)]
    newest = [values[-1][0] if values else None for values in arrived]
    expected = []
    for agent in range(world.agents):
        mates = np.flatnonzero(world.groups == world.groups[agent])
        others = [newest[mate] for mate in mates if mate != agent and newest[mate] is not None]
        expected.append(obvious.peers(newest[agent], others, **options))
    scores = detector.scores(world.now, world.which)
    np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("kind", "options"), ALL, ids=[f"{kind} {opts}" for kind, opts in ALL])
@settings(max_examples=60)
@given(world=worlds())
def test_how_rows_are_cut_into_calls_changes_no_bit(kind, options, world):
    whole, pieces = (
        play(world, detector_of(world, kind, options), cut).scores(world.now, world.which)
        for cut in (False, True)
    )
    assert whole.tobytes() == pieces.tobytes()
