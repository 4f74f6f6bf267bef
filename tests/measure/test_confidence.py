"""How often intervals cover, and what is said of it, from a few rows and no engine."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.engine.confidence.confidence import scatter
from sim.measure.confidence import CONFIDENCE_FIGURES, REMEDIES, standings, why, why_off
from sim.measure.tables import table
from sim.report.confidence.words import about_confidence
from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.scenario.plan import Variant
from sim.stats.confidence.diagnosis import ASSUMPTIONS
from tests.measure.synthetic import S, make_plan, make_tables

LOCAL, REGIONAL, ROOT = 1, 2, 3


def plan_of(kind="clustered"):
    asked = ConfidencePlan(Variant(kind, {}), 0.95, "process", (), (-16.0, 16.0))
    return replace(make_plan(), confidence=asked)


def tables_of(*rows):
    """Rows of (tier, intervals, covered, naive, ever missed, half width, broken)."""
    names = ("tier", "intervals", "covered", "naive", "ever_missed", "half_width", "broken")
    columns = {name: [row[index] for row in rows] for index, name in enumerate(names)}
    count = len(rows)
    more = {
        "published_ns": [number * S for number in range(count)],
        "version": list(range(count)),
        "unbounded": [0] * count,
        "age_ns": [0.0] * count,
        "coverage": [1.0] * count,
        "streams": columns["intervals"],
        "scatter": [0.0] * count,
    }
    return replace(make_tables(), intervals=table("intervals", {**columns, **more}))


GOOD = (ROOT, 10_000, 9_500, 7_000, 500, 0.1, "")
SHORT = (ROOT, 10_000, 6_000, 3_000, 4_000, 0.1, "current children_alike")


def figure(name, *rows):
    return CONFIDENCE_FIGURES[f"confidence.{name}"](tables_of(*rows), plan_of())


def test_coverage_is_the_share_of_all_intervals_of_a_tier():
    local = (LOCAL, 300, 150, 100, 0, 0.1, "")
    rows = (local, GOOD, (LOCAL, 100, 90, 80, 0, 0.1, ""))
    assert figure("coverage.local", *rows) == 240 / 400
    assert figure("coverage.root", *rows) == 0.95
    assert figure("naive.root", *rows) == 0.7


def test_a_tier_that_stated_nothing_has_no_coverage():
    assert math.isnan(figure("coverage.regional", GOOD))
    assert math.isnan(figure("ever_missed.root"))


def test_regionals_that_are_locals_are_judged_as_locals():
    flat = replace(plan_of(), tiers=(*plan_of().tiers[:2], plan_of().tiers[-1]))
    tables = tables_of((LOCAL, 100, 95, 70, 5, 0.1, ""), (2, 100, 90, 60, 10, 0.1, ""))
    assert [one.tier for one in standings([tables.intervals], flat)] == ["local", "root"]


def test_what_was_ever_missed_is_counted_at_the_last_look():
    assert figure("ever_missed.root", GOOD, (*GOOD[:4], 900, 0.1, "")) == 0.09


def test_half_widths_are_averaged_over_looks_that_had_any():
    rows = (GOOD, (*GOOD[:5], math.nan, ""), (*GOOD[:5], 0.3, ""))
    assert figure("half_width.root", *rows) == pytest.approx(0.2)


def test_half_widths_are_told_tier_by_tier_beside_the_claim():
    rows = ((LOCAL, 300, 150, 100, 0, 0.4, ""), (REGIONAL, 300, 150, 100, 0, 0.2, ""), GOOD)
    found = [figure(f"half_width.{tier}", *rows) for tier in ("local", "regional", "root")]
    assert found == [0.4, 0.2, 0.1]
    assert figure("level", *rows) == 0.95


def found_in(*replications):
    """How tiers stand, from the rows of each replication."""
    return list(standings([tables_of(*rows).intervals for rows in replications], plan_of()))


def standing(*rows):
    return found_in(rows)[-1]


def test_all_replications_are_judged_together():
    """The mean over replications, as in the table of metrics, and the looks of all of them."""
    (both,) = found_in([GOOD], [SHORT])
    assert both.coverage == pytest.approx((0.95 + 0.6) / 2)
    assert both.ever_missed == pytest.approx((0.05 + 0.4) / 2)
    assert both.error == pytest.approx(math.sqrt(0.95 * 0.05 / 20_000))
    assert (both.replications, both.broken) == (2, ("children_alike", "current"))


def test_what_breaks_in_one_replication_alone_counts_by_all_looks():
    (told,) = found_in([SHORT], *[[(*SHORT[:6], "")]] * 10)
    assert told.broken == ()


def test_one_per_cent_below_nominal_is_tolerated_and_so_is_chance():
    error = math.sqrt(0.95 * 0.05 / 10_000)
    lowest = math.ceil((0.94 - 2 * error) * 10_000)
    assert not standing((ROOT, 10_000, lowest, 0, 0, 0.1, "")).is_short
    assert standing((ROOT, 10_000, lowest - 1, 0, 0, 0.1, "")).is_short


def test_the_assumption_that_breaks_most_often_is_named_first_and_rare_ones_are_not():
    rows = [SHORT, (*SHORT[:6], "current")] + [(*SHORT[:6], "complete")] + [SHORT] * 18
    assert standing(*rows).broken == ("current", "children_alike")


def test_a_tier_that_covers_too_seldom_names_what_is_broken():
    told = why("confidence.coverage.root", found_in([SHORT]))
    assert told == (
        "root: covers too seldom; broken is children_alike: children (regionals) differ by more "
        "than their sources do (`interval: hartung_knapp` allows for that); current: the mean may "
        "have moved since (`widen: age` allows for that)"
    )


def test_every_remedy_is_for_an_assumption_and_only_too_few_sources_has_none():
    assert set(ASSUMPTIONS) - set(REMEDIES) == {"sources_enough", "once"}
    assert set(REMEDIES) <= set(ASSUMPTIONS)


def test_where_nothing_that_can_be_checked_is_broken_it_says_so():
    assert "broken is nothing that can be checked" in why_off(standing((*SHORT[:6], "")))


@pytest.mark.parametrize("metric", ["confidence.coverage.root", "confidence.half_width.root"])
def test_nothing_is_explained_where_nothing_is_off(metric):
    assert why(metric, found_in([GOOD])) == ""


def lines(kind, *rows):
    return list(about_confidence(found_in(rows), plan_of(kind)))


def test_a_run_without_intervals_has_nothing_to_say_of_them():
    assert list(about_confidence([], make_plan())) == []


def test_a_run_tells_what_each_tier_covers():
    (told,) = lines("clustered", (LOCAL, 10_000, 9_480, 7_000, 500, 0.1, ""), GOOD)
    assert told == "95 % intervals (clustered) cover: local 94.8 %, root 95 %; naive, root 70 %"


def test_of_several_replications_it_says_so():
    told = next(about_confidence(found_in([GOOD], [SHORT]), plan_of()))
    assert "cover, mean of 2 replications: root 77.5 %" in told


def test_peeking_is_told_of_intervals_for_one_look_alone():
    later = (*GOOD[:4], 4_000, 0.1, "")
    _, told = lines("clustered", GOOD, later)
    assert told.startswith("root: 40 % of the features were missed at some of 2 looks")
    assert "`interval: sequence`" in told
    assert len(lines("sequence", GOOD, later)) == 1


def endless(count, of=ROOT):
    """A tier at a look of which so many of 100 intervals have no end, and the others cover."""
    tables = tables_of((of, 100, 100 - count, 100 - count, 0, 0.1, ""))
    tables.intervals["unbounded"][:] = count
    return tables.intervals


def test_intervals_without_an_end_cover_nothing_and_are_told():
    (found,) = standings([endless(40)], plan_of())
    assert (found.coverage, found.unbounded) == (1.0, 40)
    told = " ".join(about_confidence([found], plan_of()))
    assert "root: 60 of 100 intervals have an end" in told


def test_where_no_interval_has_an_end_there_is_no_coverage():
    (found,) = standings([endless(100)], plan_of())
    assert math.isnan(found.coverage)
    assert not found.is_short
    assert not found.is_wide
    assert "none of 100 intervals have an end" in " ".join(about_confidence([found], plan_of()))


def test_a_replication_without_an_end_leaves_coverage_to_the_others():
    (found,) = standings([endless(100), endless(0)], plan_of())
    assert found.coverage == 1.0


def looked(missed):
    """The root's rows of misses by look, node or feature (looks, streams)."""
    looks, streams = missed.shape
    so_far = np.cumsum(missed, axis=0)
    rows = tables_of(
        *(
            (ROOT, streams, streams - int(now.sum()), 0, int((told > 0).sum()), 0.1, "")
            for now, told in zip(missed, so_far, strict=True)
        )
    ).intervals
    stated = np.arange(1, looks + 1)[:, None] * np.ones(streams, np.int64)
    rows["scatter"][:] = [scatter(*pair) for pair in zip(so_far, stated, strict=True)]
    return rows


def misses(share, looks, streams, together=1, seed=6):
    """Misses at a share; so many looks in a row have all in common."""
    rng = np.random.default_rng(seed)
    once = rng.random((looks // together, streams)) < share
    return np.repeat(once, together, axis=0)


def test_many_looks_of_few_features_show_what_one_look_could_not():
    """20 features at 60 independent looks that cover 91 %: an error of 0.6 % and not of 5 %."""
    (found,) = standings([looked(misses(0.09, 60, 20))], plan_of())
    assert found.error == pytest.approx(math.sqrt(0.95 * 0.05 / 1200), rel=0.3)
    assert found.is_short


def test_looks_that_have_all_in_common_count_as_one():
    (found,) = standings([looked(misses(0.09, 60, 200, together=60))], plan_of())
    assert found.error == pytest.approx(math.sqrt(0.95 * 0.05 / 200), rel=0.01)
    assert not found.is_short


def test_the_error_is_that_of_coverage_from_run_to_run():
    """200 runs of 200 features at 20 looks, of which five in a row have all in common."""
    runs = [misses(0.05, 20, 200, together=5, seed=seed) for seed in range(200)]
    found = [next(standings([looked(run)], plan_of())) for run in runs[:40]]
    spread = np.std([1 - run.mean() for run in runs])
    # Known to 5 % from 200 runs; one estimate, from 40 misses, to some 10 %, and 40 of them to 2 %.
    assert np.mean([one.error for one in found]) == pytest.approx(spread, rel=0.15)


def test_who_never_missed_is_told_apart_by_one_look_alone():
    (found,) = standings([looked(misses(0.0, 60, 20))], plan_of())
    assert found.error == pytest.approx(math.sqrt(0.95 * 0.05 / 20))
    assert not found.is_wide
