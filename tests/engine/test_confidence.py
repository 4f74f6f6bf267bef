"""What nodes know of a mean, and how old that is; what they are held against."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.engine.confidence.build import NODES_MAX, add_confidence
from sim.engine.confidence.heard import MOST, Heard, Tier, newest
from sim.engine.confidence.movement import Movement
from sim.engine.confidence.running import Running
from sim.engine.confidence.truth import OfProcess
from sim.engine.parts import prepare
from sim.engine.simulation import Simulation
from sim.stats.confidence.components import components
from sim.stats.confidence.rows import groups
from sim.stats.fixed_point import QUANTUM, split
from sim.stats.moments import COUNT, SOURCES, Layout
from tests.engine.confidence_runs import LOCAL, REGIONAL, ROOT, plan_of, stated

ONE = Layout(1)
NOW = 0
NEW = np.array([NOW])


def row(values) -> np.ndarray:
    """The wide row of sources, a list of values each, in whole scales; one feature."""
    quanta = [np.rint(np.array(some, np.float64) / QUANTUM) for some in values]
    wide = np.zeros(ONE.wide, np.int64)
    wide[COUNT], wide[SOURCES] = sum(map(len, quanta)), len(quanta)
    means = np.array([np.rint(some.mean()) for some in quanta])
    for block, numbers in ((0, np.concatenate(quanta)), (3, means)):
        wide[ONE.block(block)] = int(numbers.sum())
        high, low = split(np.array([int((numbers**2).sum())]))
        wide[ONE.block(block + 1)], wide[ONE.block(block + 2)] = high, low
    return wide


def tier_of(panes, starts=(0,), number=2) -> Tier:
    """A tier that knows these rows of its units, by pane."""
    units = len(next(iter(panes.values())))
    nodes = np.arange(len(starts))
    return Tier(number, nodes, np.arange(units), np.array(starts), panes.get, features=1)


def with_sources(sources, count=None) -> np.ndarray:
    """Rows of units of which only the number of sources (and values) matters."""
    rows = np.zeros((len(sources), ONE.wide), np.int64)
    rows[:, SOURCES] = sources
    rows[:, COUNT] = sources if count is None else count
    return rows


@given(
    arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.integers(0, 9))
)
def test_of_each_child_the_newest_pane_with_most_of_its_sources_counts(sources):
    tier = tier_of({pane: with_sources(some) for pane, some in enumerate(sources)})
    heard = newest(tier, 0, len(sources) - 1, NOW)
    assert heard is not None
    for unit, told in enumerate(sources.T):
        good = [pane for pane, count in enumerate(told) if count >= MOST * max(told)]
        assert heard.pane[unit] == good[-1]
        assert heard.sources[unit] == told[good[-1]]


def test_a_tier_that_has_heard_of_no_pane_in_the_window_knows_nothing():
    assert newest(tier_of({7: with_sources([3])}), 2, 6, NOW) is None


def test_age_is_that_of_the_sources_and_not_of_the_children():
    heard = Heard(tier_of({0: with_sources([1, 3])}), with_sources([1, 3]), np.array([5, 4]), NEW)
    assert heard.mean_age(5).tolist() == [0.75]


def test_a_node_that_has_heard_nothing_is_of_age_nought():
    heard = Heard(tier_of({0: with_sources([0])}), with_sources([0]), np.array([3]), NEW)
    assert heard.mean_age(5).tolist() == [0.0]


def test_a_group_is_that_of_all_sources_of_its_children():
    left, right = [[1.0, 2.0], [3.0, 5.0]], [[2.0, 2.0], [4.0, 8.0], [0.0, 1.0]]
    heard = newest(tier_of({0: np.stack([row(left), row(right)])}), 0, 0, NOW)
    assert heard is not None
    group, values = heard.group, np.array(left + right)
    assert group.count == 10
    assert group.sources == 5
    assert np.allclose(group.mean, values.mean())
    assert np.allclose(group.between_sd, values.mean(axis=1).std(ddof=1))


def test_children_stand_side_by_side_also_where_nodes_have_differing_numbers_of_them():
    rows = np.stack([row([[mean], [mean + 2.0]]) for mean in (0.0, 2.0, 5.0)])
    heard = newest(tier_of({0: rows}, starts=(0, 2)), 0, 0, NOW)
    assert heard is not None
    children = heard.group.children
    assert children is not None
    assert children.mean[:, 0, 0].tolist() == [1.0, 3.0]
    assert children.mean[0, 1, 0] == 6.0
    assert children.there[:, :, 0].tolist() == [[True, True], [True, False]]


def test_agents_are_no_children_that_claim_anything():
    heard = newest(tier_of({0: np.stack([row([[1.0], [2.0]])])}, number=1), 0, 0, NOW)
    assert heard is not None
    assert heard.group.children is None


def sample(rng, sources, size):
    return (rng.standard_normal((sources, 1)) + rng.standard_normal((sources, size))).tolist()


def test_a_sequence_is_told_of_all_values_and_of_sources_once():
    panes = [sample(np.random.default_rng(pane), 6, 20) for pane in range(4)]
    tier = tier_of({pane: np.stack([row(values)]) for pane, values in enumerate(panes)})
    running = Running(tier)
    for last_pane in (0, 1, 3):
        group = running.group(last_pane)
    assert group is not None
    assert (group.count, group.sources) == (480, 6)
    assert np.allclose(group.mean, np.mean(panes))


def test_a_sequence_keeps_the_components_of_variance_that_single_panes_show():
    panes = [sample(np.random.default_rng(pane), 6, 20) for pane in range(4)]
    rows = {pane: np.stack([row(values)]) for pane, values in enumerate(panes)}
    single = [components(groups(one, 1)) for one in rows.values()]
    group = Running(tier_of(rows)).group(3)
    assert group is not None
    between = np.mean([one.between for one in single])
    within = np.mean([one.within for one in single])
    assert np.allclose(group.between_sd**2, between + within / 80)


def test_a_pane_that_nobody_has_heard_of_leaves_a_sequence_as_it_was():
    rows = {0: np.stack([row([[1.0, 2.0], [3.0, 4.0]])]), 1: with_sources([0])}
    before, after = Running(tier_of(rows)).group(0), Running(tier_of({**rows, 2: rows[0]}))
    group = after.group(2)
    assert before is not None
    assert group is not None
    assert np.isfinite(group.between_sd).all()


PANE_NS, PERIOD_NS = 2_500_000_000, 100_000_000


def unheard(pane, count, drift="none", season="none", last_pane=5):
    """Of one node with one child of 10 agents that has told of so many values of a pane of 25.

    It has told of all of them that were due when its newest message was sent.
    """
    plan = plan_of(behaviour={"drift": drift, "season": season})
    tier = tier_of({pane: with_sources([10], count)})
    told_ns = pane * PANE_NS + count // 10 * PERIOD_NS
    heard = Heard(tier, with_sources([10], count), np.array([pane]), np.array([told_ns]))
    return Movement(plan), heard, last_pane


def test_whoever_holds_all_of_the_newest_pane_misses_nothing():
    movement, heard, last = unheard(5, 250, drift={"sd": 1, "tau": "1s"})
    lag = movement.unheard(heard, last)
    assert (lag.unheard, lag.replaced, lag.drifted) == (0, 0, 0)


def test_values_under_way_are_a_sample_of_all_that_were_sent():
    """The mean of n of N values is off that of all by the variance (1 - n / N) / n."""
    movement, heard, last = unheard(5, 100)
    assert np.allclose(movement.unheard(heard, last).unheard, (1 - 100 / 250) / 100)


def test_an_older_pane_has_no_value_in_common_with_the_newest():
    """Variance 1 / n + 1 / N of the difference of two means."""
    movement, heard, last = unheard(2, 100)
    lag = movement.unheard(heard, last)
    assert np.allclose(lag.unheard + lag.replaced, 1 / 100 + 1 / 250)


def test_agents_drift_away_by_twice_their_variance_at_most():
    movement, heard, last = unheard(0, 250, drift={"sd": 0.5, "tau": "10ms"}, last_pane=1000)
    drifted = movement.unheard(heard, last).drifted
    # Means over a pane of 2.5 s, which 250 spells of memory leave with 2 tau / T of the variance.
    assert np.allclose(drifted, 2 * 0.25 * (2 * 0.01 / 2.5) / 10, rtol=0.01)


def test_only_a_swing_that_all_share_moves_the_mean_of_a_law():
    own = {"amplitude": 0.4, "period": "10s"}
    movement, heard, last = unheard(4, 250, season=own)
    assert movement.swung(heard, last).tolist() == [0.0]
    movement, heard, last = unheard(4, 250, season={**own, "phase": "common"})
    assert np.allclose(movement.swung(heard, last), 0.8 * math.sin(math.pi / 4))


def test_the_law_of_a_node_is_that_of_its_groups():
    parts = prepare(plan_of(behaviour={"groups": {"locals": 0.3, "regions": 0.5}}), seed=1)
    truth = OfProcess(parts)
    means = [truth.of(tier_at(number, nodes), 0) for number, nodes in ((1, 12), (2, 4), (3, 1))]
    assert np.allclose(means[1].std(), 0.5, atol=0.05)
    assert np.allclose((means[0].reshape(4, 3, -1) - means[1][:, None]).std(), 0.3, atol=0.02)
    assert not means[2].any()


def tier_at(number, nodes):
    index = np.arange(nodes)
    return Tier(number, index, index, index, lambda _: None, features=500)


def test_the_law_of_a_common_season_is_its_mean_over_the_pane():
    season = {"amplitude": 0.4, "period": "5s", "phase": "common"}
    truth = OfProcess(prepare(plan_of(behaviour={"season": season}), seed=1))
    assert np.allclose(truth.of(tier_at(3, 1), 0), 0.4 * 2 / math.pi)
    assert np.allclose(truth.of(tier_at(3, 1), 1), -0.4 * 2 / math.pi)


SMALL = {"agents": {"count": 24, "features": 20}, "tree": {"local": 4, "regional": 2}}


def test_who_has_heard_all_agents_knows_the_mean_of_the_population_exactly():
    """No sampling, nothing under way, nothing old: an interval of no width that is right."""
    run = stated(**SMALL, confidence={"of": "population"})
    for tier in (LOCAL, REGIONAL, ROOT):
        assert run.share(tier) == 1.0
        assert run.at(tier, "half_width").tolist() == [0.0]


def test_a_tier_states_an_interval_of_each_feature_at_each_publication():
    run = stated(**SMALL, duration="9s")
    assert run.at(LOCAL, "intervals").tolist() == [120] * 3
    assert run.at(ROOT, "version").tolist() == [1, 2, 3]
    assert run.at(ROOT, "published_ns").tolist() == [3_000_000_000, 6_000_000_000, 9_000_000_000]


def test_nothing_is_stated_before_a_pane_is_finished():
    run = stated(**SMALL, duration="9s", baseline={"pane": "5s"})
    assert run.at(ROOT, "version").tolist() == [2, 3]


def test_who_is_down_states_nothing():
    crash = {"kind": "crash", "nodes": ["root", "local-0"], "at": "4s", "until": "7s"}
    run = stated(crash, **SMALL, duration="9s")
    assert run.at(ROOT, "version").tolist() == [1, 3]
    assert run.at(LOCAL, "intervals").tolist() == [120, 100, 120]


def test_a_region_that_is_cut_off_grows_old_and_is_missing_in_the_end():
    cut = {"kind": "partition", "groups": ["region-0", "rest"], "at": "3s", "until": "14s"}
    run = stated(cut, **SMALL, duration="12s", baseline={"panes": 2})
    assert np.allclose(run.at(ROOT, "age_ns"), [0, 0, 2_500_000_000 / 3, 0])
    assert np.allclose(run.at(ROOT, "coverage"), [1, 1, 1, 2 / 3])


def test_agents_that_have_left_are_not_missing():
    churn = {"kind": "churn", "nodes": "region-0", "at": "1s"}
    run = stated(churn, **SMALL, duration="6s", baseline={"publish": "6s"})
    assert run.at(ROOT, "coverage").tolist() == [1.0]


def test_an_interval_of_a_single_child_over_children_has_no_end_and_covers_nothing():
    alone = {"agents": {"count": 4, "features": 5}, "tree": {"local": 4, "levels": 2}}
    run = stated(**alone, confidence={"interval": "hartung_knapp"})
    assert run.at(2, "unbounded").tolist() == [5]
    assert run.at(2, "covered").tolist() == [0]


def test_of_a_tier_with_very_many_nodes_a_few_are_looked_at():
    plan = plan_of(
        agents={"count": 500, "features": 1}, tree={"local": 1, "regional": 10, "levels": 3}
    )
    simulation = Simulation(plan, 1)
    assert plan.confidence is not None
    built = add_confidence(prepare(plan, 1), simulation.world, plan.confidence)
    sizes = [len(tier.nodes) for tier in built.tiers]
    assert sizes == [NODES_MAX, 50, 1]
    assert len(built.tiers[1].units) == 500


def test_intervals_leave_a_run_as_it_was():
    """But for its own table: who looks, touches nothing."""
    plain = json.loads(json.dumps(SMALL))
    with_, without = (Simulation(one, 1).run() for one in (plan_of(**plain), _without(plain)))
    assert with_.messages == without.messages
    for name in ("samples", "baselines"):
        for column, values in without.tables[name].items():
            assert np.array_equal(values, with_.tables[name][column], equal_nan=True)


def _without(blocks):
    from dataclasses import replace

    return replace(plan_of(**blocks), confidence=None)


@pytest.mark.parametrize("interval", ["pooled", "two_level", "clustered"])
def test_every_method_states_intervals_of_its_own_width(interval):
    run = stated(**SMALL, confidence={"interval": interval})
    assert np.isfinite(run.at(ROOT, "half_width")).all()
