import math

import numpy as np
import pytest

from sim.stats.confidence.contract import Children, Group, Interval
from sim.stats.confidence.diagnosis import Evidence, diagnose
from sim.stats.confidence.registry import INTERVALS, make_interval
from tests.stats.confidence.drawn import drawn, group_of

EVERY = pytest.mark.parametrize("kind", INTERVALS)


def findings(kind, group, **evidence):
    method = make_interval(kind)
    return diagnose(method, Evidence(group, method.interval(group), **evidence))


def names(kind, group, **evidence):
    return [finding.assumption for finding in findings(kind, group, **evidence)]


def regions(seed, apart, between=0.0, count=12, sources=30, each=20):
    """A root over regions whose means are `apart`; its sources are all of theirs."""
    draw = np.random.default_rng(seed)
    levels = draw.normal(0, between, (count, sources, 1)) + draw.normal(0, apart, (count, 1, 1))
    values = levels + draw.normal(0, 1, (count, sources, each))
    children = group_of(values).as_children()
    return group_of(values.reshape(count * sources, each), children=children)


@EVERY
def test_nothing_is_found_where_nothing_is_wrong(kind):
    assert findings(kind, regions(1, apart=0.0)) == []


def test_sources_that_differ_break_the_pooled_interval_and_no_other():
    group = drawn(2, 1, 400, 25, between=0.1**0.5, within=0.9**0.5)
    (finding,) = findings("pooled", group)
    assert finding.assumption == "sources_alike"
    assert finding.left[0] == pytest.approx(0.712, abs=0.02)
    assert names("clustered", group) == names("two_level", group) == []


def test_regions_that_differ_break_an_interval_over_sources_and_not_one_over_regions():
    group = regions(3, apart=0.5, between=0.3)
    assert names("clustered", group) == ["children_alike"]
    assert names("hartung_knapp", group) == []
    (finding,) = findings("clustered", group)
    honest = make_interval("dersimonian_laird").interval(group).standard_error
    claimed = make_interval("clustered").interval(group).standard_error
    assert finding.left == pytest.approx(math.erf(1.96 / math.sqrt(2) * claimed / honest), abs=0.01)


def test_without_children_nothing_is_said_about_them():
    group = drawn(4, 1, 30, 10, between=0.3)
    assert "children_alike" not in names("clustered", group)


def test_noise_is_not_taken_for_a_finding():
    """Twenty nodes that are alike, 300 times: at most 1 % of the times one is found different."""
    found = 0
    for seed in range(300):
        found += bool(names("pooled", drawn(seed, 20, 10, 5, between=0.0)))
    assert found <= 3 + 4 * math.sqrt(3)


@EVERY
def test_a_missing_share_that_could_be_anywhere_breaks_every_interval(kind):
    group = regions(5, apart=0.0)
    (finding,) = findings(kind, group, heard=0.9)
    assert finding.assumption == "complete"
    assert finding.left == 0


def test_a_missing_share_within_a_narrow_range_breaks_nothing():
    group = Group.of(1000, 50, 0.0, 1.0, 0.5)
    assert names("clustered", group, heard=0.99, declared=(-1.0, 1.0)) == []
    assert names("clustered", group, heard=0.9, declared=(-1.0, 1.0)) == ["complete"]


@EVERY
def test_age_breaks_an_interval_that_was_not_widened_for_it(kind):
    group = regions(6, apart=0.0)
    variance = make_interval(kind).interval(group).standard_error ** 2
    assert names(kind, group, moved=0.01 * variance) == []
    wide = kind == "sequence"
    assert names(kind, group, moved=variance) == ([] if wide else ["current"])
    assert names(kind, group, moved=9 * variance) == ["current"]


def test_what_is_counted_twice_leaves_83_percent():
    (finding,) = findings("clustered", drawn(7, 1, 200, 10, between=0.5), overcount=2.0)
    assert finding.assumption == "once"
    assert finding.left[0] == pytest.approx(0.834, abs=0.002)


@EVERY
def test_only_a_sequence_holds_at_every_look(kind):
    expected = [] if kind == "sequence" else ["one_look"]
    assert names(kind, regions(8, apart=0.0), looks=600) == expected


def test_one_source_is_too_few_for_a_process():
    (finding,) = findings("clustered", Group.of(50, 1, 0.0, 1.0, math.nan))
    assert finding.assumption == "sources_enough"


def test_five_children_are_too_few_for_a_normal_quantile():
    """P(|t_4| < 1.96) = 0.8784."""
    few = Children.of(np.zeros(5), 1.0)
    (finding,) = findings("dersimonian_laird", Group.of(9, 3, 0.0, 1.0, 1.0, children=few))
    assert finding.assumption == "children_enough"
    assert finding.left == pytest.approx(0.8784, abs=5e-5)


def test_a_finding_names_the_place_and_the_price():
    evidence = Evidence(
        Group.of(50, [5, 5], 0.0, 1.0, 1.0),
        Interval.of([0.0, 0.0], 1.0, 0.95),
        overcount=[1.0, 3.0],
    )
    once, looks = diagnose(make_interval("clustered"), evidence) + findings(
        "clustered", evidence.group, looks=9
    )
    assert str(once) == (
        "once: values are counted more than once in 1 of 2, which alone leaves 74.2% at worst"
    )
    assert once.broken.tolist() == [False, True]
    assert str(looks) == "one_look: looked at more than once in 2 of 2"


@EVERY
def test_a_range_without_those_who_are_heard_was_declared_wrongly(kind):
    group = regions(5, apart=0.0)
    assert names(kind, group, bounded=0.1, declared=(3.0, 4.0)) == ["declared"]
    assert names(kind, group, bounded=0.1, declared=(-4.0, 4.0)) == []
    assert names(kind, group, bounded=0.0, declared=(3.0, 4.0)) == []
