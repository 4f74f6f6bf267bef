"""Samples until an alarm against Wald's bound and the overshoot of theory 2.5."""

import math

import pytest

from sim.claims.experiments.detection_delay import AGENTS, run


def test_half_a_deviation_takes_57_samples():
    """The standard deviation of the delay is about sqrt(ln(1 / alpha) 8) / size^1.5 = 21."""
    found = run(1, 0.5, 10)
    assert found["samples"] == pytest.approx(found["samples_expected"], abs=4 * 22 / AGENTS**0.5)
    assert found["samples_floor"] == pytest.approx(math.log(1000) / 0.125)
    assert found["samples"] > found["samples_floor"]


def test_a_huge_shift_takes_the_next_sample_which_is_half_a_period_away():
    found = run(1, 10.0, 10)
    assert found["samples"] == found["samples_floor"] == 1
    assert found["delay"] == pytest.approx(0.05, abs=4 * 0.1 / math.sqrt(12 * AGENTS))


def test_the_delay_is_as_short_as_sampling_is_fast():
    slow, fast = run(1, 3.0, 10), run(1, 3.0, 100_000)
    assert fast["delay"] == pytest.approx(slow["delay"] / 10_000)
