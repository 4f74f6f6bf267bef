"""What the root ends with depends on the values alone: not on the tree, delays, order or losses.

Agents send for two seconds and stand still; the aggregators go on until everything has arrived. The
root must then hold the same 32-byte digest, and every value exactly once, whatever lay between.
"""

from typing import Any

import pytest

from sim.engine.simulation import Simulation
from sim.engine.streams import Streams
from sim.stats.moments import COUNT, digest
from tests.telemetry.strategies import plan_of

SEED = 20261122
AGENTS, FEATURES, PERIOD_NS = 100, 2, 100_000_000
STILL_NS = 2_000_000_000
STILL = {"kind": "pause", "nodes": "agents", "at": "2s", "until": "9s"}


def settle(*faults: dict[str, Any], **blocks: Any) -> Simulation:
    """A run over one long pane in which the agents fall silent after two seconds."""
    plan = plan_of(
        STILL,
        *faults,
        duration="4s",
        agents={"count": AGENTS, "features": FEATURES},
        baseline={"pane": "10s"},
        **{"tree": {"local": 20, "regional": 7}} | blocks,
    )
    simulation = Simulation(plan, SEED)
    assert simulation.run().idle_faults == ()
    return simulation


def root_digest(simulation: Simulation) -> bytes:
    """The digest of what the root holds, after all was counted exactly once."""
    row = simulation.world.telemetry.root.window(0, 0, FEATURES)
    assert row[COUNT] == measured_values()
    return digest(row, FEATURES)


def lost_messages(simulation: Simulation) -> int:
    """How many reports, of all tiers, never arrive."""
    return int((simulation.messages.table()["arrived_ns"] < 0).sum())


def measured_values() -> int:
    """How many reports the agents send before they stand still, from their phases."""
    phases_ns = Streams(SEED).stream("phase", "agent").integers(1, PERIOD_NS, AGENTS).tolist()
    return sum(-(-(STILL_NS - phase_ns) // PERIOD_NS) for phase_ns in phases_ns)


@pytest.fixture(scope="module")
def undisturbed() -> bytes:
    """The digest without delays, losses and faults."""
    return root_digest(settle(topology={"kind": "point", "within": "0ms"}))


@pytest.mark.parametrize("levels", [2, 3, "auto"])
@pytest.mark.parametrize("local", [5, 10, 20, 50])
def test_the_shape_of_the_tree_does_not_change_the_state_of_the_root(undisturbed, local, levels):
    assert root_digest(settle(tree={"local": local, "levels": levels})) == undisturbed


@pytest.mark.parametrize("regional", [2, 3, 15])
def test_the_number_of_children_does_not_change_it(undisturbed, regional):
    tree = {"local": 7, "regional": regional, "levels": "auto"}
    assert root_digest(settle(tree=tree)) == undisturbed


@pytest.mark.parametrize("forward", ["3Hz", "10Hz", "37Hz"])
def test_how_often_aggregators_report_does_not_change_it(undisturbed, forward):
    assert root_digest(settle(tree={"forward": forward})) == undisturbed


@pytest.mark.parametrize(
    "law",
    [
        {"kind": "constant", "value": "300ms"},
        {"kind": "uniform", "low": "0ms", "high": "500ms"},
        {"kind": "normal", "mean": "100ms", "sd": "80ms"},
        {"kind": "exponential", "mean": "120ms"},
        {"kind": "lognormal", "median": "50ms", "sigma": 1},
        {
            "kind": "pareto_exponential",
            "pareto_share": 0.5,
            "scale": "20ms",
            "alpha": 2.5,
            "mean": "60ms",
        },
    ],
    ids=lambda law: law["kind"],
)
def test_no_law_of_delay_changes_it(undisturbed, law):
    assert root_digest(settle(topology={"jitter": law})) == undisturbed


def test_delays_read_from_a_file_do_not_change_it(undisturbed, tmp_path):
    (tmp_path / "delays.csv").write_text("1\n40\n350\n")
    law = {"kind": "empirical", "path": str(tmp_path / "delays.csv")}
    assert root_digest(settle(topology={"jitter": law})) == undisturbed


def test_messages_that_arrive_twice_are_counted_once(undisturbed):
    fault = {"kind": "duplicate", "nodes": "all", "share": 0.5, "at": "0s"}
    simulation = settle(fault)
    assert sum(line.channel.tally.duplicates for line in simulation.world.up) > 500
    assert root_digest(simulation) == undisturbed


def test_messages_that_overtake_each_other_do_not_change_it(undisturbed):
    fault = {"kind": "reorder", "nodes": "all", "share": 0.3, "extra": "350ms", "at": "0s"}
    assert root_digest(settle(fault)) == undisturbed


def test_lost_messages_cost_nothing_once_a_later_one_arrives(undisturbed):
    # From 1.7 s on nothing is lost, so each agent has two or three reports that make up for it.
    fault = {"kind": "corrupt", "nodes": "all", "share": 0.2, "at": "0s", "until": "1700ms"}
    simulation = settle(fault)
    assert sum(line.channel.tally.dropped["corrupt"] for line in simulation.world.up) > 200
    assert root_digest(simulation) == undisturbed


def test_one_partition_that_heals_within_the_pane_does_not_change_it(undisturbed):
    fault = {"kind": "partition", "groups": ["region-0", "rest"], "at": "500ms", "until": "3s"}
    simulation = settle(fault)
    assert sum(line.channel.tally.dropped["partitioned"] for line in simulation.world.up) > 10
    assert root_digest(simulation) == undisturbed


def test_a_root_that_misses_the_last_report_of_an_agent_is_seen(undisturbed):
    # The check itself must be able to fail: what is lost for good is missing in the count.
    fault = {"kind": "corrupt", "nodes": "agent-0", "share": 1.0, "at": "1800ms"}
    row = settle(fault).world.telemetry.root.window(0, 0, FEATURES)
    assert row[COUNT] < measured_values()
    assert digest(row, FEATURES) != undisturbed
