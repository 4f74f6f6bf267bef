"""Random faults that cannot be: of nodes that are not there, or by laws that cannot be read."""

from collections.abc import Iterator
from typing import Final

from sim.errors import InputError, Mistake
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.outages import REGIONS, targets
from sim.scenario.plan import FaultPlan, Variant
from sim.scenario.selectors import check_selector

TARGETS_MAX: Final = 2000
"""Each has a timeline of its own."""


def check_outages(case: Case, path: Path, process: FaultPlan) -> Iterator[Mistake]:
    """Every mistake in a process of random faults but its times."""
    wrong = [
        mistake
        for number, text in enumerate(process.options["each"])
        for mistake in _target(case, (*path, "each", number), text)
    ]
    yield from wrong
    if not wrong:
        count = len(targets(process.options["each"], case.tree))
        if count > TARGETS_MAX:
            problem = f"has {count} targets; at most {TARGETS_MAX} can have outages of their own"
            yield case.document.mistake((*path, "each"), problem)
    for name in ("up", "down"):
        yield from _law(case, (*path, name), process.options[name])


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


def _law(case: Case, path: Path, law: Variant) -> Iterator[Mistake]:
    """Files are read here, so that a mistake in them is told with its place in the scenario."""
    if law.kind == "constant" and not law.options["value_ns"]:
        yield case.document.mistake(path, "must be more than 0")
    if "path" in law.options:
        from sim.network.latency import make_law

        try:
            make_law(law.kind, law.options, case.plan.directory)
        except InputError as error:
            yield case.document.mistake((*path, "path"), str(error))
