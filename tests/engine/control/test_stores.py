"""What replicas hold in common: what an item stands for, and when it mends a root."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.control.stores import Stores
from sim.engine.tiers import aggregator_kind
from sim.protocol.antientropy.items import Item
from sim.scenario.plan import BaselinePlan, RulePlan
from sim.scenario.plan_control import AntiEntropyPlan
from sim.scenario.variant import Variant
from sim.stats.moments import COUNT, Layout
from sim.telemetry.root import Root
from sim.telemetry.tree import Groups

LAYOUT, S = Layout(1), 1_000_000_000
PANE_NS, PANES = 10 * S, 4
STARTS = np.array([0, 2, 5])
"""Two regions, of two agents and of three."""
RULE = RulePlan("mean", None, 0.0, "sample", 1, 0.1, 0, 0.1, 0.1, False)
BASELINE = BaselinePlan(S, PANE_NS, PANES, 0.01, RULE)
Knowledge = list[list[list[int]]]
"""How many values of each pane and region each replica's root knows."""


def row(count: int) -> np.ndarray:
    """Sums of so many values, each of them 3."""
    values = np.zeros(LAYOUT.wide, np.int64)
    values[[COUNT, LAYOUT.block(0).start]] = count, 3 * count
    return values


def root_that_knows(panes: list[list[int]]) -> Root:
    """A root that has been told so much of panes 0, 1 ... and is in the last one but one."""
    root = Root(Groups(2, 1), aggregator_kind_of(), S, PANES, LAYOUT.wide)
    root.keep_rows()
    tell(root, dict(enumerate(panes)))
    root.open_step(0, 1, len(panes) + 1)
    return root


def aggregator_kind_of():
    """Regions report like any aggregators."""

    class Parts:
        layout = LAYOUT

    return aggregator_kind(Parts)  # type: ignore[arg-type]


def tell(root: Root, panes: dict[int, list[int]]) -> None:
    """Reports bring so many values of each region."""
    for pane, counts in panes.items():
        for region, count in enumerate(counts):
            root.known.replace(pane, region, row(count))
        root.panes[pane] = sum(row(count) for count in counts)


def stores(knowledge: Knowledge, flavour: str = "snapshots") -> Stores:
    """The stores of replicas whose newest pane has just been closed."""
    roots = [root_that_knows(panes) for panes in knowledge]
    plan = AntiEntropyPlan(Variant("merkle", {}), S, flavour, 528)  # type: ignore[arg-type]
    made = Stores(roots, STARTS, plan, BASELINE, features=1)
    for pane in range(len(knowledge[0])):
        made.close((pane + 2) * PANE_NS, lambda _: True)
    return made


def versions(made: Stores, replica: int) -> dict[int, list[int]]:
    """The versions that a replica holds of each agent."""
    found: dict[int, list[int]] = {}
    for item in made.holdings[replica].store.items():
        found.setdefault(item.key, []).append(item.version)
    return found


def give(made: Stores, giver: int, taker: int, keep=lambda _: True) -> list[Item]:
    """One replica sends what another lacks, of which `keep` says what arrives."""
    store = made.holdings[taker].store
    items = [item for item in made.holdings[giver].store.items() if keep(item.key)]
    news = [item for item in items if store.put(item)]
    made.learn(taker, news)
    return news


def known(made: Stores, replica: int, pane: int) -> int:
    """How many values of a pane a replica's root knows."""
    return known_of(made.holdings[replica].root, pane)


def known_of(root: Root, pane: int) -> int:
    """The same, of a root."""
    return int(root.window(pane, pane, 1)[COUNT])


# What is held


def test_a_replica_holds_an_item_of_each_agent_whose_region_it_knows_to_the_end():
    made = stores([[[4, 6]], [[4, 5]]])
    assert versions(made, 0) == {agent: [0] for agent in range(5)}
    assert versions(made, 1) == {0: [0], 1: [0]}


def test_a_snapshot_stands_for_all_closed_panes_that_are_read_so_a_gap_holds_it_back():
    made = stores([[[4, 6]] * 3, [[4, 6], [4, 0], [4, 6]]])
    assert versions(made, 0)[2] == versions(made, 1)[0] == [2]
    assert versions(made, 1)[2] == [0]


def test_a_gap_that_no_baseline_reads_any_more_holds_nothing_back():
    made = stores([[[4, 6]] * 5, [[4, 6], [4, 0], [4, 6], [4, 6], [4, 6]]])
    assert versions(made, 1)[2] == [4]


def test_a_log_has_an_item_of_every_pane_but_the_gap():
    made = stores([[[4, 6]] * 3, [[4, 6], [4, 0], [4, 6]]], "log")
    assert versions(made, 0)[2] == [0, 1, 2]
    assert versions(made, 1)[2] == [0, 2]


def test_replicas_that_know_the_same_hold_the_same():
    made = stores([[[4, 6]] * 3] * 2)
    assert made.digest(0) == made.digest(1)
    assert made.digest(0) != stores([[[4, 7]] * 3] * 2).digest(0)


def test_what_nobody_has_heard_of_nobody_lacks():
    assert versions(stores([[[0, 6]], [[0, 6]]]), 0)[0] == [0]


def test_who_is_down_puts_nothing():
    made = stores([[[4, 6]]] * 2)
    for holding in made.holdings:
        tell(holding.root, {1: [4, 6]})
    made.close(3 * PANE_NS, lambda replica: replica == 0)
    assert (versions(made, 0)[0], versions(made, 1)[0]) == ([1], [0])


# What mends a root


@pytest.mark.parametrize("flavour", ["snapshots", "log"])
def test_the_items_of_a_whole_region_mend_the_root_and_those_of_some_agents_do_not(flavour):
    made = stores([[[4, 6]] * 2, [[4, 6], [4, 1]]], flavour)
    give(made, 0, 1, keep=lambda agent: agent != 3)
    assert known(made, 1, 1) == 5
    give(made, 0, 1)
    assert known(made, 1, 1) == 10
    assert made.holdings[1].root.mended_count == 5
    assert made.digest(0) == made.digest(1)


def test_with_what_was_missing_a_replica_is_up_to_date_by_what_it_knew_itself():
    made = stores([[[4, 6]] * 2, [[4, 6], [4, 1]]])
    for number, holding in enumerate(made.holdings):
        tell(holding.root, {2: [4, 6]})
        holding.root.open_step(0, 1, 4)
        if number:
            # What replica 0 gives has left before the next pane was closed.
            news = [item for item in made.holdings[0].store.items() if item.key > 1]
    made.close(4 * PANE_NS, lambda _: True)
    assert versions(made, 1)[3] == [0]
    for item in news:
        made.holdings[1].store.put(item)
    made.learn(1, news)
    assert versions(made, 1)[3] == [2]
    assert made.digest(0) == made.digest(1)


def test_an_open_pane_waits_until_it_is_closed():
    made = stores([[[4, 6]], [[4, 1]]])
    root = made.holdings[1].root
    root.open_step(0, 1, 1)
    give(made, 0, 1)
    assert known(made, 1, 0) == 5
    root.open_step(1, 2, 2)
    made.close(3 * PANE_NS, lambda _: True)
    assert known(made, 1, 0) == 10
    with pytest.raises(AssertionError):
        root.mend(1, 0, row(9))


def test_a_root_takes_nothing_that_covers_less_than_its_own_and_nothing_too_old():
    root = root_that_knows([[4, 6]] * 6)
    assert root.mend(4, 1, row(5)) == 0
    assert root.mend(1, 1, row(9)) == 0
    assert root.mend(4, 1, row(9)) == 3
    assert root.window(4, 4, 1).tolist() == row(13).tolist()


def test_a_replica_that_forgets_starts_with_an_empty_store_and_learns_it_all():
    made = stores([[[4, 6]] * 3] * 2)
    root = made.holdings[1].root
    root.known.forget(np.ones(2, bool))
    root.forget()
    assert len(made.forget(1)) == 0
    give(made, 0, 1)
    assert [known(made, 1, pane) for pane in range(3)] == [10, 10, 10]
    assert made.digest(0) == made.digest(1)


def counts(most: int = 3):
    """Knowledge of three replicas of four panes and two regions."""
    pane = st.lists(st.integers(0, most), min_size=2, max_size=2)
    replica = st.lists(pane, min_size=4, max_size=4)
    return st.lists(replica, min_size=3, max_size=3)


@settings(max_examples=30)
@given(counts(), st.sampled_from(["snapshots", "log"]))
def test_after_everybody_has_given_to_everybody_all_know_what_one_of_them_knew(knowledge, flavour):
    made = stores(knowledge, flavour)
    # A gap may hold back what fills the next one, so each pane and region may take a round.
    for giver, taker in [*permutations(range(3), 2)] * 4:
        give(made, giver, taker)
    best = np.array(knowledge).max(axis=0).sum(axis=1)
    for holding, own in zip(made.holdings, np.array(knowledge), strict=True):
        assert [known_of(holding.root, pane) for pane in (1, 2, 3)] == best[1:].tolist()
        counted = holding.root.closed_count + sum(known_of(holding.root, pane) for pane in range(4))
        assert counted - holding.root.mended_count == own.sum()
    assert len({made.digest(replica) for replica in range(3)}) == 1
