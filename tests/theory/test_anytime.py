"""Looking all the time: what a plain interval, a confidence sequence and an e-process then promise.

Figures are exact where a formula is, else of an independent simulation. The e-process is the
detector that runs in the simulator, one agent a repetition.
"""

import math

import numpy as np
import pytest

from sim.detection.contract import Baseline
from sim.detection.detectors import make_detector
from sim.stats.anytime import (
    best_r,
    confidence_sequence,
    expected_delay,
    ville_threshold,
)

MINUTE, HOUR = 600, 36_000
"""Looks at ten values a second."""
RUNS_OF_THEORY = 1450
"""Of its 0.425 +- 0.013; the other shares of theory are of as many."""


def error_of_share(expected, count):
    return math.sqrt(expected * (1 - expected) / count)


def assert_share(hits, expected):
    assert np.mean(hits) == pytest.approx(expected, abs=4 * error_of_share(expected, len(hits)))


def looks(repetitions, count, seed):
    """|sums| of standard normal values after 1, 2 ... `count` of them, some repetitions a time."""
    draw = np.random.default_rng(seed)
    for _ in range(repetitions // 50):
        yield np.abs(np.cumsum(draw.standard_normal((50, count)), axis=1))


def peeking(sums):
    """Whether a plain 95 % interval, looked at from the 10th value on, ever misses the mean 0."""
    bound = 1.959964 * np.sqrt(np.arange(1, sums.shape[1] + 1))
    return (sums > bound)[:, 9:].any(axis=1)


def leaving(sums):
    """Whether the 95 % confidence sequence with r = 100 ever misses the mean 0."""
    count = np.arange(1, sums.shape[1] + 1)
    low, _ = confidence_sequence(count, sums, 0.05, 100.0, sd=1.0)
    return (low > 0).any(axis=1)


def test_peeking_at_a_plain_interval_for_a_minute_raises_a_false_alarm_in_0_42_of_all_runs(figure):
    hits = np.concatenate([peeking(sums) for sums in looks(4000, MINUTE, seed=1)])
    assert_share(hits, 0.425)
    error = error_of_share(0.425, len(hits))
    figure(
        "2.5",
        "plain 95 % interval, 600 looks: ever misses",
        0.425,
        hits.mean(),
        error,
        theory_error=0.013,
    )


@pytest.mark.slow
def test_in_an_hour_a_confidence_sequence_keeps_its_promise_and_a_plain_interval_breaks_it(figure):
    both = [(peeking(sums), leaving(sums)) for sums in looks(600, HOUR, seed=2)]
    plain, sequence = (np.concatenate(hits) for hits in zip(*both, strict=True))
    assert_share(plain, 0.675)
    assert_share(sequence, 0.045)
    told = ("plain 95 % interval", 0.654, plain), ("confidence sequence, r = 100", 0.039, sequence)
    for what, theory, hits in told:
        errors = [error_of_share(theory, count) for count in (len(hits), RUNS_OF_THEORY)]
        what += ", 36,000 looks: ever misses"
        figure("2.5", what, theory, hits.mean(), errors[0], theory_error=errors[1])


def test_at_its_best_count_a_confidence_sequence_is_1_55_times_as_wide_as_a_fixed_interval(figure):
    count = 1000
    _, high = confidence_sequence(count, 0.0, 0.05, best_r(count, 0.05), sd=1.0)
    assert high / (1.959964 / math.sqrt(count)) == pytest.approx(1.549, abs=5e-4)
    ratio = high / (1.959964 / math.sqrt(count))
    figure(
        "2.5",
        "confidence sequence at its best count: width over fixed n",
        1.549,
        ratio,
        allowed=5e-4,
    )


AGENTS, SIZE = 4000, 0.5
STANDARD = Baseline(np.array([1000]), np.zeros((1, 1)), np.ones((1, 1)))


def first_crossings(mean, alpha, steps, seed):
    """At which of `steps` values of N(mean, 1) each agent's e-process reaches 1 / alpha; 0 = never.

    One-sided, for a shift by `SIZE`.
    """
    detector = make_detector(
        "lr_e_process",
        {"size": SIZE, "sign": "up"},
        agents=AGENTS,
        features=1,
        period_ns=100_000_000,
        groups=np.zeros(AGENTS, np.int64),
    )
    draw, everyone = np.random.default_rng(seed), np.arange(AGENTS)
    crossed = np.zeros(AGENTS, np.int64)
    for step in range(1, steps + 1):
        detector.update(everyone, draw.normal(mean, 1.0, (AGENTS, 1)), STANDARD, None)
        over = detector.scores(STANDARD, None) >= ville_threshold(alpha)
        crossed[over & (crossed == 0)] = step
    return crossed


def test_an_e_process_of_normal_values_ever_reaches_its_threshold_less_often_than_ville_allows(
    figure,
):
    """alpha exp(-0.583 size): the overshoot makes the bound of 0.05 a little loose.

    After 400 values the log of the e-process has mean -50 and sd 10: nothing crosses later.
    """
    hits = first_crossings(0.0, 0.05, steps=400, seed=3) > 0
    assert hits.mean() <= 0.05
    assert_share(hits, 0.05 * math.exp(-0.583 * SIZE))
    error = error_of_share(0.0374, len(hits))
    figure(
        "2.5", "e-process for 0.5 sd, alpha = 5 %: ever alarms in vain", 0.0374, hits.mean(), error
    )


def test_an_e_process_detects_a_shift_of_half_a_deviation_after_57_values(figure):
    delays = first_crossings(SIZE, 1e-3, steps=400, seed=4)
    assert delays.min() > 0  # all were found, none is left out of the mean
    error = delays.std(ddof=1) / math.sqrt(AGENTS)
    assert delays.mean() == pytest.approx(expected_delay(1e-3, SIZE), abs=4 * error)
    assert delays.mean() == pytest.approx(57.3, abs=4 * math.hypot(error, 0.5))
    what = "e-process for 0.5 sd, alpha = 0.1 %: values until the alarm"
    figure("2.5", what, 57.3, delays.mean(), error, theory_error=0.5)
