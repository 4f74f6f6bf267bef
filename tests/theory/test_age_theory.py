"""The engine against queueing theory, driven message by message; never formula against formula.

Standard errors are by batch means over 100 batches. Updates are chosen so that four of them are at
most 2 % of the answer, so that both bounds of a test mean something. `benchmarks.age_theory` asks
the same with a million updates a case.
"""

import numpy as np
import pytest

from benchmarks.age_theory import CASES, ages, ratio_estimate, simulate_age, simulate_waits
from sim.engine.streams import Streams
from sim.units import NS_PER_S

SEED = 1
UPDATES = {
    "M/M/1": 115_000,
    "D/M/1": 90_000,
    "M/D/1": 70_000,
    "LCFS-preemptive line of 2": 70_000,
}


def agrees(estimate, theory):
    assert 4 * estimate.error <= 0.02 * theory
    assert abs(estimate.mean - theory) <= 4 * estimate.error
    return True


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_mean_and_peak_age_are_what_theory_says(figure, case):
    age, peak = simulate_age(case, UPDATES[case.name], SEED)
    assert agrees(age, case.age)
    assert case.peak is None or agrees(peak, case.peak)
    figure("8.1", f"{case.name}: mean age, s", case.age, age.mean, age.error)
    if case.peak is not None:
        figure("8.1", f"{case.name}: mean peak age, s", case.peak, peak.mean, peak.error)


# At a load of 0.5 a wait says little about those after it: as exact as four times as many at 0.8.
HALF = {"updates": 150_000, "seed": SEED, "load": 0.5}


@pytest.mark.slow
def test_waits_by_class_are_what_cobham_says(figure):
    # Standard errors: 1.2 % and 1.7 %.
    waits = simulate_waits(**HALF, priority=True)
    assert abs(waits["alerts"].mean / (0.5 / (1 - 0.125)) - 1) < 0.03
    assert abs(waits["baselines"].mean / (0.5 / (1 - 0.125) / (1 - 0.5)) - 1) < 0.03
    for kind, expected in (("alerts", 0.5 / 0.875), ("baselines", 0.5 / 0.875 / 0.5)):
        figure(
            "11",
            f"hosts, load 0.5, priority: wait of {kind}, s",
            expected,
            waits[kind].mean,
            waits[kind].error,
        )


@pytest.mark.slow
def test_first_come_first_served_waits_are_what_theory_says(figure):
    # Standard error: 1.5 %.
    waits = simulate_waits(**HALF, priority=False)
    assert abs(waits["all"].mean / (0.5 / (1 - 0.5)) - 1) < 0.03
    figure(
        "11",
        "hosts, load 0.5, first come first served: wait, s",
        1.0,
        waits["all"].mean,
        waits["all"].error,
    )


def test_priority_creates_no_capacity():
    # Same arrivals, same service times in the order of service: the total wait is conserved.
    first, second = (simulate_waits(3000, SEED, priority=priority) for priority in (True, False))
    assert first["all"].mean == pytest.approx(second["all"].mean, rel=0.02)
    assert first["alerts"].mean < second["alerts"].mean


def test_age_is_the_area_under_the_saw_teeth():
    # Born every 2 s and heard 1 s later: the age climbs from 1 s to 3 s, again and again.
    born_ns = np.arange(500) * 2 * NS_PER_S
    age, peak = ages(born_ns + NS_PER_S, born_ns)
    assert (age.mean, peak.mean) == (2, 3)
    assert (age.error, peak.error) == (0, 0)


def test_the_standard_error_of_independent_values_is_that_of_textbooks():
    # Batch means over 100 batches know the error of a mean to 1 / sqrt(200) = 7 %.
    values = Streams(SEED).stream("values").standard_normal(10_000)
    assert ratio_estimate(values).error == pytest.approx(0.01, rel=4 * 0.07)
