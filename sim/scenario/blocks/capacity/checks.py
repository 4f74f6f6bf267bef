"""What is wrong with capacities that their block alone does not show."""

from collections.abc import Iterator

from sim.errors import Mistake
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.nearest import did_you_mean


def check_capacity(case: Case) -> Iterator[Mistake]:
    """Names of tiers that there are not."""
    block = case.scenario.capacity
    if block is None:
        return
    for name in block.memory or {}:
        yield from _tier(case, ("capacity", "memory", name), name)
    if block.history is not None:
        yield from _tier(case, ("capacity", "history", "at"), block.history.at)


def _tier(case: Case, path: Path, name: str) -> Iterator[Mistake]:
    names = [tier.name for tier in case.plan.tiers]
    if name not in names:
        yield case.document.mistake(path, f"there is no tier {name!r}", did_you_mean(name, names))
