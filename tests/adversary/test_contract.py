"""What every strategy keeps: it changes rows, never shapes, and nobody can see how it was asked."""

import numpy as np
import pytest

from sim.adversary import STRATEGIES, Strategy
from tests.adversary.drive import (
    FEATURES,
    LOOKS_NS,
    MANY,
    MEASURED,
    PHASES_NS,
    Story,
    blind_view,
    claim,
    frozen,
    make,
    make_liars,
    make_view,
)
from tests.adversary.examples import OPTIONS, UNHEARD, WINDOW

TIERS = {"agents": (0,), "aggregators": (1,), "both": (0, 1)}
CASES = [(kind, tier) for kind, made in STRATEGIES.items() for tier in TIERS[made.tiers]]
LOOKING = [kind for kind, made in STRATEGIES.items() if made.looks]

every_strategy = pytest.mark.parametrize("kind", STRATEGIES)
every_case = pytest.mark.parametrize(("kind", "tier"), CASES)


def assert_same(story, other):
    assert story.rows.keys() == other.rows.keys()
    for hook in story.rows:
        np.testing.assert_array_equal(story.table(hook), other.table(hook), hook)


def test_the_registry_is_in_alphabetical_order():
    assert list(STRATEGIES) == sorted(STRATEGIES)


def test_every_strategy_has_an_example():
    assert OPTIONS.keys() == STRATEGIES.keys()


@every_strategy
def test_a_strategy_says_in_one_sentence_what_it_is_expected_to_do(kind):
    expects = STRATEGIES[kind].expects
    assert 20 < len(expects) < 200
    assert not expects.endswith(".")
    assert expects[0].islower()


@every_strategy
def test_the_docstring_of_a_strategy_names_all_its_options(kind):
    doc = STRATEGIES[kind].__doc__
    assert doc is not None
    for option in OPTIONS[kind]:
        assert option in doc


@every_strategy
def test_a_placement_is_one_that_a_scenario_can_ask_for(kind):
    assert STRATEGIES[kind].placement in (None, "random", "clustered", "worst")


@every_case
def test_rows_keep_their_shape_and_type(kind, tier):
    strategy = make(kind, tier)
    story = Story(strategy)
    width = strategy.liars.layout.wide if tier else strategy.liars.layout.narrow
    shapes = {"claim": (FEATURES, np.float64), "tell": (width, np.int64), "ages": (7, np.int64)}
    shapes["arrive"] = (1, np.float64)
    for hook in story.rows:
        table = story.table(hook)
        assert (table.shape[1], table.dtype) == shapes[hook], hook


@every_case
def test_what_is_claimed_is_a_number(kind, tier):
    story = Story(make(kind, tier))
    if tier == 0:
        assert np.isfinite(story.table("claim")).all()


@every_case
def test_no_report_arrives_earlier_than_its_path_allows(kind, tier):
    assert (Story(make(kind, tier)).table("arrive") >= Story(make("push")).table("arrive")).all()


@every_case
def test_cuts_into_blocks_change_nothing(kind, tier):
    whole = Story(make(kind, tier))
    for blocks in (2, MANY):
        assert_same(Story(make(kind, tier), blocks), whole)


@every_case
def test_asking_again_gives_the_same_again(kind, tier):
    once = Story(make(kind, tier))
    assert_same(Story(make(kind, tier), repeats=2), once)
    assert_same(Story(make(kind, tier), blocks=3, repeats=3), once)


@every_case
def test_equal_streams_give_equal_lies(kind, tier):
    assert_same(Story(make(kind, tier)), Story(make(kind, tier)))


@every_case
def test_a_strategy_does_something(kind, tier):
    story = Story(make(kind, tier))
    truth = Story(Strategy(make_liars(tier=tier), WINDOW))
    same = all(np.array_equal(story.table(hook), truth.table(hook)) for hook in truth.rows)
    assert same == (kind in UNHEARD)


@pytest.mark.parametrize("kind", LOOKING)
def test_who_has_seen_nothing_is_as_if_correct(kind):
    strategy = make(kind)
    np.testing.assert_array_equal(claim(strategy, MEASURED[10]), MEASURED[10])
    strategy.look(blind_view())
    np.testing.assert_array_equal(claim(strategy, MEASURED[10]), MEASURED[10])


@pytest.mark.parametrize("kind", LOOKING)
def test_a_look_changes_no_report_from_before_it(kind):
    strategy, values = make(kind), np.random.default_rng(3)
    strategy.look(make_view(values.normal(1, 1, (8, FEATURES)), LOOKS_NS[0]))
    before = claim(strategy, MEASURED[10], LOOKS_NS[1] - 1)
    strategy.look(make_view(values.normal(5, 1, (8, FEATURES)), LOOKS_NS[1]))
    np.testing.assert_array_equal(claim(strategy, MEASURED[10], LOOKS_NS[1] - 1), before)


@pytest.mark.parametrize("kind", [kind for kind in LOOKING if STRATEGIES[kind].needs_others])
def test_who_needs_others_stays_correct_without_them(kind):
    strategy = make(kind)
    strategy.look(make_view(np.empty((0, FEATURES)), own=MEASURED[10]))
    np.testing.assert_array_equal(claim(strategy, MEASURED[10]), MEASURED[10])


@every_strategy
def test_every_liar_has_one_owner_counted_from_zero(kind):
    owners = make(kind).owners()
    assert (owners.shape, owners.dtype) == ((MANY,), np.int64)
    assert owners[0] == 0
    assert set(np.diff(owners)) <= {0, 1}


@every_case
def test_hooks_without_time_keep_shapes_and_leave_what_they_are_handed(kind, tier):
    strategy, who = make(kind, tier), frozen(np.arange(4))
    rows = frozen(MEASURED[10, :4])
    omitted = strategy.omits(frozen(np.arange(5)))
    assert (omitted.shape, omitted.dtype) == ((5,), np.bool_)
    assert strategy.digest(who, rows).shape == rows.shape
    assert strategy.scores(rows[:, 0]).shape == (4,)
    assert strategy.down(rows, who).shape == rows.shape


def test_phases_are_in_one_period_so_that_looks_cut_ticks():
    cut = (PHASES_NS[:, None] + np.array(LOOKS_NS[0] // 10**8 * 10**8)) < LOOKS_NS[0]
    assert cut.any()
    assert not cut.all()
