"""What lies about counts, versions, time and membership do, each where it works and where not."""

import numpy as np
import pytest

from sim.telemetry import holdings
from tests.engine.lies.runs import (
    CONSTANT,
    GUARDED,
    acts,
    integrity,
    lies_of,
    lying,
    played,
    refused,
    run,
    settled,
    simulation,
)

OPEN = {"refuse": False}
ALL_AGES_MAX_NS = 3 * 102_050_000
"""Three hops with a report every 100 ms and 2.05 ms on the way."""
CONSTANT_AGENTS = {"behaviour": CONSTANT}


def samples(recording, column, since_ns=1_500_000_000):
    """A column of the samples from an instant on."""
    table = recording.tables["samples"]
    return table[column][table["time_ns"] >= since_ns]


# Counts and versions


def test_who_inflates_counts_owns_a_mean_that_believes_them():
    said, _, _ = settled(lying("count_inflation", to="5sd"), registry=OPEN)
    assert said == pytest.approx([5.0, 5.0], abs=0.05)


@pytest.mark.parametrize("where", ["agents", "locals", "regionals"])
def test_inflated_counts_are_refused_and_no_worse_than_silence(where):
    inflating = run(lying("count_inflation", where))
    silent = run(lying("silence", where))
    assert refused(inflating) == acts(silent)
    np.testing.assert_array_equal(
        inflating.tables["baselines"]["error_mean"], silent.tables["baselines"]["error_mean"]
    )


@pytest.mark.parametrize("times", [2, 5, 20])
def test_a_count_that_would_be_possible_later_is_refused_early_in_a_pane(times):
    """At the first publication a tenth of the pane is over."""
    pane = {"publish": "1s", "pane": "10s"}
    liar = lying("count_inflation", times=times, **{"from": "100ms"})
    recording = run(liar, baseline=pane, duration="2s")
    assert refused(recording) == acts(recording)
    assert integrity(recording, "bias_plain").max() < 0.2


@pytest.mark.parametrize("until", ["1s", "1500ms", "2s"])
def test_what_was_refused_is_not_believed_once_the_lie_is_over(until):
    """Also where it ends with the pane, so that nothing true of that pane is ever said."""
    liar = lying("count_inflation", times=1000, to="50sd", until=until, **{"from": "100ms"})
    assert integrity(run(liar), "bias_plain").max() < 0.5


@pytest.mark.parametrize("over", ["sample", "nested"])
def test_a_robust_rule_weighs_nobody_by_more_than_is_possible_by_then(over):
    """Although nothing is refused: 12 of 60 claim five times the values, and are capped."""
    rule = {"kind": "robust", "estimator": "median", "f": "20%", "over": over}
    pane = {"publish": "1s", "pane": "10s", "rule": rule}
    blocks = {"duration": "2s", "agents": CONSTANT_AGENTS, "registry": OPEN}
    one = run(lying("count_inflation", times=1), baseline=pane, **blocks)
    five = run(lying("count_inflation", times=5), baseline=pane, **blocks)
    assert refused(five) == [0]
    assert integrity(five, "bias").max() < 1.2
    assert integrity(five, "bias").max() < integrity(one, "bias").max() + 0.3


def test_a_version_that_jumps_and_is_believed_freezes_its_node_for_good():
    recording = run(lying("version_jump", until="1s"), registry=OPEN)
    frozen = samples(recording, "oldest_age_ns")
    assert (np.diff(frozen) == 100_000_000).all()
    assert samples(recording, "coverage")[-1] == pytest.approx(0.8)


def test_a_version_that_jumps_and_is_refused_costs_that_report_alone():
    recording = run(lying("version_jump", until="1s"))
    assert refused(recording) == [60]
    assert samples(recording, "oldest_age_ns").max() < ALL_AGES_MAX_NS
    assert (samples(recording, "coverage") == 1).all()


@pytest.mark.parametrize("kind", ["max_for_sum", "variance_deflation"])
def test_an_aggregator_that_spoils_squares_spoils_the_deviation(kind):
    lied = run(lying(kind, "regionals")).tables["baselines"]["error_sd"]
    honest = run().tables["baselines"]["error_sd"]
    assert lied[-1] > 0.1 > honest[-1]


# Time


def test_silence_lowers_coverage_by_the_share_that_is_silent():
    recording = run(lying("silence", until="2s"))
    coverage = samples(recording, "coverage", 1_500_000_001 + ALL_AGES_MAX_NS)
    assert coverage.min() == pytest.approx(0.8)
    assert coverage[-1] == 1


def test_a_delay_to_the_bound_breaks_no_bound_and_ages_what_is_known():
    """Held back 600 ms of 1 s; the tiers above take their 204 ms."""
    recording = run(lying("delay_to_bound", margin="400ms"))
    ages = samples(recording, "oldest_age_ns")
    assert ages.max() < 1_000_000_000
    assert ages.min() > 600_000_000
    assert (samples(recording, "coverage") == 1).all()


def test_a_stale_replay_says_that_everything_is_fresh():
    """The root believes it, though it learns no more from it than from a region that is silent."""
    replaying = run(lying("stale_replay", "regionals"))
    silent = run(lying("silence", "regionals"))
    assert samples(replaying, "oldest_age_ns").max() < ALL_AGES_MAX_NS
    assert samples(silent, "oldest_age_ns")[-1] > 2_000_000_000
    counts = [samples(one, "count", 2_000_000_000) for one in (replaying, silent)]
    np.testing.assert_array_equal(*counts)


def test_stale_agents_drag_behind_a_drift():
    """What they repeat is 1 s old, and all rise together."""
    swing = {"amplitude": 4, "period": "20s", "phase": "common"}
    agents = {"behaviour": {**CONSTANT, "season": swing}}
    replaying = run(lying("stale_replay", by="1s"), agents=agents)
    honest = run(agents=agents)
    bias = [one.tables["baselines"]["error_mean"][-1] for one in (replaying, honest)]
    assert bias[0] > bias[1] + 0.05


def test_a_flood_makes_siblings_wait_where_reports_take_time():
    """Ten agents, 2 ms for each report: a fifth of the time; with 20 copies of two all of it."""
    tree = {"ingress": "2ms"}
    flooded = run(lying("importance_flood", times=20), tree=tree)
    calm = run(tree=tree)
    without = run(lying("importance_flood", times=20))
    assert samples(flooded, "mean_age_ns").mean() > samples(calm, "mean_age_ns").mean() + 5_000_000
    np.testing.assert_array_equal(samples(without, "mean_age_ns"), samples(run(), "mean_age_ns"))


def test_a_flood_goes_on_after_its_agents_are_dealt_anew():
    liar, tree = lying("importance_flood", times=5), {"ingress": "1ms"}
    still = acts(run(liar, tree=tree))
    assert acts(run(liar, tree={**tree, "reseat": "1s"})) == still


# Membership


@pytest.mark.parametrize(("admission", "members"), [("open", 60), ("one_per_owner", 52)])
def test_admission_lets_in_one_identity_of_each_owner(admission, members):
    """48 are there; of 12 identities three each belong to one owner."""
    liar = lying("sybil", identities=3)
    recording = run(liar, registry={"admission": admission})
    registered = recording.tables["samples"]["registered"]
    assert registered[2] == 48
    assert registered[-1] == members
    assert refused(recording) == [60 - members]


def test_a_churn_storm_leaves_and_joins_in_turns():
    """Away from 0.5 to 0.9 s, from 1.3 to 1.7 s, ..."""
    table = run(lying("churn_storm")).tables["samples"]
    turn = (table["time_ns"] - 500_000_000) // 400_000_000
    away = (turn >= 0) & (turn % 2 == 0)
    np.testing.assert_array_equal(table["registered"], np.where(away, 48, 60))


# Aggregators


def test_who_drops_children_lowers_coverage_by_them():
    """One of six locals leaves out five of its ten agents."""
    recording = run(lying("drop", "locals", of="50%"))
    assert samples(recording, "coverage")[-1] == pytest.approx(55 / 60)


@pytest.mark.parametrize(("where", "share"), [("locals", 10 / 60), ("regionals", 30 / 60)])
def test_a_forger_moves_the_mean_by_the_share_of_agents_below_it(where, share):
    said, _, vectors = settled(lying("forge", where, by="5sd"))
    np.testing.assert_allclose(said, vectors.mean(axis=0) + 5 * share, atol=1e-5)


def test_a_forger_cannot_change_what_agents_have_signed():
    """The sample holds the agents' own summaries, so the guard publishes them instead."""
    recording = run(lying("forge", "regionals"), baseline={"rule": GUARDED})
    after = recording.tables["integrity"]["published_ns"] >= 1_500_000_000
    assert integrity(recording, "alert")[after].all()
    assert integrity(recording, "bias")[after].max() < 0.5
    assert integrity(recording, "bias_plain")[after].min() > 2


def test_a_forger_owns_its_part_of_a_digest_that_nobody_signs():
    rule = {"kind": "robust", "estimator": "mean", "f": "0%", "over": "nested"}
    said, _, vectors = settled(lying("forge", "regionals", by="5sd"), baseline={"rule": rule})
    np.testing.assert_allclose(said, vectors.mean(axis=0) + 2.5, atol=1e-5)


def test_a_forger_that_stops_takes_back_what_it_said_of_the_pane_before():
    """In its next report, though nobody has learnt anything new of that pane since."""
    often = {"every": "20ms"}
    lied = run(lying("forge", "regionals", until="2300ms"), measure=often)
    honest = run(measure=often)
    for column in ("count", "error_mean"):
        assert lied.tables["baselines"][column][4] == honest.tables["baselines"][column][4]


def test_a_forger_that_lost_its_memory_is_believed_as_anybody():
    """It lies until it is down, and is honest when it is up again."""
    crash = {"kind": "crash", "nodes": ["regional-0"], "at": "1500ms", "until": "1600ms"}
    faults = [{**crash, "durable": False}]
    lied = run(lying("forge", ["regional-0"], until="1550ms"), faults=faults)
    honest = run(faults=faults)
    for column in ("count", "error_mean"):
        assert lied.tables["baselines"][column][4] == honest.tables["baselines"][column][4]


def test_a_replaced_liar_lies_no_more():
    simulated = simulation(lying("forge", ["regional-0"]))
    lies = lies_of(simulated)
    assert lies.lying(1_000_000_000) == 1
    lies.replace(2, np.array([0]))
    played(simulated)
    assert lies.lying(1_000_000_000) == 0
    assert lies.actors[0].acts == 0


def test_a_replay_from_the_first_instant_on_claims_no_age_of_sources_never_heard_of():
    simulated = simulation(lying("stale_replay", ["regional-0"], **{"from": "0s"}))
    simulated.prepare()
    simulated.kernel.run(150_000_000)
    simulated.world.telemetry.advance(150_000_000)
    row = simulated.world.telemetry.aggregators[1].last_state[0]
    assert row[holdings.HEARD] < 30
    assert row[holdings.OLDEST] == 0
