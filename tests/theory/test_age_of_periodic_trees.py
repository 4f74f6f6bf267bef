"""Ages in a whole run against closed forms: periodic reports through constant delays, with loss.

A source at distance d_1, ..., d_L with reporting periods T_1, ..., T_L and independent uniform
phases has mean age sum d + sum T / 2 and largest age sum d + sum T; if each report is lost with
probability q, one hop has mean age d + T (1 / (1 - q) - 1 / 2).
"""

import math
from functools import cache

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.engine.simulation import Recording, simulate
from sim.measure.staleness import Held, held, mean_age_ns, oldest_age_ns
from sim.measure.tables import Tables
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

CHAINS = 4000

TREE = f"""
schema: 1
name: chains
duration: 4s
agents: {{count: {CHAINS}, features: 1, rate: 10Hz, behaviour: {{kind: synthetic, drift: none}}}}
topology: {{kind: point, per_hop: 0ms, jitter: {{kind: constant, value: 0ms}}, loss: 0%}}
tree:
  local: 1
  regional: 2
  links:
    - {{kind: constant, value: 5ms}}
    - {{kind: constant, value: 20ms}}
    - {{kind: constant, value: 40ms}}
measure: {{every: 1s}}
"""

ONE_HOP = """
schema: 1
name: one-hop
duration: 110s
agents: {count: 1000, features: 1, rate: 10Hz, behaviour: {kind: synthetic, drift: none}}
topology: {kind: point, per_hop: 0ms, jitter: {kind: constant, value: 50ms}, loss: 10%}
tree: {levels: 1}
measure: {every: 10s}
"""


@cache
def recorded(text: str, seed: int) -> tuple[Plan, Recording, Tables]:
    plan = parse_scenario(text, "theory.yaml")
    recording = simulate(plan, seed)
    return plan, recording, Tables.of(whole(recording.tables))


def test_three_periodic_hops_have_the_mean_age_and_the_supremum_of_theory(figure):
    """theory 8.1: three levels of 0.1 s, d = (5, 20, 40) ms: 0.215 s mean, 0.365 s supremum."""
    plan, _, tables = recorded(TREE, seed=1)
    ages = held(tables, plan.duration_ns)
    # The run starts empty, so the first half second is left out; it is a whole number of periods.
    mean = mean_age_ns(ages, 1_000_000_000, plan.duration_ns) / 1e9
    supremum = oldest_age_ns(ages, 1_000_000_000, plan.duration_ns) / 1e9
    # Each uniform wait has variance 0.1^2 / 12; pairs of chains share the wait at their regional.
    standard_error = math.sqrt(0.1**2 / 12 * (2 / CHAINS + 1 / (CHAINS / 2)))
    assert standard_error < 0.01 * 0.215 / 2
    assert mean == pytest.approx(0.215, abs=3 * standard_error)
    assert mean == pytest.approx(0.215, rel=0.01)
    # The largest of 4000 sums of three uniform waits comes close to the supremum, never above it:
    # the chance that none is within 0.02 s of it is (1 - 0.2^3 / 6)^4000 = 0.005.
    assert 0.345 < supremum <= 0.365
    figure("8.1", "three periodic hops: mean age, s", 0.215, mean, standard_error)
    figure(
        "8.1", "three periodic hops: largest age of 4,000 chains, s", 0.365, supremum, allowed=0.02
    )


def test_no_age_is_ever_below_the_causal_path():
    _, _, tables = recorded(TREE, seed=2)
    heard = tables.heard
    assert (heard["known_ns"] - heard["sent_ns"]).min() >= 40_000_000
    complete = heard["oldest_born_ns"] > 0  # before, some source was not heard of at all
    assert (heard["known_ns"] - heard["oldest_born_ns"])[complete].min() >= 65_000_000


@pytest.mark.slow
def test_loss_lengthens_the_mean_age_as_a_geometric_number_of_periods(figure):
    """theory 8.1: T = 0.1, q = 0.1, d = 0.05: 0.1111 s; 1e6 updates."""
    plan, recording, tables = recorded(ONE_HOP, seed=3)
    assert recording.messages >= 1_000_000
    mean = mean_age_ns(held(tables, plan.duration_ns), 10**10, plan.duration_ns) / 1e9
    expected = 0.05 + 0.1 * (1 / 0.9 - 0.5)
    assert expected == pytest.approx(0.1111, abs=5e-5)
    assert mean == pytest.approx(expected, rel=0.01)
    figure("8.1", "one hop, a tenth lost: mean age, s", 0.1111, mean, allowed=0.001)


@pytest.mark.slow
def test_the_tail_of_the_age_under_loss_is_geometric(figure):
    """theory 8.1: P(age > d + (k + x) T) = (1 - x) q^k + x q^(k + 1)."""
    plan, _, tables = recorded(ONE_HOP, seed=3)
    ages = held(tables, plan.duration_ns)
    for k, x in ((0, 0.5), (1, 0.0), (1, 0.5), (2, 0.0)):
        bound_ns = 50_000_000 + int((k + x) * 100_000_000)
        expected = (1 - x) * 0.1**k + x * 0.1 ** (k + 1)
        assert share_older(ages, bound_ns, plan.duration_ns) == pytest.approx(expected, rel=0.01)
        older = share_older(ages, bound_ns, plan.duration_ns)
        what = f"one hop, a tenth lost: share of time older than d + {k + x:g} T"
        figure("8.1", what, expected, older, allowed=0.01 * expected)


def share_older(ages: Held, bound_ns: int, end_ns: int) -> float:
    """Share of (source, instant) pairs after 10 s at which the age is above the bound."""
    ages = ages.within(10_000_000_000, end_ns)
    from_ns = np.maximum(ages.begin_ns, ages.oldest_born_ns + bound_ns)
    older_ns = np.maximum(ages.end_ns - from_ns, 0).sum()
    return float(older_ns / (ages.end_ns - ages.begin_ns).sum())
