"""What liars do who rewrite sums, told in the means and deviations that a root makes of them."""

import numpy as np
import pytest

from sim.adversary import STRATEGIES
from sim.protocol.registry import REASONS, refusals
from sim.stats.fixed_point import QUANTUM
from sim.stats.moments import COUNT, SOURCES, Layout, moments
from tests.adversary.drive import make_liars
from tests.adversary.rows import of_agent, of_agents

AGENTS, VALUES = 50, 100
LAYOUT = Layout(2)
MEASURED = np.rint(
    np.random.default_rng(21).normal([0.5, -1.0], [1.0, 0.25], (AGENTS, VALUES, 2)) / QUANTUM
).astype(np.int64)
HONEST = np.stack([of_agent(values) for values in MEASURED])
SD = np.array([0.3, 0.1])


def liar(kind, tier=0, liars=1, **options):
    """A strategy of as many liars in one group."""
    mine = make_liars(
        nodes=np.arange(liars),
        group=np.zeros(liars, np.int64),
        tier=tier,
        layout=LAYOUT,
        scale_sd=SD,
    )
    return STRATEGIES[kind](mine, {"begin_ns": 0, "end_ns": None} | options)


def tell(strategy, rows):
    return strategy.tell(0, np.zeros(len(rows)), np.arange(len(rows)), rows)


def root(rows):
    """What a root that believes everybody makes of agents' rows."""
    return moments(LAYOUT.widen(rows).sum(axis=0), 2)


def with_liars(kind, count, **options):
    rows = HONEST.copy()
    rows[:count] = tell(liar(kind, liars=count, **options), rows[:count])
    return rows


# Count inflation


def test_a_single_inflated_count_takes_over_the_mean():
    lied = root(with_liars("count_inflation", 1, times=1000, to=5.0))
    # For each value of the 49 correct agents there are 1000 / 49 at 5 sd.
    honest = root(HONEST[1:]).mean
    np.testing.assert_allclose(lied.mean, (1000 * 5 * SD + 49 * honest) / 1049, atol=QUANTUM)


def test_inflated_values_keep_their_spread():
    row = tell(liar("count_inflation", times=1000, to=5.0), HONEST[:1])
    claimed, true = root(row), root(HONEST[:1])
    assert (claimed.count, claimed.sources) == (1000 * VALUES, 1)
    np.testing.assert_allclose(claimed.sd, true.sd, rtol=0.01)
    np.testing.assert_allclose(claimed.mean, 5 * SD, atol=QUANTUM)


def test_a_lying_aggregator_inflates_the_values_and_not_the_sources():
    wide = of_agents(MEASURED)[None]
    row = tell(liar("count_inflation", tier=1, times=1000, to=5.0), wide)[0]
    assert row[COUNT] == 1000 * wide[0, COUNT]
    assert row[SOURCES] == AGENTS
    np.testing.assert_allclose(moments(row, 2).mean, 5 * SD, atol=QUANTUM)


def test_the_registry_refuses_an_inflated_count():
    rows = with_liars("count_inflation", 10, times=2, to=5.0)
    refused = refusals(rows, LAYOUT, np.full(AGENTS, VALUES), np.ones(AGENTS, np.int64))
    assert [REASONS[number] for number in np.unique(refused[:10])] == [
        "count negative or above what the registry allows"
    ]
    assert not refused[10:].any()


def test_a_group_of_inflators_does_not_overflow_its_parent():
    rows = with_liars("count_inflation", 50, times=10**9, to=-5.0)
    squares = rows[:, LAYOUT.block(1)]
    assert squares.astype(object).sum(axis=0).tolist() == squares.sum(axis=0).tolist()


def test_an_item_of_a_digest_is_at_the_same_place():
    means = liar("count_inflation", tier=1, times=10, to=-3.0).digest(np.arange(2), np.ones((2, 2)))
    np.testing.assert_allclose(means, [-3 * SD, -3 * SD])


# Variance deflation


def test_deflated_variances_leave_counts_and_means():
    lied, true = root(with_liars("variance_deflation", AGENTS)), root(HONEST)
    assert (lied.count, lied.sources) == (true.count, true.sources)
    np.testing.assert_array_equal(lied.mean, true.mean)


def test_deflated_variances_take_the_spread_within_an_agent_out():
    row = tell(liar("variance_deflation"), HONEST[:1])
    np.testing.assert_allclose(root(row).sd, 0, atol=QUANTUM)


def test_a_deflating_aggregator_takes_the_spread_between_agents_out_too():
    row = tell(liar("variance_deflation", tier=1), of_agents(MEASURED)[None])[0]
    claimed = moments(row, 2)
    np.testing.assert_allclose(claimed.sd, 0, atol=QUANTUM)
    np.testing.assert_allclose(claimed.between_sd, 0, atol=QUANTUM)


def test_a_deflated_variance_owns_a_mean_that_is_weighed_by_variances():
    # Inverse-variance weights of 1 liar in 50, 3 sd off: without a floor only the liar counts.
    rows = with_liars("variance_deflation", 1)
    each = [root(row[None]) for row in rows]
    weights = np.array([1 / max(one.sd[0] ** 2, QUANTUM**2) for one in each])
    assert weights[0] / weights.sum() > 0.999
    floored = np.minimum(weights, 1 / np.median([one.sd[0] ** 2 for one in each]))
    assert floored[0] / floored.sum() < 0.03


def test_a_claim_of_no_spread_is_possible_and_so_not_refused():
    rows = with_liars("variance_deflation", 10)
    refused = refusals(rows, LAYOUT, np.full(AGENTS, VALUES), np.ones(AGENTS, np.int64))
    assert not refused.any()


@pytest.mark.parametrize("kind", ["count_inflation", "variance_deflation"])
def test_what_detectors_see_is_what_was_measured(kind):
    strategy = liar(kind, times=10, to=5.0)
    assert type(strategy).claim is STRATEGIES["silence"].claim
