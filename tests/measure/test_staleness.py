from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.staleness import broken, held, mean_age_ns, oldest_age_ns, violation_ns
from sim.measure.tables import empty
from tests.measure.reference_staleness import scan
from tests.measure.synthetic import AGENTS, PERIOD_NS, S, make_heard, make_tables

END = 40


@st.composite
def heard_rows(draw):
    """A few versions of two regions on a clock of 40 ns, in order of arrival."""
    known = sorted(draw(st.lists(st.integers(0, END), min_size=1, max_size=8)))
    rows = []
    for now in known:
        born = draw(st.integers(0, now))
        mean = draw(st.integers(born, now))
        rows.append((now, draw(st.integers(0, 1)), now, born, float(mean), draw(st.integers(1, 9))))
    return rows


def tables_of(rows):
    return replace(make_tables(), heard=make_heard(rows), regions=empty("regions"))


@given(heard_rows(), st.integers(1, END), st.integers(0, 15), st.integers(16, END))
def test_exact_staleness_is_what_a_scan_of_every_nanosecond_finds(rows, bound, begin, end):
    ages = held(tables_of(rows), END)
    mean, oldest, violation = scan(rows, bound, begin, end)
    assert mean_age_ns(ages, begin, end) == pytest.approx(mean, rel=1e-12)
    assert oldest_age_ns(ages, begin, end) == oldest
    assert violation_ns(ages, bound, begin, end) == violation


@given(heard_rows(), st.integers(1, END))
def test_the_violation_of_all_is_the_union_over_regions(rows, bound):
    ages = held(tables_of(rows), END)
    regions = {row[1] for row in rows}
    parts = [violation_ns(ages.of(region), bound, 0, END) for region in regions]
    assert max(parts) <= violation_ns(ages, bound, 0, END) <= sum(parts)


@pytest.mark.parametrize(("period_ns", "delay_ns"), [(100_000, 50_000), (300_000, 7_000)])
def test_a_periodic_source_has_the_mean_and_supremum_of_theory(period_ns, delay_ns):
    """Age of information of one hop: mean d + T/2, supremum d + T (Kaul et al. 2012)."""
    sent = np.arange(0, 1000 * period_ns, period_ns)
    rows = [(at + delay_ns, 0, at, at, float(at), 1) for at in sent.tolist()]
    begin, end = delay_ns, delay_ns + 1000 * period_ns
    ages = held(tables_of(rows), end)
    assert mean_age_ns(ages, begin, end) == pytest.approx(delay_ns + period_ns / 2, rel=1e-12)
    assert oldest_age_ns(ages, begin, end) == delay_ns + period_ns


def one_source(sent, known):
    """The ages of one source that is heard at `known` with what it sent at `sent`."""
    none = np.zeros(len(sent), dtype=np.int64)
    columns = (known, none, sent, sent, sent.astype(float), none + 1)
    heard = dict(zip(empty("heard"), columns, strict=True))
    return held(replace(tables_of([]), heard=heard), int(known[-1]))


def batches(measure, begin, end, count=50):
    """Mean and standard error of a time average, from batch means."""
    borders = np.linspace(begin, end, count + 1).astype(np.int64)
    parts = [measure(lo, hi) for lo, hi in pairwise(borders)]
    return np.mean(parts), np.std(parts, ddof=1) / np.sqrt(count)


def lossy(loss, period, delay, count=200_000):
    sent = np.flatnonzero(np.random.default_rng(7).random(count) > loss) * period
    return one_source(sent, sent + delay), int(sent[-1])


def test_lost_messages_raise_the_mean_age_as_theory_says():
    """With loss q a period the mean age is d + T (1/(1-q) - 1/2)."""
    ages, end = lossy(loss=0.1, period=100, delay=50)
    mean, error = batches(lambda lo, hi: mean_age_ns(ages, lo, hi), 1000, end)
    assert mean == pytest.approx(50 + 100 * (1 / 0.9 - 0.5), abs=4 * error)


@pytest.mark.parametrize(("whole", "part"), [(1, 0.0), (1, 0.5), (2, 0.25)])
def test_lost_messages_break_a_bound_as_often_as_theory_says(whole, part):
    """P(age > d + (k+x) T) = (1-x) q^k + x q^(k+1)."""
    loss, period, delay = 0.3, 100, 50
    ages, end = lossy(loss, period, delay)
    bound = delay + round((whole + part) * period)
    mean, error = batches(lambda lo, hi: violation_ns(ages, bound, lo, hi) / (hi - lo), 1000, end)
    theory = (1 - part) * loss**whole + part * loss ** (whole + 1)
    assert mean == pytest.approx(theory, abs=4 * error)


def test_a_queue_gives_the_age_of_information_of_theory():
    """M/M/1 first come first served at load 1/2: 1 + 1/rho + rho^2/(1-rho) = 3.5 services."""
    draw, count, service = np.random.default_rng(11), 200_000, 1_000_000
    sent = np.cumsum(draw.exponential(2 * service, count))
    work = draw.exponential(service, count)
    idle_start = np.maximum.accumulate(sent - (np.cumsum(work) - work))  # Lindley's recursion
    known = (idle_start + np.cumsum(work)).astype(np.int64)
    ages = one_source(sent.astype(np.int64), known)
    mean, error = batches(lambda lo, hi: mean_age_ns(ages, lo, hi), 1000 * service, known[-1])
    assert mean / service == pytest.approx(3.5, abs=4 * error / service)


def test_a_region_that_was_never_heard_ages_from_the_start():
    tables = make_tables(regions=2)
    only_zero = {name: column[tables.heard["region"] == 0] for name, column in tables.heard.items()}
    silent = held(replace(tables, heard=only_zero), 60 * S).of(1)
    assert oldest_age_ns(silent, 0, 60 * S) == 60 * S
    assert silent.agents.tolist() == [AGENTS]


def test_a_bound_is_broken_from_the_instant_at_which_the_age_passes_it():
    rows = [(10, 0, 9, 8, 8.0, 1), (30, 0, 29, 28, 28.0, 1)]
    assert broken(held(tables_of(rows), END), 15, 0, END).tolist() == [[23, 30]]


def test_the_age_of_a_larger_region_weighs_more():
    rows = [(0, 0, 0, 0, 0.0, 30), (0, 1, 0, -40, -40.0, 10)]
    assert mean_age_ns(held(tables_of(rows), 20), 0, 20) == pytest.approx(10 + 10)


def test_without_sources_there_is_no_age():
    nothing = held(tables_of([]), END)
    assert np.isnan(mean_age_ns(nothing, 0, END))
    assert np.isnan(oldest_age_ns(nothing, 0, END))


@pytest.mark.slow
def test_a_million_rows_agree_with_the_theory_of_a_period():
    count, period = 1_000_000, PERIOD_NS
    sent = np.arange(count, dtype=np.int64) // 10 * period
    region = np.arange(count) % 10
    columns = (sent, region, sent, sent, sent.astype(float), np.full(count, 100_000))
    heard = dict(zip(empty("heard"), columns, strict=True))
    end = (count // 10) * period
    ages = held(replace(tables_of([]), heard=heard), end)
    assert mean_age_ns(ages, 0, end) == pytest.approx(period / 2, rel=1e-6)
