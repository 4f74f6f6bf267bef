"""Taking parts away until none can go, against the obvious way to do it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.search.case import Attack, Case, Span
from sim.search.smaller import made_minimal, smaller
from sim.search.space import cases
from tests.reference.search import minimal
from tests.search.files import CAPTURE, TREE, search_of

FEW = CAPTURE.replace("liars: 40, timing: false", "liars: 12, attacks: 2, sizes: [1sd, 3sd]") + (
    "faults: {most: 2}\nstep: 500ms\n"
)
SIZES = ("1sd", "3sd")


@cache
def searched():
    with TemporaryDirectory() as folder:
        return search_of(Path(folder), FEW, TREE)


def weight(case):
    """How much there is of a case, in any respect."""
    search = searched()
    duration_ns, step_ns = search.plan.duration_ns, search.step_ns
    spans = [part.span for part in (*case.attacks, *case.faults)]
    loud = sum(
        search.liars.sizes.index(v) for a in case.attacks for k, v in a.options if v in SIZES
    )
    targets = sum(len(fault.targets) for fault in case.faults)
    times = sum(span.length_ns(duration_ns) for span in spans) // step_ns
    return case.liars + len(spans) + targets + times + loud


@given(cases(searched()))
def test_every_smaller_case_is_smaller_by_one_part_at_least(case):
    for words, less in smaller(case, searched()):
        assert weight(less) < weight(case), words


@settings(max_examples=50)
@given(cases(searched()), st.integers(1, 8), st.integers(0, 4))
def test_what_is_made_minimal_is_as_minimal_as_the_obvious_way_makes_it(case, liars, times):
    def is_bad(one: Case) -> bool:
        return one.liars >= liars and weight(one) - one.liars >= times

    assume(is_bad(case))
    quick = made_minimal(case, searched(), is_bad)
    plain = minimal(case, searched(), is_bad)
    for one in (quick, plain):
        assert is_bad(one)
        assert not any(is_bad(less) for _, less in smaller(one, searched()))


def test_fewer_questions_are_asked_than_by_the_obvious_way():
    asked = []

    def is_bad(one: Case) -> bool:
        asked.append(one)
        return one.liars >= 1

    big = next(case for case in drawn() if case.liars == 12)
    made_minimal(big, searched(), is_bad)
    quick = len(asked)
    minimal(big, searched(), is_bad)
    assert quick < len(asked) - quick


def drawn():
    """Cases of an even number in each of a few groups."""
    for groups in (1, 2, 3):
        places = tuple((f"local-{group}", 12 // groups) for group in range(groups))
        yield Case((Attack("push", "agents", places, True, (("to", "1sd"),), Span(0, None)),))
