"""Random faults that cannot be: of nodes that are not there, or by laws that cannot be read."""

from collections.abc import Iterator
from typing import Final

from sim.errors import InputError, Mistake
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.outages import OUTAGES_MAX, REGIONS, process_span_ns, targets
from sim.scenario.plan import FaultPlan, Variant
from sim.scenario.selectors import check_selector

TARGETS_MAX: Final = 2000
"""Each has a timeline of its own."""
DRAWS: Final = 1000
MARGIN: Final = 1.5
"""Means are of draws, and so are the outages of a run."""


def check_outages(case: Case, path: Path, process: FaultPlan) -> Iterator[Mistake]:
    """Every mistake in a process of random faults but its times."""
    wrong = [
        mistake
        for number, text in enumerate(process.options["each"])
        for mistake in _target(case, (*path, "each", number), text)
    ]
    if not wrong:
        count = len(targets(process.options["each"], case.tree))
        if count > TARGETS_MAX:
            problem = f"has {count} targets; at most {TARGETS_MAX} can have outages of their own"
            wrong.append(case.document.mistake((*path, "each"), problem))
    yield from wrong
    times = [_mean_ns(case, (*path, name), process.options[name]) for name in ("up", "down")]
    for time in times:
        if isinstance(time, Mistake):
            yield time
    known = [time for time in times if isinstance(time, float)]
    if len(known) == len(times) and not wrong:
        yield from _often(case, path, process, sum(known))


def _target(case: Case, path: Path, text: str) -> Iterator[Mistake]:
    if text == REGIONS:
        return
    if text.endswith("%"):
        problem = "a random share would be another one at every outage"
        yield case.document.mistake(path, problem, "name nodes, or locals, regionals, regions")
        return
    try:
        check_selector(text, case.tree, case.sites)
    except InputError as error:
        yield case.document.mistake(path, *error.args)


def _mean_ns(case: Case, path: Path, law: Variant) -> float | Mistake | None:
    """About the mean of a law, from draws of it; None if what is wrong with it is told elsewhere.

    Files are read here, so that a mistake in them is told with its place in the scenario.
    """
    if law.kind == "constant" and not law.options["value_ns"]:
        return case.document.mistake(path, "must be more than 0")
    if path in case.document.unsure:
        return None
    import numpy as np

    from sim.network.latency import make_law

    drawn = np.empty(DRAWS)
    try:
        make_law(law.kind, law.options, case.plan.directory).draw(np.random.default_rng(0), drawn)
    except InputError as error:
        return case.document.mistake((*path, "path"), str(error))
    return float(drawn.mean())


def _often(case: Case, path: Path, process: FaultPlan, turn_ns: float) -> Iterator[Mistake]:
    """More outages than can be drawn, by far; a run refuses those that are about as many."""
    from sim.network.outages import TURNS_MAX  # with numpy

    begin_ns, end_ns = process_span_ns(process, case.plan)
    each = (end_ns - begin_ns) / max(turn_ns, 1.0)
    in_run = end_ns / max(turn_ns, 1.0) * len(targets(process.options["each"], case.tree))
    hint = "let `up` or `down` be longer"
    if each > MARGIN * TURNS_MAX:
        problem = f"each target has about {each:,.0f} outages; at most {TURNS_MAX:,} can be drawn"
        yield case.document.mistake(path, problem, hint)
    elif in_run > MARGIN * OUTAGES_MAX:
        problem = f"a run has about {in_run:,.0f} outages; at most {OUTAGES_MAX:,} can be"
        yield case.document.mistake(path, problem, hint)
