"""How many lie is known before anybody is chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.liars import candidates, chosen, false_shares, merged, shared, size
from sim.scenario.selectors import tree_shape
from tests.scenario.texts import GOOD, plan_of

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def plan_with(*entries: str, also: str = ""):
    liars = "adversaries:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    return plan_of(GOOD + liars + also)


def members(spans) -> list[int]:
    """The obvious version."""
    return sorted({node for first, last in spans for node in range(first, last)})


@given(SPANS)
def test_merged_spans_hold_the_same_nodes_once_and_ascending(spans):
    found = merged(spans)
    assert members(spans) == [node for first, last in found for node in range(first, last)]
    assert size(found) == len(members(spans))


@given(SPANS, SPANS)
def test_what_two_have_in_common_is_what_both_hold(one, other):
    common = sorted(set(members(one)) & set(members(other)))
    assert members(shared(merged(one), merged(other))) == common


@pytest.mark.parametrize(
    ("entry", "spans"),
    [
        ("where: agents, share: 20%, kind: push", [(0, 1000)]),
        ("where: agents, under: local-1, kind: push", [(20, 40)]),
        ("where: agents, under: [local-1, local-2, region-0], kind: push", [(0, 140)]),
        ("where: [agent-3, agent-4, agent-9], kind: push", [(3, 5), (9, 10)]),
        ("where: locals, under: region-7, kind: drop", [(44, 50)]),
        ("where: regionals, under: root, kind: drop", [(0, 8)]),
    ],
)
def test_candidates_are_those_named_and_below(entry, spans):
    plan = plan_with(entry)
    assert candidates(plan.adversaries[0], tree_shape(plan)) == spans


@pytest.mark.parametrize(
    ("entry", "count"),
    [
        ("where: agents, share: 20%, kind: push", 200),
        ("where: agents, share: 20%, budget: 68, kind: push", 68),
        ("where: agents, under: local-1, kind: push", 20),
        ("where: agents, under: local-1, share: 12%, kind: push", 2),
        ("where: locals, share: 3%, kind: drop", 2),
    ],
)
def test_a_share_is_of_the_candidates_and_a_budget_is_the_most(entry, count):
    plan = plan_with(entry)
    assert chosen(plan.adversaries[0], tree_shape(plan)) == count


def test_shares_add_up_while_liars_act_together():
    plan = plan_with(
        "where: agents, share: 10%, kind: push, from: 15s, until: 35s",
        "where: agents, share: 20%, kind: mimic, from: 25s",
        "where: agents, share: 30%, kind: silence",
        "where: local-0, kind: forge",
    )
    pieces = [(span_ns // 10**9, pytest.approx(share)) for span_ns, share in false_shares(plan)]
    assert pieces == [(10, 0.0), (10, 0.1), (10, 0.3), (25, 0.2)]


def test_only_the_time_in_which_errors_are_judged_counts():
    plan = plan_with("where: agents, share: 10%, kind: push, until: 3s")
    assert false_shares(plan) == [(55 * 10**9, 0.0)]


@pytest.mark.parametrize(("admission", "share"), [("open", 0.2), ("one_per_owner", 0.02)])
def test_an_owner_is_one_liar_where_admission_says_so(admission, share):
    plan = plan_with(
        "where: agents, share: 20%, kind: sybil, identities: 10",
        also=f"registry: {{admission: {admission}}}\n",
    )
    assert [found for _, found in false_shares(plan)] == [pytest.approx(share)]
