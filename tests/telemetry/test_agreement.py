"""The columns of the simulator and the plain reference agree on every message and every bit.

Equality is exact everywhere: instants in nanoseconds, sums as integers. The small examples say what
is covered, one thing at a time; the property at the end mixes everything.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.telemetry.compare import Both, assert_same, run_both
from tests.telemetry.strategies import plan_of, plans

SEED = 7
REPEATABLE = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def agreement(*faults: dict[str, Any], **blocks: Any) -> Both:
    """Both runs of the base scenario with changes, after they were found equal."""
    both = run_both(plan_of(*faults, **blocks), SEED)
    assert_same(both)
    assert both.idle_faults == ()
    return both


def arrivals(both: Both) -> list[tuple[int, int]]:
    """(sent_ns, arrived_ns or -1) of every message."""
    return list(both.plain.messages.values())


def test_the_reference_sees_every_value_that_an_undisturbed_run_measures():
    both = agreement(topology={"kind": "point"})
    last = both.plain.samples[-1]
    measured = sum(
        sent < last.time_ns
        for (tier, *_), (sent, _) in both.plain.messages.items()
        if tier == "agent"
    )
    counted = sum(summary.count for summary in last.panes.values())
    assert 0 < measured - counted < 3 * both.plan.agents.count  # the rest is still on its way


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_both_agree_on_trees_of_any_height(levels):
    agreement(tree={"levels": levels})


@pytest.mark.parametrize("count", [1, 7, 23])
def test_both_agree_where_groups_have_different_sizes(count):
    agreement(agents={"count": count})


@pytest.mark.parametrize(("agents", "aggregators"), [(70, 100), (130, 70), (100, 130), (50, 237)])
def test_both_agree_where_no_period_divides_another(agents, aggregators):
    agreement(
        agents={"rate": f"{1000 / agents!r}Hz"},
        tree={"forward": f"{1000 / aggregators!r}Hz"},
        baseline={"pane": "333ms"},
    )


@pytest.mark.parametrize(
    "law",
    [
        "0ms",
        {"kind": "uniform", "low": "1ms", "high": "200ms"},
        {"kind": "normal", "mean": "40ms", "sd": "30ms"},
        {"kind": "exponential", "mean": "80ms"},
        {"kind": "lognormal", "median": "30ms", "sigma": 1.2},
        {
            "kind": "pareto_exponential",
            "pareto_share": 0.4,
            "scale": "4ms",
            "alpha": 1.1,
            "mean": "60ms",
        },
    ],
    ids=["constant", "uniform", "normal", "exponential", "lognormal", "pareto_exponential"],
)
def test_both_agree_under_every_law_of_delay(law):
    agreement(topology={"jitter": law}, tree={"links": [law] * 3})


def test_both_agree_on_delays_read_from_a_file(tmp_path):
    delays = tmp_path / "delays.csv"
    delays.write_text("ms\n1.5\n17.25\n220\n")
    law = {"kind": "empirical", "path": str(delays), "column": "ms"}
    agreement(topology={"jitter": law})


def test_both_agree_when_messages_do_not_take_any_time():
    agreement(topology={"kind": "point", "within": "0ms"})


def test_both_agree_when_delays_reach_beyond_a_pane():
    law = {"kind": "lognormal", "median": "120ms", "sigma": 1.5}
    both = agreement(topology={"jitter": law}, baseline={"pane": "300ms", "panes": 3})
    assert max(arrived - sent for sent, arrived in arrivals(both)) > 900e6


def test_both_agree_under_independent_loss():
    both = agreement(topology={"loss": 0.4})
    assert any(arrived < 0 for _, arrived in arrivals(both))


def test_both_agree_under_bursts_of_loss():
    law = {"kind": "gilbert_elliott", "to_bad": 0.1, "to_good": 0.2, "loss_good": 0.02}
    both = agreement(topology={"loss": law})
    assert any(arrived < 0 for _, arrived in arrivals(both))


ODD = {"at": "1013000007ns", "until": "1987654321ns"}
FAULTS = [
    {"kind": "partition", "groups": ["region-0", "rest"]},
    {"kind": "partition", "groups": ["region-0", "rest"], "one_way": True},
    {"kind": "partition", "groups": ["rest", "region-0"], "one_way": True},
    {"kind": "partition", "groups": ["locals", "30%"]},
    {"kind": "degrade", "nodes": ["region-1", "root"], "latency_factor": 3.7},
    {"kind": "degrade", "nodes": "locals", "extra_latency": "140ms", "extra_loss": 0.3},
    {"kind": "hold", "nodes": ["agent-3", "locals"]},
    {"kind": "duplicate", "nodes": "all", "share": 0.4},
    {"kind": "reorder", "nodes": "all", "share": 0.4, "extra": "260ms"},
    {"kind": "corrupt", "nodes": "all", "share": 0.4},
    {"kind": "crash", "nodes": ["agent-2", "local-1", "regional-1"]},
    {"kind": "crash", "nodes": "root"},
    {"kind": "pause", "nodes": ["agent-2", "local-1", "regional-1"]},
    {"kind": "pause", "nodes": "root"},
    {"kind": "churn", "nodes": ["agent-2", "20%", "local-1"]},
    {"kind": "link_down", "link": ["site-0", "site-1"]},
    {"kind": "site_down", "site": "site-1"},
]


def named(fault: dict[str, Any]) -> str:
    """Kind and target, for the name of a test."""
    return f"{fault['kind']} {fault.get('nodes') or list(fault.values())[1]}"


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_both_agree_under_each_fault_alone(fault):
    agreement(fault | ODD)


@pytest.mark.parametrize(
    "fault", [f for f in FAULTS if f["kind"] not in ("hold", "pause")], ids=named
)
def test_both_agree_under_a_fault_that_never_ends(fault):
    agreement(fault | {"at": "1500000001ns"})


def test_of_two_rules_both_let_the_first_decide():
    both = agreement(
        {"kind": "degrade", "nodes": "region-0", "extra_latency": "90ms", "at": "500ms"},
        {"kind": "partition", "groups": ["agents", "locals"], "at": "700ms", "until": "2s"},
    )
    # Region 0 is degraded first, so the partition never touches it.
    cut = {node for (tier, node, _), (_, arrived) in both.plain.messages.items() if arrived < 0}
    assert cut == set(range(12, 24))


@pytest.mark.parametrize("nodes", ["agent-2", "agents", "local-1", "regional-1", "root", "all"])
def test_both_agree_on_nodes_that_crash_and_forget(nodes):
    agreement({"kind": "crash", "durable": False, "nodes": nodes} | ODD)


def test_both_agree_on_a_node_that_forgets_within_one_pane():
    fault = {"kind": "crash", "durable": False, "nodes": ["agents", "local-0"]}
    agreement(fault | {"at": "1200ms", "until": "1300ms"})


# Small cases in which they once differed.

SMALL = {"agents": {"count": 3}, "tree": {"local": 2, "levels": 2}}


def test_both_agree_where_a_share_hits_only_the_smaller_groups():
    agreement({"kind": "duplicate", "nodes": "agent-2", "share": 0.5, "at": "1s"}, **SMALL)


@pytest.mark.parametrize("kind", ["pause", "crash"])
def test_both_log_what_an_outage_did_to_messages_on_their_way(kind):
    fault = {"kind": kind, "nodes": "root", "at": "1s", "until": "1500ms"}
    agreement(fault, topology={"kind": "point", "jitter": "90ms"}, **SMALL)


def test_both_lose_what_was_sent_to_a_parent_before_it_forgot():
    # Half of the reports come 450 ms late, after newer ones; the local forgets in between.
    late = {"kind": "reorder", "nodes": "agents", "share": 0.5, "extra": "450ms", "at": "0s"}
    crash = {"kind": "crash", "nodes": "local-0", "durable": False}
    both = agreement(late, crash | {"at": "1500ms", "until": "1510ms"}, **SMALL)
    sent_before = {
        k: v
        for k, v in both.plain.messages.items()
        if k[0] == "agent" and k[1] < 2 and v[0] < 1_500_000_000
    }
    assert max(arrived for _, arrived in sent_before.values()) < 1_500_000_000


@pytest.mark.parametrize("kinds", [("pause", "crash"), ("crash", "pause")], ids="-".join)
def test_both_drop_what_reaches_a_crashed_node_that_is_paused_too(kinds):
    first, second = kinds
    agreement(
        {"kind": first, "nodes": "root", "at": "1s", "until": "2s"},
        {"kind": second, "nodes": "root", "at": "1200ms", "until": "2500ms"},
        **SMALL,
    )


@pytest.mark.slow
@REPEATABLE
@given(plans(), st.integers(0, 2**64 - 1))
def test_both_agree_on_any_small_scenario(plan, seed):
    assert_same(run_both(plan, seed))
