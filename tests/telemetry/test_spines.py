"""Replicas of the upper tiers, in columns and message by message: the same to the last bit.

Every replica of the root publishes as the root does. Small examples first, one thing at a time.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.telemetry.compare import Both, assert_same, run_both
from tests.telemetry.strategies import plan_of, plans

SEED = 7
ODD = {"at": "1013000007ns", "until": "1987654321ns"}
HEAVY = {"jitter": {"kind": "lognormal", "median": "30ms", "sigma": 1.2}, "loss": 0.1}
TREES = {
    "root": {"replicas": {"root": 4}},
    "regional and root": {"replicas": {"regional": 3, "root": 3}},
    "two of four tiers": {"levels": 4, "regional": 2, "replicas": {"tier-4": 2, "root": 2}},
    "root above locals": {"levels": 2, "replicas": {"root": 2}},
}


def agreement(*faults: dict[str, Any], tree: dict[str, Any], **blocks: Any) -> Both:
    """Both runs of the base scenario with changes, after they were found equal."""
    both = run_both(plan_of(*faults, tree=tree, topology=HEAVY, **blocks), SEED)
    assert_same(both)
    assert both.idle_faults == ()
    return both


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_both_agree_on_replicas_of_any_tiers(tree):
    both = agreement(tree=tree)
    replicas = tree["replicas"]["root"]
    assert all(len(sample.others) == replicas - 1 for sample in both.plain.samples)
    counts = [[p.count for p in panes.values()] for _, panes in both.plain.samples[-1].others]
    assert all(sum(some) > 500 for some in counts)


FAULTS = [
    {"kind": "crash", "nodes": "root/1"},
    {"kind": "crash", "nodes": "replica-1", "durable": False},
    {"kind": "crash", "nodes": ["root", "local-1", "agent-3"], "durable": False},
    {"kind": "crash", "nodes": "root-0/*", "durable": False},
    {"kind": "pause", "nodes": "replica-1"},
    {"kind": "pause", "nodes": "root/*"},
    {"kind": "churn", "nodes": ["agent-2", "20%", "local-1"]},
    {"kind": "partition", "groups": ["replica-1", "rest"]},
    {"kind": "partition", "groups": [["replica-1", "region-0"], "rest"], "one_way": True},
    {"kind": "partition", "groups": ["region-0", "replica-1"]},
    {"kind": "partition", "shape": "nested"},
    {"kind": "degrade", "nodes": "root/1", "latency_factor": 3.7, "extra_loss": 0.3},
    {"kind": "duplicate", "nodes": "all", "share": 0.4},
    {"kind": "reorder", "nodes": "all", "share": 0.4, "extra": "260ms"},
    {"kind": "link_down", "link": ["site-0", "site-1"]},
    {"kind": "site_down", "site": "site-2"},
]


def named(fault: dict[str, Any]) -> str:
    """Kind and target, for the name of a test."""
    return f"{fault['kind']} {fault.get('nodes') or list(fault.values())[1]}"


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_both_agree_under_each_fault(fault):
    agreement(fault | ODD, tree=TREES["regional and root"])


@pytest.mark.parametrize("replicas", [4, 5])
def test_both_agree_on_a_ring(replicas):
    agreement({"kind": "partition", "shape": "ring"} | ODD, tree={"replicas": {"root": replicas}})


@pytest.mark.parametrize("sites", [["site-3", "site-1"], ["site-1", "site-3"]], ids="-".join)
def test_both_put_replicas_where_the_scenario_says(sites):
    tree = {"replicas": {"root": 2}, "replica_sites": sites}
    agreement({"kind": "site_down", "site": sites[1]} | ODD, tree=tree)


def test_a_node_keeps_the_newest_version_whichever_replica_sends_it():
    cut = {"kind": "partition", "groups": ["root", "regionals"], "at": "500ms"}
    alone, four = (agreement(cut, tree=tree) for tree in ({}, TREES["root"]))
    assert alone.plain.samples[-1].baselines[1] == [-1, -1]
    assert four.plain.samples[-1].baselines[1] == [4, 4]  # the newest, of 2.8 s


@pytest.mark.slow
@settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(plans(replicated=True), st.integers(0, 2**64 - 1))
def test_both_agree_on_any_small_scenario_with_replicas(plan, seed):
    assert_same(run_both(plan, seed))
