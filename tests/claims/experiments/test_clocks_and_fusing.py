"""Clocks and fusion against theory 8.2; tolerances are four standard errors."""

import math

import pytest

from sim.claims.experiments import causal_order, fusing


def test_vectors_are_right_about_every_pair_and_as_long_as_there_are_writers():
    found = causal_order.run(1, 100)
    assert found["vector_right"] == 1
    assert found["vector_bytes"] == 1600
    assert found["vector_round"] == 100 * 1600


def test_versions_by_source_invent_no_order_and_hybrid_stamps_miss_none():
    found = causal_order.run(1, 10)
    assert found["source_reversed"] == found["stamp_missed"] == 0
    assert found["source_right"] < 1 > found["stamp_right"]


@pytest.mark.parametrize(
    ("method", "shared", "expected"),
    [
        ("inverse_variance", 0, 0.95),
        ("inverse_variance", 2, 0.871),
        ("inverse_variance", 3, 0.834),
        ("covariance_intersection", 0, 0.9944),
        ("covariance_intersection", 3, 0.95),
        ("by_source", 2, 0.95),
    ],
)
def test_intervals_cover_as_often_as_theory_says(method, shared, expected):
    found = fusing.run(1, method, shared)
    error = math.sqrt(expected * (1 - expected) / fusing.DRAWS)
    assert found["coverage"] == pytest.approx(expected, abs=4 * error)


def test_the_same_twice_has_a_normalised_squared_error_of_two():
    error = 2 * math.sqrt(2 / fusing.DRAWS)
    assert fusing.run(1, "inverse_variance", 3)["nees"] == pytest.approx(2, abs=4 * error)
