"""How long replicas of the root take to hold the same again after a heal, in whole runs.

What decides is the state that is missing, the rate of the line and how often replicas probe each
other: from RTT/2 + |delta|/BW to T_probe + RTT/2 + rounds RTT + |delta|/BW + T_publish, since who
looks does so at publications. Each round trip may meet jitter of 2 ms each way, which the upper
bound allows for.
"""

import pytest

from sim.protocol.antientropy.prediction import missing_items, recovery_bounds, transfer_ns
from tests.engine.control.syncing import AGENTS, S, Synced, cut, plan_of

LARGE_BYTES = 54_200_000
"""24 of these are 1.3 GB: 10.4 s at 1 Gb/s."""
SLOW_BPS = 20_000
LONG_PANE_NS = 20 * S
LONG = {
    "agents": {"rate": "0.2Hz"},
    "tree": {"forward": "0.2Hz"},
    "baseline": {"publish": "5s", "pane": "20s", "panes": 6},
    "measure": {"every": "20s"},
}
"""For partitions of many minutes: everything happens at a fifth of the pace."""


def bounds(run: Synced, items: int):
    """What is to be expected of a run in which so many items were missing."""
    plan, world = run.plan.control, run.simulation.world
    sites = [replica.site for replica in world.replicas]
    rtt_ns = 2 * round(max(world.delay_ns[one, other] for one in sites for other in sites))
    trips = max((row["round_trips"] for row in run.table("syncs")), default=1)
    return recovery_bounds(
        plan.anti_entropy.every_ns,
        rtt_ns + 4_000_000,
        trips,
        items * (plan.anti_entropy.item_bytes + 64),
        plan.agreement.rate_bps,
        run.plan.baseline.publish_ns,
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("item", "is_fast"), [(528, True), (LARGE_BYTES, False)])
def test_recovery_is_within_the_bounds_below_10_s_for_little_state_and_above_for_much(
    item, is_fast, seed
):
    run = Synced(plan_of(cut(), sync={"item": f"{item}B"}, duration="39s"), seed)
    lower_ns, upper_ns = bounds(run, AGENTS)
    recovery_ns = run.recovery_ns()
    assert lower_ns <= recovery_ns <= upper_ns
    assert is_fast == (recovery_ns < 10 * S) == (upper_ns < 10 * S)


def lasting(partition_s: int, store: str) -> tuple[Synced, float]:
    """A run with a cut of so long on a slow line, and when it heals."""
    heal_s = 24.3 + partition_s
    plan = plan_of(
        cut(24.3, heal_s),
        sync={"store": store, "every": "2s"},
        duration=f"{heal_s + 45.7}s",
        rate=f"{SLOW_BPS // 1000}kbps",
        **LONG,
    )
    return Synced(plan), heal_s


def test_with_snapshots_recovery_does_not_grow_with_the_partition():
    found_ns = {}
    for partition_s in (1, 61, 601):
        run, heal_s = lasting(partition_s, "snapshots")
        found_ns[partition_s] = run.recovery_ns(heal_s)
        lower_ns, upper_ns = bounds(run, AGENTS)
        assert found_ns[partition_s] <= upper_ns
    assert found_ns[1] < lower_ns <= found_ns[61] == found_ns[601]


def test_with_a_log_recovery_grows_by_what_was_written_in_the_partition():
    found_ns = []
    for partition_s in (61, 121):
        run, heal_s = lasting(partition_s, "log")
        items = missing_items(partition_s * S, LONG_PANE_NS, AGENTS, flavour="log")
        assert {row["items_in"] + row["items_out"] for row in run.table("syncs")} == {items}
        lower_ns, upper_ns = bounds(run, items)
        found_ns.append(run.recovery_ns(heal_s))
        assert lower_ns <= found_ns[-1] <= upper_ns
    growth_ns = transfer_ns(3 * AGENTS * 528, SLOW_BPS)
    # Whoever looks does so every 5 s.
    assert found_ns[1] - found_ns[0] == pytest.approx(growth_ns, abs=5 * S)
