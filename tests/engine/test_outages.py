"""Random faults: what a process draws is faults like any other, and moves nobody else's."""

import math

import numpy as np
import pytest

from sim.engine.faults import outages
from sim.engine.faults.outages import with_outages
from sim.errors import InputError
from sim.measure.membership import absences
from sim.measure.tables import Tables
from sim.scenario import outage_checks
from sim.scenario.mute import mute
from tests.engine.scenarios import MS, RING, plan_of, run

CRASHES = {"kind": "outages", "fault": "crash", "each": "locals", "up": "900ms", "down": "100ms"}
RANDOM = CRASHES | {
    "up": {"kind": "exponential", "mean": "500ms"},
    "down": {"kind": "weibull", "shape": 0.5, "scale": "50ms"},
}


def drawn(*faults, seed=1, **blocks):
    """Path, kind, begin and end of what is drawn, times in ms."""
    found = with_outages(plan_of(*faults, **blocks), seed).faults
    return [(one.path, one.kind, one.at_ns / MS, one.until_ns / MS) for one in found]


def of(target: str, *faults, **blocks):
    return [one for one in drawn(*faults, **blocks) if f"/{target}/" in one[0]]


def test_every_target_goes_down_and_up_by_its_own_clock():
    found = drawn(CRASHES | {"each": ["local-3", "region-0"]})
    assert found[:3] == [
        ("faults[0]/local-3/0", "crash", 900, 1000),
        ("faults[0]/region-0/0", "crash", 900, 1000),
        ("faults[0]/local-3/1", "crash", 1900, 2000),
    ]
    assert len(found) == 8


def test_a_plural_stands_for_each_of_its_nodes():
    paths = [path for path, *_ in drawn(CRASHES | {"each": ["regions", "locals"], "up": "3s"})]
    names = [path.split("/")[1] for path in paths]
    assert names == [*(f"region-{one}" for one in range(3)), *(f"local-{one}" for one in range(6))]


def test_an_outage_may_last_for_ages():
    """Longer than nanoseconds can be counted, once time runs slowly."""
    recording = run(CRASHES | {"up": "1us", "down": "3650d", "speed": 0.001})
    until_ns = recording.tables["faults"]["until_ns"]
    assert until_ns.dtype == np.int64
    assert until_ns.max() > 2**59


def test_outages_begin_within_the_window_of_the_process():
    window = CRASHES | {"each": "local-0", "at": "1s", "until": "2950ms"}
    assert [one[2:] for one in drawn(window)] == [(1900, 2000), (2900, 3000)]


def test_a_process_that_has_gone_on_for_long_has_some_down_at_first():
    # The third spell before the run is from -150 ms to -50 ms, the fourth from 850 ms on.
    (first, *_) = drawn(CRASHES | {"each": "local-0", "before": "3050ms"})
    assert first[2:] == (850, 950)
    (first, *_) = drawn(CRASHES | {"each": "local-0", "before": "2950ms"})
    assert first[2:] == (0, 50)


def test_speed_makes_outages_follow_each_other_faster_and_shorter():
    fast = drawn(CRASHES | {"each": "local-0", "speed": 10})
    assert [one[2:] for one in fast[:2]] == [(90, 100), (190, 200)]
    assert len(fast) == 40


def test_another_seed_brings_other_outages_and_the_same_one_the_same():
    assert drawn(RANDOM) == drawn(RANDOM) != drawn(RANDOM, seed=2)


def test_another_target_moves_nobodys_outages():
    assert of("local-3", RANDOM) == of("local-3", RANDOM | {"each": ["local-3", "region-0"]}) != []


def test_what_is_muted_moves_nobodys_outages():
    plan = plan_of(RANDOM, RANDOM | {"each": "regions"})
    both, without = with_outages(plan, 1), with_outages(mute(plan, ["faults[0]"]), 1)
    assert [one for one in both.faults if "[1]" in one.path] == list(without.faults) != []


def test_two_processes_alike_have_outages_of_their_own():
    found = drawn(RANDOM, RANDOM)
    first, second = ([one[2:] for one in found if entry in one[0]] for entry in ("[0]", "[1]"))
    assert first != second


@pytest.mark.parametrize("kind", ["partition", "crash", "churn", "pause"])
def test_an_outage_does_what_the_fault_does_by_hand(kind):
    process = {"kind": "outages", "fault": kind, "each": "region-0", "up": "1s", "down": "1500ms"}
    who = {"nodes": ["region-0"]} if kind != "partition" else {"groups": ["region-0", "rest"]}
    by_hand = {"kind": kind, "at": "1s", "until": "2500ms", **who}
    by_chance, named = run(process, topology=RING), run(by_hand, topology=RING)
    for column in ("oldest_age_ns", "heard", "coverage"):
        there = by_chance.tables["samples"][column].tolist()
        cut_short = len([ns for ns in named.tables["samples"]["time_ns"] if ns <= 3400 * MS])
        assert there[:cut_short] == named.tables["samples"][column].tolist()[:cut_short]


def test_a_forgetful_crash_by_chance_makes_nodes_forget():
    (one, *_) = with_outages(plan_of(CRASHES | {"durable": False}), 1).faults
    assert one.options["durable"] is False


def test_a_process_is_idle_only_if_none_of_its_outages_touched_anything():
    half = {**CRASHES, "fault": "pause", "each": ["local-0", "site:site-2"], "up": "1s"}
    again = {"kind": "pause", "nodes": ["local-0"], "at": "0s", "until": "4s"}
    assert run(half, again, topology=RING).idle_faults == ()
    assert run(half | {"each": "local-0"}, again).idle_faults == ("faults[0]",)


def test_a_process_that_brings_no_outage_is_idle():
    assert run(CRASHES | {"up": "9s"}).idle_faults == ("faults[0]",)


def test_more_outages_than_a_run_can_have_are_refused(monkeypatch):
    monkeypatch.setattr(outages, "OUTAGES_MAX", 20)
    with pytest.raises(InputError, match=r"faults\[0\]: draws more than 20 outages"):
        drawn(CRASHES)


def test_times_of_nothing_are_refused_when_they_are_drawn(monkeypatch):
    monkeypatch.setattr(outage_checks, "MARGIN", math.inf)  # who checks would refuse them before
    zero = {"kind": "uniform", "low": "0s", "high": "0s"}
    with pytest.raises(InputError, match="local-0 goes down more than 20,000 times"):
        drawn(CRASHES | {"each": "local-0", "up": zero, "down": zero})


def test_members_that_chance_stopped_are_absent():
    four = {"tree": {"replicas": {"root": 4}}, "membership": {"watch": "locals"}, "topology": RING}
    process = CRASHES | {"each": "local-2", "up": "1500ms", "down": "1s"}
    found = absences(Tables.of(run(process, **four).tables), plan_of(process, **four))
    assert [(one.member, one.at_ns, one.until_ns) for one in found] == [
        ("local-2", 1500 * MS, 2500 * MS)
    ]
