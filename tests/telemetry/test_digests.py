"""Digests, alone and in runs: merged up any tree they are what one would make of all items at once.

`items` are of agents in a tree of 60, dealt to six locals and two regionals, unless said otherwise.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.digests.digests import Digests
from sim.stats.fixed_point import QUANTUM
from sim.stats.moments import COUNT, Layout
from sim.stats.robust.nested import nested
from sim.stats.robust.registry import make_rule
from sim.stats.sketches.bottom_k import priorities
from sim.telemetry.digests import Items, NestedDigest, SampleDigest, SketchDigest, items_of
from sim.telemetry.tree import Tree
from tests.engine.lies.runs import (
    CONSTANT,
    STOP,
    component,
    constant_vectors,
    lying,
    played,
    simulation,
)
from tests.reference import robust, sketches

AGENTS, FEATURES, CAP, K = 60, 2, 10, 25
SEED = bytes(32)
PRIORITY = priorities(SEED, np.arange(AGENTS))
TREES = ((AGENTS, 6, 2, 1), (AGENTS, 15, 1), (AGENTS, 20, 7, 3, 1), (AGENTS, 1, 1))
KINDS = {
    "sample": SampleDigest(make_rule("median"), 0.2, CAP, FEATURES, K, PRIORITY),
    "sketch": SketchDigest(0.01, FEATURES, AGENTS),
    "nested": NestedDigest(make_rule("trimmed_mean"), 0.2, CAP, FEATURES),
}


def items(seed=1, silent=(), counts=5.0):
    """Agents with means and variances of their own; who is silent has no values."""
    rng = np.random.default_rng(seed)
    count = np.full(AGENTS, counts)
    count[list(silent)] = 0
    mean = np.where(count[:, None] > 0, rng.normal(size=(AGENTS, FEATURES)), np.nan)
    variance = np.where(count[:, None] > 0, rng.gamma(4, 0.25, (AGENTS, FEATURES)), np.nan)
    return Items(np.arange(AGENTS), count, mean, variance)


def climb(digest, items, counts=TREES[0]):
    """The state at the root of a tree of these tiers."""
    levels = Tree(counts).levels
    state = digest.lift(items, levels[0])
    for level in levels[1:]:
        state = digest.merge(state, level)
    return state


def same(one, other):
    """Whether two estimates are equal to the bit."""
    for name in ("mean", "within_sd", "between_sd"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert (one.items, one.expected) == (other.items, other.expected)


# Items


def row_of(values, layout):
    """The sums of an agent's pane, from its values in quanta."""
    row = np.zeros(layout.narrow, np.int64)
    row[COUNT] = len(values)
    row[layout.block(0)] = np.sum(values, axis=0)
    row[layout.block(1)] = np.sum(np.square(values), axis=0)
    return row


@given(st.lists(st.lists(st.integers(-(2**20), 2**20), min_size=2, max_size=6), min_size=2))
def test_an_item_is_the_mean_and_the_variance_of_an_agents_values(agents):
    layout = Layout(1)
    rows = np.array([row_of(np.array(values)[:, None], layout) for values in agents])
    found = items_of(rows, layout, cap=100)
    assert found.count.tolist() == [len(values) for values in agents]
    scaled = [np.array(values) * QUANTUM for values in agents]
    np.testing.assert_allclose(found.mean[:, 0], [np.mean(values) for values in scaled], atol=1e-9)
    expected = [np.var(values, ddof=1) for values in scaled]
    np.testing.assert_allclose(found.variance[:, 0], expected, atol=1e-6)


def test_a_count_is_capped_and_the_mean_is_still_that_of_what_is_claimed():
    layout = Layout(1)
    rows = np.array([row_of(np.full((50, 1), 7), layout)])
    found = items_of(rows, layout, cap=10)
    assert found.count.tolist() == [10]
    assert found.mean[0, 0] == 7 * QUANTUM


def test_squares_that_cannot_be_and_single_values_make_no_negative_variance():
    layout = Layout(1)
    rows = np.array([row_of(np.array([[3], [5]]), layout), row_of(np.array([[3]]), layout)])
    rows[0, layout.block(1)] = 0
    found = items_of(rows, layout, cap=10)
    assert found.variance[0, 0] == 0
    assert np.isnan(found.variance[1, 0])


def test_nothing_is_known_of_who_has_said_nothing_or_less():
    layout = Layout(1)
    rows = np.zeros((2, layout.narrow), np.int64)
    rows[1, COUNT] = -5
    found = items_of(rows, layout, cap=10)
    assert found.count.tolist() == [0, 0]
    assert np.isnan(found.mean).all()


# What the root reads


@pytest.mark.parametrize("silent", [(), (0, 7, 13, 14, 40, 59)])
@pytest.mark.parametrize("counts", TREES)
def test_a_sample_holds_the_bottom_k_of_all_agents_in_any_tree(counts, silent):
    state = climb(KINDS["sample"], items(silent=silent), counts)
    there = [agent for agent in range(AGENTS) if agent not in silent]
    priority_of = {agent: sketches.priority(SEED, agent) for agent in there}
    assert sorted(state.agent.tolist()) == sorted(sketches.bottom_k(there, priority_of, K))
    np.testing.assert_array_equal(state.mean, items(silent=silent).mean[state.agent])


def test_a_sample_is_read_by_its_rule():
    state = climb(KINDS["sample"], items())
    estimate = KINDS["sample"].read(state)
    assert (estimate.items, estimate.expected) == (K, K)
    expected = robust.median(state.mean.tolist(), [1] * K, 0)
    np.testing.assert_allclose(estimate.mean, expected, atol=1e-12)


@pytest.mark.parametrize("counts", TREES)
def test_a_sketch_is_the_same_in_any_tree(counts):
    one, other = climb(KINDS["sketch"], items()), climb(KINDS["sketch"], items(), counts)
    np.testing.assert_array_equal(one.key, other.key)
    np.testing.assert_array_equal(one.count, other.count)


def test_the_median_of_a_sketch_is_as_accurate_as_it_says():
    """The lower one of the two middle means, to 1 % of itself."""
    middle = np.sort(items().mean, axis=0)[[29, 30]]
    found = KINDS["sketch"].read(climb(KINDS["sketch"], items())).mean
    reach = 0.01 * np.abs(middle).max(axis=0) + QUANTUM
    assert (found >= middle[0] - reach).all()
    assert (found <= middle[1] + reach).all()


def test_a_nested_digest_is_the_rule_at_every_tier():
    estimate = KINDS["nested"].read(climb(KINDS["nested"], items()))
    expected = nested(items().mean, (10, 3, 2), make_rule("trimmed_mean"), 0.2)
    np.testing.assert_allclose(estimate.mean, expected[0], atol=1e-12)
    plain = robust.nested(items().mean.tolist(), (10, 3, 2), robust.trimmed_mean, 0.2)
    np.testing.assert_allclose(estimate.mean, plain[0], atol=1e-12)
    assert (estimate.items, estimate.expected) == (2, 2)


def test_a_nested_digest_leaves_out_groups_that_know_nothing():
    """The first local is silent; its regional has two children left."""
    given_items = items(silent=range(10))
    estimate = KINDS["nested"].read(climb(KINDS["nested"], given_items))
    expected = nested(given_items.mean, (10, 3, 2), make_rule("trimmed_mean"), 0.2)
    np.testing.assert_allclose(estimate.mean, expected[0], atol=1e-12)


# What parents do with them


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.booleans(), min_size=6, max_size=6), st.integers(0, 5))
def test_the_parts_of_a_tier_put_together_are_the_tier(kind, chosen, seed):
    digest, levels = KINDS[kind], Tree(TREES[0]).levels
    state, nodes = digest.lift(items(seed), levels[0]), np.array(chosen)
    joined = digest.join([digest.pick(state, nodes), digest.pick(state, ~nodes)])
    again, whole = (
        digest.merge(digest.merge(one, levels[1]), levels[2]) for one in (joined, state)
    )
    same(digest.read(again), digest.read(whole))


@pytest.mark.parametrize("kind", KINDS)
def test_who_picks_a_part_of_the_nodes_knows_nothing_of_the_others(kind):
    digest, levels = KINDS[kind], Tree(TREES[0]).levels
    first = np.array([True, True, True, False, False, False])
    state = digest.pick(digest.lift(items(), levels[0]), first)
    alone = digest.lift(items(silent=range(30, 60)), levels[0])
    one, other = (digest.merge(digest.merge(x, levels[1]), levels[2]) for x in (state, alone))
    same(digest.read(one), digest.read(other))


@pytest.mark.parametrize("kind", ["sketch", "nested"])
def test_a_node_can_say_another_mean_where_nobody_signs(kind):
    """Five of six locals say 3: so does a median, or a rule at every tier."""
    digest, levels = KINDS[kind], Tree(TREES[0]).levels
    liars = np.array([0, 1, 3, 4, 5])
    assert not digest.signed
    state = digest.lift(items(), levels[0])
    changed = digest.change(state, liars, np.full((5, FEATURES), 3.0))
    means = digest.means(changed, np.arange(6))
    np.testing.assert_allclose(means[liars], 3.0, rtol=0.011)
    np.testing.assert_array_equal(means[2], digest.means(state, np.arange(6))[2])


def test_a_sketch_that_is_changed_still_counts_as_many_agents():
    digest, levels = KINDS["sketch"], Tree(TREES[0]).levels
    state = digest.lift(items(silent=(3,)), levels[0])
    changed = digest.change(state, np.array([0]), np.zeros((1, FEATURES)))
    for one in (state, changed):
        weights = np.bincount(one.node, one.count)
        assert weights.tolist() == [9 * 2 * FEATURES, *[10 * 2 * FEATURES] * 5]


@pytest.mark.parametrize("silent", [range(20), range(AGENTS)])
def test_a_node_of_a_sketch_that_knows_of_nobody_has_nothing_to_say(silent):
    digest, levels = KINDS["sketch"], Tree(TREES[0]).levels
    state = digest.lift(items(silent=silent), levels[0])
    mute, first_two = np.array([0, 1, 5]), np.array([0, 1])
    assert np.isnan(digest.means(state, first_two)).all()
    changed = digest.change(state, mute, digest.means(state, mute))
    assert not np.isin(changed.node, first_two).any()
    assert changed.count.sum() == state.count.sum()


def test_nobody_can_change_a_summary_that_its_agent_has_signed():
    digest, levels = KINDS["sample"], Tree(TREES[0]).levels
    state = digest.lift(items(), levels[0])
    assert digest.signed
    assert digest.change(state, np.arange(6), np.zeros((6, FEATURES))) is state


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_digest_has_nothing_to_say(kind):
    estimate = KINDS[kind].read(climb(KINDS[kind], items(silent=range(AGENTS))))
    assert estimate.items == 0
    assert np.isnan(estimate.mean).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_has_room_for_what_a_node_may_say(kind):
    small, large = (KINDS[kind].size_bytes(agents) for agents in (10, 10_000))
    assert 0 < small <= large
    assert large < 8 * (2 * FEATURES + 7) * 10_000


# In runs


def read_in_the_end(digest, *liars, **blocks):
    """A run of constant agents; the state that the root reads last, and what agents measure."""
    rule = {"kind": "robust", "estimator": "trimmed_mean", "f": "20%", **digest}
    simulated = simulation(
        *liars,
        faults=[STOP],
        agents={"behaviour": CONSTANT},
        baseline={"rule": rule},
        **blocks,
    )
    held = component(simulated, Digests)._digest
    states, read = [], held.read
    held.read = lambda state: states.append(state) or read(state)
    played(simulated)
    return held, states[-1], constant_vectors(simulated)


LOSSY = {"kind": "point", "jitter": {"kind": "exponential", "mean": "30ms"}}


@pytest.mark.parametrize("topology", [{"kind": "point", "jitter": "2ms"}, LOSSY])
def test_the_sample_of_a_run_is_the_bottom_k_of_all_its_agents(topology):
    digest, state, vectors = read_in_the_end({"over": "sample", "sample": 25}, topology=topology)
    priority_of = dict(enumerate(digest._priority.tolist()))
    assert sorted(state.agent.tolist()) == sorted(sketches.bottom_k(range(60), priority_of, 25))
    np.testing.assert_allclose(state.mean, vectors[state.agent], atol=QUANTUM)


def test_the_sketch_of_a_run_does_not_depend_on_its_tree():
    sketch = {"over": "sketch"}
    _, one, _ = read_in_the_end(sketch)
    _, other, _ = read_in_the_end(sketch, tree={"local": 20, "regional": 2})
    np.testing.assert_array_equal(one.key, other.key)
    np.testing.assert_array_equal(one.count, other.count)


def test_the_nested_rule_of_a_run_is_that_of_its_agents():
    digest, state, vectors = read_in_the_end({"over": "nested"})
    expected = nested(vectors, (10, 3, 2), make_rule("trimmed_mean"), 0.2)
    np.testing.assert_allclose(digest.read(state).mean, expected[0], atol=QUANTUM)


def test_what_is_left_out_of_digests_is_missing_at_the_root():
    """A local that drops all agents has none of them in the sample of the root."""
    _, state, _ = read_in_the_end(
        {"over": "sample", "sample": 1000}, lying("drop", ["local-2"], of="100%", **{"from": "0s"})
    )
    assert sorted(state.agent.tolist()) == [*range(20), *range(30, 60)]


@pytest.mark.parametrize("kind", ["forge", "max_for_sum", "count_inflation"])
@pytest.mark.parametrize("over", ["sketch", "nested"])
def test_who_lies_about_nothing_does_not_stop_a_run(over, kind):
    """Nobody has reported when the first digests are sent."""
    pause = {"kind": "pause", "nodes": ["agents"], "at": "0s", "until": "800ms"}
    rule = {"kind": "robust", "estimator": "median", "f": "20%", "over": over}
    liar = lying(kind, "locals", **{"from": "0s"})
    recording = played(simulation(liar, faults=[pause], baseline={"rule": rule}))
    items = recording.tables["integrity"]["items"]
    assert items[0] == 0 < items[-1]


def test_a_regional_that_drops_a_local_keeps_its_digest_back():
    _, state, _ = read_in_the_end(
        {"over": "sample", "sample": 1000},
        lying("drop", ["regional-0"], of="100%", **{"from": "0s"}),
    )
    assert sorted(state.agent.tolist()) == [*range(30, 60)]


def test_who_is_silent_sends_no_digest_either():
    _, state, _ = read_in_the_end(
        {"over": "sample", "sample": 1000}, lying("silence", ["local-4"], **{"from": "0s"})
    )
    assert sorted(state.agent.tolist()) == [*range(40), *range(50, 60)]


def test_who_delays_to_the_bound_delays_its_digests():
    """By 600 ms, so at a publication the root holds the one that was meant for the last."""
    rule = {"kind": "robust", "estimator": "median", "f": "20%", "over": "sample"}
    liar = lying("delay_to_bound", ["regional-1"], margin="400ms", **{"from": "0s"})
    simulated = simulation(liar, baseline={"rule": rule}, duration="2s")
    played(simulated)
    held = component(simulated, Digests)._rounds._mails[-1].posts[-1].version_held
    assert held.tolist() == [4, 3]


def test_children_of_whom_different_versions_are_held_count_once_each():
    rule = {"kind": "robust", "estimator": "median", "f": "20%", "over": "sketch"}
    liar = lying("delay_to_bound", ["regional-1"], margin="400ms", **{"from": "0s"})
    recording = played(simulation(liar, baseline={"rule": rule}, duration="2s"))
    assert recording.tables["integrity"]["items"].tolist() == [30, 60, 60, 60]
