"""Faults of nodes, driven through the simulator: who is silent, what is lost, what comes back.

Unless a test says otherwise a fault holds from 1 s to 2 s of a run of 4 s, and there is one pane,
so the counts show every value. Local 0 has agents 0 to 3; region 0 has locals 0 and 1.
"""

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.measure.staleness import held, oldest_age_ns
from sim.measure.tables import Tables
from tests.engine.scenarios import (
    AGE_MAX_NS,
    DELAY_NS,
    LOG,
    MS,
    RING,
    S,
    at,
    between,
    fault_row,
    outcomes,
    region,
    run,
    sent_and_arrived,
)

ALL_SENT = 24 * 40
"""Reports of agents in an undisturbed run; ten a second of each."""
ONE_TIER = ("agents", "locals", "regionals", "root")


def fault(kind, *nodes, **options):
    return {"kind": kind, "nodes": list(nodes), "at": "1s", "until": "2s", **options}


def count_at_end(*faults):
    return at(run(*faults), 4 * S, "count")


def loss_of_count(*faults):
    """Values that the root lacks at the end, beside those on the way in the undisturbed run."""
    return count_at_end() - count_at_end(*faults)


# Crash


@pytest.mark.parametrize("durable", [True, False])
def test_a_crashed_agent_sends_nothing_until_it_is_started_again(durable):
    crashed = run(fault("crash", "agent-0", durable=durable), journal=LOG)
    sent = [here for here, _ in sent_and_arrived(crashed, "agent", 0)]
    assert len(sent) == 30
    assert not [here for here in sent if S <= here < 2 * S]


def test_the_age_of_a_crashed_agent_grows_and_falls_when_it_is_back():
    crashed = run(fault("crash", "agent-0"))
    ages_ns = between(crashed, 1500 * MS, 2000 * MS, "oldest_age_ns")
    assert np.diff(ages_ns).tolist() == [100 * MS] * 5
    assert at(crashed, 2400 * MS, "oldest_age_ns") <= AGE_MAX_NS


def test_a_durable_agent_lacks_only_what_it_did_not_measure():
    assert loss_of_count(fault("crash", "agent-0", "agent-9")) == 2 * 10


def test_an_agent_that_starts_from_nothing_takes_back_what_it_had_reported():
    # Ten values a second: those of the first second, and those it did not measure in the next.
    assert loss_of_count(fault("crash", "agent-0", "agent-9", durable=False)) == 2 * (10 + 10)


def test_a_source_that_starts_from_nothing_is_still_one_source():
    sources = run(fault("crash", "agent-0", durable=False)).tables["baselines"]["sources"]
    assert sources[-1] == 24


def test_a_crashed_receiver_loses_what_arrives_and_only_that():
    crashed = run(fault("crash", "local-0"), journal=LOG)
    for agent in range(4):
        reports = sent_and_arrived(crashed, "agent", agent)
        lost = {here for here, there in reports if there < 0}
        assert lost == {here for here, _ in reports if S <= here + DELAY_NS < 2 * S}
    assert outcomes(crashed, "agent", "update")["receiver_down"] == 40


@pytest.mark.parametrize("nodes", [("local-0",), ("regional-1",), ("root",), ("locals", "root")])
@pytest.mark.parametrize("durable", [True, False])
def test_what_a_parent_missed_or_forgot_is_learnt_again_from_its_children(nodes, durable):
    assert loss_of_count(fault("crash", *nodes, durable=durable)) == 0


def test_a_root_that_starts_from_nothing_knows_nothing_and_a_durable_one_all_it_knew():
    before = at(run(), 1000 * MS, "count")
    for durable, known in ((True, before), (False, 0)):
        crashed = run(fault("crash", "root", durable=durable))
        # Its state at 1.9 s; the crash at 1 s comes before the sample at 1 s.
        assert at(crashed, 1900 * MS, "count") == known


def test_a_root_forgets_also_the_panes_that_no_child_will_report_again():
    short = {"pane": "500ms", "panes": 5}
    durable, forgetful = (
        run({**fault("crash", "root", durable=keeps), "at": "1750ms"}, baseline=short)
        for keeps in (True, False)
    )
    assert at(forgetful, 2300 * MS, "count") < at(durable, 2300 * MS, "count")
    # By then the panes before 1 s, which nobody reports again, have left the window.
    assert at(forgetful, 4 * S, "count") == at(durable, 4 * S, "count")


def test_a_crash_without_an_end_lasts():
    lasting = run({"kind": "crash", "nodes": ["agent-0"], "at": "1s"})
    assert at(lasting, 4 * S, "oldest_age_ns") > 3 * S
    assert at(lasting, 4 * S, "coverage") == pytest.approx(23 / 24)


@pytest.mark.parametrize("nodes", ONE_TIER)
def test_a_whole_tier_that_crashes_is_missed_and_comes_back(nodes):
    crashed = run(fault("crash", nodes))
    row = fault_row(crashed)
    assert row["cuts"]
    # Regions are cut off when their way to the root is; their agents or locals may be silent too.
    assert row["regions"] == ("0 1 2" if nodes in ("regionals", "root") else "")
    assert fault_row(crashed)["touched"] == {"agents": 24, "locals": 6, "regionals": 3}.get(
        nodes, 1
    )
    assert at(crashed, 2000 * MS, "oldest_age_ns") > S
    assert at(crashed, 2400 * MS, "oldest_age_ns") <= AGE_MAX_NS


def test_a_crashed_root_publishes_nothing():
    published = run(fault("crash", "root")).tables["baselines"]
    assert published["published_ns"].tolist() == [n * 500 * MS for n in (1, 4, 5, 6, 7, 8)]
    assert published["version"].tolist() == [1, 4, 5, 6, 7, 8]


# Pause


def test_a_paused_receiver_takes_everything_in_at_the_end():
    paused = run(fault("pause", "local-0"), journal=LOG)
    for agent in range(4):
        reports = sent_and_arrived(paused, "agent", agent)
        meanwhile = [there for here, there in reports if S <= here + DELAY_NS < 2 * S]
        assert meanwhile == [2 * S] * 10
    assert "receiver_down" not in outcomes(paused, "agent", "update")


def test_a_paused_aggregator_sends_nothing_and_loses_nothing():
    paused = run(fault("pause", "local-0"), journal=LOG)
    assert len(sent_and_arrived(paused, "local", 0)) == 30
    assert loss_of_count(fault("pause", "local-0")) == 0


def test_a_paused_agent_measures_nothing_meanwhile():
    assert loss_of_count(fault("pause", "agent-0")) == 10


def test_a_paused_root_takes_the_newest_of_everything_in_at_the_end():
    paused = run(fault("pause", "root"))
    assert at(paused, 1900 * MS, "oldest_age_ns") > 900 * MS
    assert at(paused, 2100 * MS, "oldest_age_ns") <= AGE_MAX_NS
    assert loss_of_count(fault("pause", "root")) == 0


def test_a_paused_aggregator_passes_a_baseline_on_at_the_end():
    paused = run(fault("pause", "regional-0"))
    # The newest it can have at 1.9 s is that of 0.5 s.
    assert at(paused, 1900 * MS, "locals_oldest_ns") == 1400 * MS
    # At 2.1 s that of 2 s has arrived over two hops of 2.05 ms.
    assert at(paused, 2100 * MS, "locals_oldest_ns") == 100 * MS


# Churn


def test_who_leaves_is_no_longer_registered_and_is_again_after_joining():
    registered = run(fault("churn", "agent-0", "agent-9")).tables["samples"]["registered"]
    assert registered.tolist() == [24] * 9 + [22] * 10 + [24] * 21


def test_who_has_left_is_missed_by_nobody():
    left = run(fault("churn", "agent-0", "agent-9"))
    assert at(left, 1900 * MS, "oldest_age_ns") <= AGE_MAX_NS
    assert at(left, 1900 * MS, "coverage") == 1
    assert at(left, 1900 * MS, "heard") == 22


def test_while_a_region_is_gone_means_and_shares_are_over_the_others():
    left = run(fault("churn", "region-0"))
    assert between(left, 1000 * MS, 1999 * MS, "coverage").max() == 1
    others = [region(run(), number, "mean_age_ns")[18] for number in (1, 2)]
    assert at(left, 1900 * MS, "mean_age_ns") == pytest.approx(np.mean(others), abs=1)


def test_a_region_that_has_left_altogether_does_not_grow_old():
    left = run(fault("churn", "region-0"))
    assert between(left, 1000 * MS, 1999 * MS, "oldest_age_ns").max() <= AGE_MAX_NS
    ages = held(Tables.of(whole(left.tables)), 4 * S)
    assert oldest_age_ns(ages, S, 2 * S) <= AGE_MAX_NS
    assert set(ages.within(1500 * MS, 1600 * MS).region.tolist()) == {1, 2}


def test_what_was_measured_before_leaving_stays():
    assert loss_of_count(fault("churn", "agent-0", "agent-9")) == 2 * 10


# Clock


def test_a_wrong_clock_changes_what_is_claimed_and_nothing_else():
    wrong = run(fault("clock", "agents", offset="300ms"))
    for column in run().tables["samples"].keys() - {"claimed_age_ns"}:
        np.testing.assert_array_equal(
            run().tables["samples"][column], wrong.tables["samples"][column]
        )


def test_a_clock_that_is_ahead_claims_to_be_younger_until_it_is_set_right():
    wrong = run(fault("clock", "agents", offset="300ms"))
    for time_ns, ahead_ns in ((900 * MS, 0), (1900 * MS, 300 * MS), (2900 * MS, 0)):
        younger_ns = at(wrong, time_ns, "mean_age_ns") - at(wrong, time_ns, "claimed_age_ns")
        assert younger_ns == pytest.approx(ahead_ns)


def test_the_clocks_of_some_agents_count_for_their_share():
    wrong = run(fault("clock", "region-0", offset="-300ms"))
    older_ns = at(wrong, 1900 * MS, "claimed_age_ns") - at(wrong, 1900 * MS, "mean_age_ns")
    assert older_ns == pytest.approx(300 * MS * 8 / 24)


def test_a_clock_that_drifts_is_further_off_the_longer_it_does():
    drifting = run({"kind": "clock", "nodes": ["agents"], "drift_ppm": 10_000, "at": "1s"})
    # Ahead by 10 ms a second since 1 s, of values that are about 0.16 s old.
    for time_ns in (2 * S, 4 * S):
        born_ns = time_ns - at(drifting, time_ns, "mean_age_ns")
        ahead_ns = at(drifting, time_ns, "mean_age_ns") - at(drifting, time_ns, "claimed_age_ns")
        assert ahead_ns == pytest.approx((born_ns - S) * 0.01, abs=1)


def test_an_agent_that_left_claims_nothing_either():
    both = run(fault("churn", "agent-0"), fault("clock", "agents", offset="0ms", drift_ppm=1e-9))
    for column in ("claimed_age_ns", "mean_age_ns"):
        assert at(both, 1900 * MS, column) == at(run(fault("churn", "agent-0")), 1900 * MS, column)


# Sites


def test_a_site_that_is_down_takes_every_node_that_stands_there():
    dark = run(
        {"kind": "site_down", "site": "site-3", "at": "1s", "until": "2s"},
        topology=RING,
        journal=LOG,
    )
    # Agents 3, 7, 11 ... 23 and local-3 (nodes are dealt over sites 2, 1, 0, 3).
    assert fault_row(dark)["touched"] == 6 + 1
    for tier, node in (("agent", 3), ("agent", 23), ("local", 3)):
        sent = [here for here, _ in sent_and_arrived(dark, tier, node)]
        assert len(sent) == 30
        assert not [here for here in sent if S <= here < 2 * S]
    assert len(sent_and_arrived(dark, "agent", 0)) == 40


def test_a_site_that_is_down_comes_back_with_what_it_knew():
    dark = run({"kind": "site_down", "site": "site-3", "at": "1s", "until": "2s"}, topology=RING)
    assert at(run(topology=RING), 4 * S, "count") - at(dark, 4 * S, "count") == 6 * 10


def test_messages_pass_through_a_site_that_is_down():
    dark = run({"kind": "site_down", "site": "site-1", "at": "1s"}, topology=RING, journal=LOG)
    # regional-0 at site-2 reports to site-0 by way of site-1.
    late = [there for here, there in sent_and_arrived(dark, "regional", 0) if here >= S]
    assert min(late) > 0


# Regions


def test_only_regions_that_are_hit_become_unreachable():
    crashed = run(fault("crash", "regional-1"))
    assert fault_row(crashed)["regions"] == "1"
    assert not region(crashed, 1, "reachable")[9:19].any()
    assert region(crashed, 0, "reachable").all()
