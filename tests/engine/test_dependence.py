"""What baselines say beyond moments: gathered in rounds, held against a central twin."""

import math

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from sim.stats.dependence.registry import DEPENDENCE
from tests.engine.dependence_runs import WHEN, gathered, plan, rows, traffic
from tests.engine.scenarios import S, outcomes, run

SERIES = ("all_pairs", "blocks", "frequent_directions", "mean_correlation", "projection")
CUT = {"kind": "partition", "groups": ["region-0", "rest"], "at": "1500ms", "until": "2500ms"}
CUT_OF_ONE = {"kind": "partition", "groups": ["local-0", "rest"], "at": "1500ms", "until": "2500ms"}
NODES = 6 + 3
OF_A_REGION, ALL_AGENTS = 8, 24


def coverages(recording, of="dependence"):
    return [round(row["coverage"], 3) for row in rows(recording, of)]


# Without faults


@pytest.mark.parametrize("kind", DEPENDENCE)
def test_every_value_of_a_settled_window_is_in_what_the_root_reads(kind):
    assert coverages(gathered(kind)) == [1.0] * 4


@pytest.mark.parametrize("kind", ["covariance", "all_pairs"])
def test_an_exact_method_says_what_the_central_twin_says(kind):
    assert all(row["error"] <= 1e-12 for row in rows(gathered(kind)))


def test_the_mean_correlation_is_that_of_all_pairs_but_for_the_quanta_of_its_sums():
    # A value is off by at most 2^-33, so a sum of n, of which the square counts, by n times that.
    for row in rows(gathered("mean_correlation")):
        assert row["error"] <= 2 * 2.0**-33 * ALL_AGENTS / (ALL_AGENTS - 1)


@pytest.mark.parametrize("kind", DEPENDENCE)
def test_every_node_sends_one_message_a_round(kind):
    recording = gathered(kind)
    assert [row["messages"] for row in rows(recording)] == [NODES] * 4
    assert outcomes(recording, "regional", "dependence") == {"delivered": 4 * 6}
    assert outcomes(recording, "root", "dependence") == {"delivered": 4 * 3}


@pytest.mark.parametrize("kind", DEPENDENCE)
def test_rounds_take_the_bytes_that_the_traffic_has(kind):
    recording = gathered(kind)
    said = sum(row["bytes"] for row in rows(recording))
    # Of each of two hops the traffic tells the mean size of a message, rounded once.
    assert abs(said - traffic(recording, "dependence", "bytes")) <= 1


def test_a_covariance_is_as_large_as_its_numbers():
    # A header, and 1 + 3 sums and 6 products in two limbs, of 8 bytes each.
    assert {row["bytes"] for row in rows(gathered("covariance"))} == {NODES * (64 + 8 * (4 + 12))}


def test_series_travel_to_the_root_unmerged():
    # A value and a number of each agent on both hops.
    hops = 2 * ALL_AGENTS * 8 * (10 + 1)
    assert rows(gathered("all_pairs"))[-1]["bytes"] == NODES * 64 + hops


def test_the_root_works_out_every_pair_of_the_flat_way():
    pairs = ALL_AGENTS * (ALL_AGENTS - 1) // 2
    standardised = 3 * 10 * ALL_AGENTS
    assert rows(gathered("all_pairs"))[-1]["operations"] == standardised + 10 * pairs


def test_a_window_ends_before_the_locals_send_and_begins_with_the_run():
    # It ends at 400 ms before the first publication: four reports of each agent, then ten.
    assert [row["instants"] for row in rows(gathered("covariance"))] == [4, 10, 10, 10]


def test_values_that_have_not_arrived_are_missing_where_nothing_settles():
    slow = {"kind": "point", "jitter": "60ms"}
    (*_, last) = rows(gathered("covariance", options={"settle": "0s"}, topology=slow))
    assert 0.9 < last["coverage"] < 1.0


def test_gathering_changes_no_report_and_no_baseline():
    agents = {"features": 3}
    plain = run(agents=agents, baseline={"publish": "1s"}, measure={"every": "1s"})
    more = gathered("covariance", agents=agents)
    for table in ("samples", "baselines", "regions"):
        for column, values in plain.tables[table].items():
            np.testing.assert_array_equal(values, more.tables[table][column])


def test_detection_and_dependence_watch_side_by_side():
    detection = {"detector": "z", "every": "500ms", "learn": "1s", "calibrate": "1s"}
    alone = run(detection=detection, baseline={"publish": "1s"}, measure={"every": "1s"})
    both = gathered("covariance", detection=detection, agents={})
    assert coverages(both) == [1.0] * 4
    np.testing.assert_array_equal(alone.tables["points"]["score"], both.tables["points"]["score"])


def test_projections_share_their_directions_and_are_within_chance():
    (*_, last) = rows(gathered("projection", options={"k": 400}))
    # Of errors of sd <= sqrt(2 / k) each; pairs share directions, so there is a factor 2 of room.
    assert 0 < last["error"] <= 2 * math.sqrt(2 / 400)


def test_the_feature_that_is_asked_for_is_correlated():
    first, third = (rows(gathered("blocks", options={"feature": one})) for one in (1, 3))
    assert [row["error"] for row in first] != [row["error"] for row in third]


# Faults


def test_a_local_that_is_cut_off_counts_with_its_samples_of_a_round_ago_and_no_longer():
    """Cut from 1.5 s to 4 s: at 2 s its samples of the round before count, at 3 s none do."""
    cut = {**CUT_OF_ONE, "until": "4s"}
    missing = (ALL_AGENTS - 4) / ALL_AGENTS
    found = coverages(gathered("covariance", cut))
    assert found[0] == 1.0
    assert found[1] == pytest.approx(missing + 4 / ALL_AGENTS * 4 / 10, abs=1e-3)
    assert found[2] == pytest.approx(missing, abs=1e-3)


@pytest.mark.parametrize("kind", SERIES)
def test_series_of_another_round_do_not_count(kind):
    """They begin at other instants: a region that is cut off is missing at once."""
    found = rows(gathered(kind, CUT))[1]
    assert found["coverage"] == pytest.approx((ALL_AGENTS - OF_A_REGION) / ALL_AGENTS)
    assert np.isfinite(found["error"])


@pytest.mark.parametrize("kind", DEPENDENCE)
def test_what_was_cut_off_is_there_again_after_the_heal(kind):
    assert coverages(gathered(kind, CUT))[3] == 1.0


def test_lost_reports_are_gaps():
    lossy = {"kind": "point", "jitter": "2ms", "loss": "20%"}
    (*_, last) = rows(gathered("all_pairs", topology=lossy))
    assert 0.2 < last["coverage"] < 1.0
    assert 0 < last["error"] < 0.5


def test_a_root_that_is_down_reads_nothing():
    down = {"kind": "crash", "nodes": ["root"], "at": "1500ms", "until": "2500ms"}
    assert [row["version"] for row in rows(gathered("covariance", down))] == [1, 3, 4]


def test_a_local_that_has_lost_its_memory_has_lost_its_window():
    crash = {"kind": "crash", "nodes": ["local-0"], "at": "2s", "until": "2200ms"}
    found = coverages(gathered("mean_correlation", crash))
    # The window of the fourth publication is from 2.4 s on, after the restart.
    assert found[2] < found[3] == 1.0


def test_a_run_in_which_the_root_reads_nothing_is_inconclusive():
    down = {"kind": "crash", "nodes": ["root"], "at": "0s"}
    assert "baseline.dependence" in gathered("covariance", down).idle_faults


def test_no_window_has_two_agents_in_one_seat():
    kind = "mean_correlation"
    baseline = {"publish": "1s", "pane": "1s", "dependence": {"kind": kind, **WHEN}}
    recording = gathered(kind, tree={"reseat": "2s"}, baseline=baseline)
    # At 3 s the window ends at 2.4 s, and agents were dealt anew at 2 s.
    assert [row["instants"] for row in rows(recording)] == [4, 10, 4, 10]


# Lies


def test_values_that_agents_make_up_are_in_what_is_read_and_not_in_the_truth():
    liars = {"where": "agents", "share": "20%", "kind": "push", "to": "5sd"}
    (*_, last) = rows(gathered("covariance", adversaries=[liars]))
    assert last["coverage"] == 1.0
    # A fifth of all values far out: their variance alone exceeds the true one.
    assert last["error"] > 1.0


def test_an_aggregator_that_says_nothing_is_missing_with_all_below_it():
    silent = {"where": "regional-1", "kind": "silence"}
    found = coverages(gathered("covariance", adversaries=[silent]))
    assert found == [pytest.approx((ALL_AGENTS - OF_A_REGION) / ALL_AGENTS, abs=1e-3)] * 4


# Quantiles


@pytest.mark.parametrize("kind", ["ddsketch", "kll"])
def test_every_value_is_in_a_sketch(kind):
    recording = gathered(kind, of="quantiles")
    assert coverages(recording, "quantiles") == [1.0] * 4
    assert [row["messages"] for row in rows(recording, "quantiles")] == [NODES] * 4


def test_buckets_are_within_their_share_of_the_value():
    recording = gathered("ddsketch", of="quantiles", options={"accuracy": "2%"})
    errors = [row["error_value"] for row in rows(recording, "quantiles")]
    assert 0 < max(errors) <= 0.02


def test_a_sketch_that_holds_everything_is_exact():
    """240 values in room for three times k = 400: no coin is tossed."""
    recording = gathered("kll", of="quantiles", options={"k": 400, "at": ["50%"]})
    (*_, last) = rows(recording, "quantiles")
    # The value of rank floor(q (n - 1)) of 240 is half a rank below the middle.
    assert last["error_value"] == 0.0
    assert last["error_rank"] <= 1 / 240


def test_a_sketch_without_a_region_is_of_the_others():
    found = coverages(gathered("kll", CUT, of="quantiles"), "quantiles")
    assert found[1] < 1.0 == found[3]


# Repeatable


@pytest.mark.parametrize(("kind", "of"), [("projection", "dependence"), ("kll", "quantiles")])
def test_a_run_with_draws_of_its_own_is_the_same_again(kind, of):
    first, again = (Simulation(plan(kind, of=of), seed=3).run().fingerprint for _ in range(2))
    assert first == again


def test_there_is_a_row_for_each_publication():
    assert [row["published_ns"] for row in rows(gathered("covariance"))] == [S, 2 * S, 3 * S, 4 * S]
