"""Whole runs against theory 2.4 and 2.5: what intervals cover at local, regional and root.

Every figure is measured by driving the simulator: agents report, reports travel and are lost, and
each node states intervals from what it knows by then. Features are independent, so a share of n
intervals of one tier and look has the standard error sqrt(p (1 - p) / n); three are allowed.
"""

import pytest

from tests.engine.confidence_runs import LOCAL, REGIONAL, ROOT, error, stated

TIERS = {"local": LOCAL, "regional": REGIONAL, "root": ROOT}
PLAIN = {"agents": {"features": 2000}}
POPULATION = {"of": "population"}


def within_errors(found: float, expected: float, intervals: int) -> bool:
    return abs(found - expected) <= 3 * error(expected, intervals)


@pytest.mark.parametrize("tier", TIERS)
def test_clustered_intervals_cover_95_percent_at_every_tier(figure, tier):
    """Of 24,000, 8,000 and 2,000 intervals; 20 agents a local, so Student's t matters."""
    run, number = stated(**PLAIN), TIERS[tier]
    assert within_errors(run.share(number), 0.95, int(run.at(number, "intervals")[0]))
    spread = error(0.95, int(run.at(number, "intervals")[0]))
    figure("2.4", f"in a run, {tier}, clustered: coverage of 95 %", 0.95, run.share(number), spread)


@pytest.mark.parametrize("tier", TIERS)
def test_naive_intervals_cover_71_percent_at_an_icc_of_a_tenth_and_25_reports(figure, tier):
    run, number = stated(**PLAIN), TIERS[tier]
    assert within_errors(run.share(number, "naive"), 0.712, int(run.at(number, "intervals")[0]))
    spread = error(0.712, int(run.at(number, "intervals")[0]))
    figure(
        "2.4",
        f"in a run, {tier}, naive: coverage of 95 %",
        0.712,
        run.share(number, "naive"),
        spread,
    )


def test_20_agents_with_50_reports_and_a_spread_of_03_leave_naive_intervals_62_percent():
    run = stated(
        behaviour={"spread": 0.3},
        agents={"count": 100, "features": 1000},
        baseline={"publish": "6s", "pane": "5s"},
        duration="6s",
    )
    assert within_errors(run.share(LOCAL, "naive"), 0.617, 5000)
    assert within_errors(run.share(LOCAL), 0.95, 5000)


def test_duplicates_change_nothing_at_all():
    """State is versioned: what comes twice is the same version."""
    twice = {"kind": "duplicate", "nodes": ["agents", "locals"], "share": "50%", "at": "0s"}
    plain, doubled = stated(), stated(twice)
    for column in ("covered", "naive", "half_width", "coverage"):
        assert plain.rows[column].tolist() == doubled.rows[column].tolist()


def test_one_report_in_ten_lost_leaves_coverage_as_it_was():
    """Later reports say again what an earlier one would have."""
    run = stated(topology={"loss": "10%"})
    for number in TIERS.values():
        assert within_errors(run.share(number), 0.95, int(run.at(number, "intervals")[0]))


@pytest.mark.parametrize("loss", ["10%", "20%", "30%"])
def test_loss_leaves_the_mean_of_these_agents_covered_within_one_per_cent(loss):
    """At the very end of each pane, when the last messages of many agents are still missing.

    Eight looks at panes of 10 values, which are independent: 8 * 300 intervals at the root.
    """
    run = stated(
        agents={"features": 300},
        topology={"loss": loss},
        baseline={"publish": "1s", "pane": "1s"},
        duration="8s",
        measure={"every": "8s"},
        confidence=POPULATION,
    )
    for number in TIERS.values():
        intervals = int(run.at(number, "intervals").sum())
        assert abs(run.share(number) - 0.95) <= 0.01 + 3 * error(0.95, intervals)


def test_regions_that_differ_break_clustering_by_agent_at_the_root_and_only_there():
    """Four regions 0.2 sd apart: the interval is of 240 agents, what is uncertain is four means."""
    run = stated(behaviour={"groups": {"regions": 0.2}})
    assert within_errors(run.share(REGIONAL), 0.95, 2000)
    assert run.share(ROOT) < 0.6
    assert run.broken(ROOT) == {"children_alike"}
    assert run.broken(REGIONAL) == set()


def test_hartung_knapp_over_the_regions_is_right_where_they_differ():
    apart = {"behaviour": {"groups": {"regions": 0.2}}}
    run = stated(**apart, confidence={"interval": "hartung_knapp"})
    assert within_errors(run.share(ROOT), 0.95, 500)


def test_dersimonian_laird_takes_four_regions_for_many():
    apart = {"behaviour": {"groups": {"regions": 0.2}}}
    run = stated(**apart, confidence={"interval": "dersimonian_laird"})
    assert run.share(ROOT) < 0.95 - 0.01 - 3 * error(0.95, 500)
    assert "children_enough" in run.broken(ROOT)


CUT = {"kind": "partition", "groups": ["region-0", "rest"], "at": "5s", "until": "20s"}


def stale(**asked):
    """Region 0 is cut off from 5 s to the end, while agents drift; (panes since the cut)."""
    return stated(
        CUT,
        behaviour={"drift": {"sd": 0.3, "tau": "10s", "every": "100ms"}},
        agents={"count": 60, "features": 600},
        tree={"local": 5},
        baseline={"publish": "2500ms", "pane": "2500ms", "panes": 6},
        duration="12500ms",
        measure={"every": "12500ms"},
        confidence={**POPULATION, **asked},
    )


def after_the_cut(run) -> float:
    """Coverage at the root in the publications at 7.5, 10 and 12.5 s: 1800 intervals."""
    return run.at(ROOT, "covered")[2:].sum() / run.at(ROOT, "intervals")[2:].sum()


def test_staleness_takes_from_coverage_what_an_interval_is_not_widened_for():
    run = stale()
    assert after_the_cut(run) < 0.8
    assert "current" in run.broken(ROOT)
    assert within_errors(run.at(ROOT, "covered")[:2].sum() / 1200, 0.95, 1200)


def test_widening_by_age_keeps_coverage_at_its_level():
    run = stale(widen="age")
    assert within_errors(after_the_cut(run), 0.95, 1800)
    assert run.broken(ROOT) == set()


def test_age_is_no_concern_of_locals_that_hear_their_agents():
    assert stale().share(LOCAL) >= 0.95


def missing(**asked):
    """Region 0 is cut off for longer than a baseline reaches back, and is unlike the others."""
    return stated(
        CUT,
        behaviour={"groups": {"regions": 0.5}},
        agents={"count": 60, "features": 500},
        tree={"local": 5},
        baseline={"publish": "10s", "pane": "2500ms"},
        duration="10s",
        measure={"every": "10s"},
        confidence={**POPULATION, **asked},
    )


def test_a_missing_region_that_is_unlike_the_others_is_not_covered_as_if_missing_at_random():
    run = missing()
    assert run.at(ROOT, "coverage").tolist() == [0.75]
    assert run.share(ROOT) < 0.6
    assert run.broken(ROOT) == {"complete"}


def test_worst_case_bounds_cover_whatever_the_missing_region_does():
    run = missing(widen="coverage", range=[-4, 4])
    assert run.share(ROOT) >= 0.99
    assert run.broken(ROOT) == set()


def test_a_range_that_leaves_out_what_is_heard_is_named_and_narrows_nothing():
    """Where all are heard nothing stands in for anybody, so the range changes nothing at all."""
    run, plain = missing(widen="coverage", range=[3, 4]), missing()
    assert run.broken(ROOT) == {"declared"}
    assert (run.at(LOCAL, "coverage") == 1.0).all()
    assert run.share(LOCAL) == plain.share(LOCAL) > 0.9


def peeked(interval, **behaviour):
    """Twenty looks at independent values of agents that are alike, unless told otherwise."""
    return stated(
        behaviour={"spread": 0, **behaviour},
        agents={"count": 60, "features": 300, "rate": "4Hz"},
        tree={"local": 5, "forward": "4Hz"},
        baseline={"publish": "2500ms", "pane": "2500ms"},
        duration="50s",
        measure={"every": "50s"},
        confidence={"interval": interval},
    )


def test_whoever_looks_twenty_times_is_misled_in_two_features_of_three(figure):
    """Looks are independent here: 1 - 0.95^20 = 64 %."""
    run = peeked("clustered")
    assert within_errors(run.at(ROOT, "ever_missed")[-1] / 300, 1 - 0.95**20, 300)
    missed, expected = run.at(ROOT, "ever_missed")[-1] / 300, 1 - 0.95**20
    figure(
        "2.5", "in a run, 20 looks at the root: ever misses", expected, missed, error(expected, 300)
    )


@pytest.mark.parametrize("differ", [{}, {"spread": 0.33, "drift": {"sd": 0.3, "tau": "10s"}}])
def test_a_sequence_holds_at_all_looks_together(differ):
    """Also for agents that differ and drift: what they are apart is paid for separately."""
    run = peeked({"kind": "sequence", "horizon": 100}, **differ)
    assert run.at(ROOT, "ever_missed")[-1] <= 0.05 * 300
    assert run.at(LOCAL, "ever_missed")[-1] <= 0.05 * 300 * 12
    assert (run.at(ROOT, "half_width")[1:] < run.at(ROOT, "half_width")[:-1]).all()


SWING = {"season": {"amplitude": 0.3, "period": "20s", "phase": "common"}}


def test_a_season_that_all_share_takes_from_a_sequence_what_it_is_about():
    run = peeked({"kind": "sequence", "horizon": 100}, **SWING)
    assert run.share(ROOT) < 0.6
    assert run.broken(ROOT) == {"current"}
