from dataclasses import replace

import numpy as np
import pytest

from sim.report.words import summary, the_root, title
from sim.scenario.plan import ReplicasPlan
from tests.measure.synthetic import Fault, S, make_plan, make_tables, with_samples

CUT = Fault(20 * S, 35 * S, (2,))


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ([], "nothing was cut off from the root; every age stayed within 5 s"),
        ([CUT], "region-2 cut off for 15 s; all fresh again 0.076 s after the heal"),
        ([Fault(20 * S, 23 * S, (2,))], "region-2 cut off for 3 s; every age stayed within 5 s"),
        ([Fault(20 * S, -1, (0, 3))], "region-0 and region-3 cut off for good at 20 s"),
        ([Fault(20 * S, 30 * S, tuple(range(5)))], "5 of 8 regions cut off for 10 s; "),
        ([CUT, Fault(45 * S, 55 * S, (1,))], "all fresh again within 0.076 s of each heal"),
        (
            [CUT, Fault(40 * S, -1, (1,))],
            "for 15 s, then region-1 cut off for good at 40 s",
        ),
        (
            [Fault(20 * S, 25 * S, (1,)), Fault(18 * S, 30 * S, ())],
            "region-1 cut off for 5 s and part of the tree for 12 s",
        ),
        (
            [Fault(20 * S, 25 * S, (1,)), Fault(18 * S, -1, ())],
            "region-1 cut off for 5 s and part of the tree for good at 18 s",
        ),
        (
            [Fault(20 * S, 25 * S, (1,)), Fault(23 * S, 30 * S, (2,))],
            "region-1 and region-2 cut off for 10 s; ",
        ),
        (
            [Fault(20 * S, 50 * S, (1,), relieved_ns=21 * S)],
            "region-1 cut off for 1 s; ",
        ),
        (
            [Fault(k * S, (k + 6) * S, (1,)) for k in (10, 20, 30)],
            "3 cuts; all fresh again within",
        ),
    ],
)
def test_the_title_says_what_happened(faults, words):
    found = title(make_tables(faults), make_plan())
    assert found.startswith("partition-recovery: ")
    assert words in found


def deaf(tables, region):
    """The same run, in which the root never hears of a region after 19 s."""
    heard = tables.heard
    keep = (heard["region"] != region) | (heard["known_ns"] < 19 * S)
    return replace(tables, heard={name: column[keep] for name, column in heard.items()})


def test_a_heal_that_never_recovers_is_in_the_title():
    found = title(deaf(make_tables([CUT]), 2), make_plan())
    assert found.endswith("still not all fresh 25 s after the heal")


def test_a_heal_too_near_to_the_end_is_not_called_a_failure():
    found = title(make_tables([Fault(20 * S, 59 * S, (2,))]), make_plan())
    assert found.endswith(
        "all fresh 0.076 s after the heal, but watched too briefly to say that it lasts"
    )


def test_the_title_counts_the_heals_that_never_recovered():
    faults = [CUT, Fault(45 * S, 55 * S, (1,))]
    found = title(deaf(make_tables(faults), 2), make_plan())
    assert found.endswith("after 2 of 2 heals not all was fresh again")


def test_the_summary_has_the_worst_of_the_run():
    found = summary(make_tables([CUT]), make_plan())
    assert found.startswith("Worst of the run: oldest age 15.4 s, bound of 5 s broken for 10.4 s")
    assert "coverage at least 87.5 %" in found


def test_an_error_of_the_first_seconds_that_is_left_out_is_said_to_be():
    """The curve in the panel shows it: without a word it contradicts the sentence."""
    tables = make_tables([CUT])
    error = np.where(tables.samples["time_ns"] < 5 * S, 9e-4, 5.7e-5)
    found = summary(with_samples(tables, error_mean=error), make_plan())
    assert found.endswith("largest baseline error 5.7e-05 sd after the first 5 s")
    even = summary(with_samples(tables, error_mean=np.minimum(error, 6e-5)), make_plan())
    assert even.endswith("largest baseline error 5.7e-05 sd")


def test_what_is_unknown_is_left_out_of_the_summary():
    tables = make_tables([CUT])
    unknown = np.full(len(tables.samples["time_ns"]), np.nan)
    assert "error" not in summary(with_samples(tables, error_mean=unknown), make_plan())


def test_of_replicas_a_figure_says_whose_view_it_draws():
    plan = make_plan()
    assert the_root(plan) == "the root"
    replicated = replace(plan, replicas=ReplicasPlan(4, 3, None))
    assert the_root(replicated) == "replica 0 of the root"
    assert "region-1 cut off from replica 0 of the root for good at 20 s" in title(
        make_tables([Fault(20 * S, -1, (1,))]), replicated
    )


def test_a_region_that_was_lost_for_good_and_has_another_way_is_said_to_have_one():
    tables = make_tables([Fault(20 * S, -1, (2,))])
    rows = tables.regions
    reachable = rows["reachable"] | (rows["time_ns"] >= 21 * S)
    found = title(replace(tables, regions={**rows, "reachable": reachable}), make_plan())
    assert "region-2 cut off for good at 20 s, reached another way within 1 s" in found
