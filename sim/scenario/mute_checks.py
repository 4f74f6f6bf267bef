"""Names under ``mute`` that are of no entry of the file, or there twice."""

from collections.abc import Iterator

from sim.errors import Mistake
from sim.scenario.checks import Case
from sim.scenario.mute import BLOCKS
from sim.scenario.nearest import did_you_mean


def check_mute(case: Case) -> Iterator[Mistake]:
    """Every mistake in the list of what is muted."""
    counts = {block: len(getattr(case.scenario, block)) for block in BLOCKS}
    names = [f"{block}[{entry}]" for block, count in counts.items() for entry in range(count)]
    for index, path in enumerate(case.scenario.mute):
        where = ("mute", index)
        if path in case.scenario.mute[:index]:
            yield case.document.mistake(where, f"{path} is there twice")
        elif path not in names:
            hint = did_you_mean(path, names) or (f"there are {_listed(names)}" if names else "")
            yield case.document.mistake(where, f"there is no entry {path!r} to mute", hint)


def _listed(names: list[str], most: int = 6) -> str:
    """Some names, and how many more."""
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return ", ".join([*names[:most], *more])
