"""What is drawn is within what is allowed, and the scenario takes it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from sim.errors import ScenarioError
from sim.scenario.liars import chosen
from sim.search.space import FAR, cases
from sim.search.trials import plan_of
from tests.search.files import CAPTURE, COMMITTEE, SPLIT, TREE, search_of

FEW = CAPTURE.replace("liars: 40, timing: false", "liars: 9, attacks: 3") + (
    "faults: {most: 3, cut: 700ms}\nstep: 100ms\n"
)


@cache
def searched(search, scenario):
    with TemporaryDirectory() as folder:
        return search_of(Path(folder), search, scenario)


FEW_LIARS = searched(FEW, TREE)
LATER = searched(FEW + "after: 1250ms\n", TREE)
REPLICAS = searched(SPLIT, COMMITTEE)


@given(cases(FEW_LIARS))
def test_budgets_are_kept(case):
    assert case.liars <= 9
    assert len(case.attacks) <= 3
    assert len(case.faults) <= 3
    lasting = sum(fault.span.length_ns(FEW_LIARS.plan.duration_ns) for fault in case.faults)
    assert lasting <= 700_000_000


@given(cases(FEW_LIARS, 4))
def test_fewer_liars_may_be_asked_for(case):
    assert case.liars <= 4


@settings(max_examples=25)
@given(cases(FEW_LIARS))
def test_a_case_that_the_scenario_takes_has_as_many_liars_in_it(case):
    try:
        plan = plan_of(FEW_LIARS, case)
    except ScenarioError:
        return
    assert sum(chosen(one, FEW_LIARS.tree) for one in plan.adversaries) == case.liars


@settings(max_examples=25)
@given(cases(REPLICAS))
def test_times_are_on_the_grid_and_within_the_run(case):
    for fault in case.faults:
        end_ns = fault.span.end_ns or REPLICAS.plan.duration_ns
        assert 0 <= fault.span.begin_ns < end_ns <= REPLICAS.plan.duration_ns
        assert fault.span.begin_ns % REPLICAS.step_ns == end_ns % REPLICAS.step_ns == 0


@given(cases(LATER))
def test_nothing_begins_before_it_may(case):
    spans = [part.span for part in (*case.attacks, *case.faults)]
    assert all(span.begin_ns >= 1_300_000_000 for span in spans)


def test_numbers_are_drawn_far_from_all_that_stand_in_a_source_file():
    """Hypothesis tries those, too: 68 would be no find if a test that has it were loaded."""
    assert FAR > 2**64 + 2**16
