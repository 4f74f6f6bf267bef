"""Messages that cannot be kept: of absent nodes, after the end, or of a window without length."""

from collections.abc import Iterator

from sim.errors import InputError, Mistake
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.plan import MessagesPlan
from sim.scenario.selectors import check_selector
from sim.units import write_duration


def check_journal(case: Case) -> Iterator[Mistake]:
    """Every mistake in `journal.messages`."""
    kept, path = case.plan.journal.messages, ("journal", "messages")
    if kept is None:
        return
    yield from _window(case, path, kept)
    for number, selector in enumerate(kept.nodes):
        try:
            check_selector(selector, case.tree, case.sites)
        except InputError as error:
            yield case.document.mistake((*path, "nodes", number), *error.args)


def _window(case: Case, path: Path, kept: MessagesPlan) -> Iterator[Mistake]:
    begin, end = write_duration(kept.from_ns), write_duration(case.plan.duration_ns)
    if kept.from_ns >= case.plan.duration_ns:
        problem = f"{begin} is not before the end of the run, {end}"
        yield case.document.mistake((*path, "from"), problem)
    if kept.until_ns is not None and kept.until_ns <= kept.from_ns:
        problem = f"{write_duration(kept.until_ns)} is not after the start, {begin}"
        yield case.document.mistake((*path, "until"), problem)
