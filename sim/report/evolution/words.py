"""What became of a tree that changes, in words: the title and the sentence below it."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from sim.measure.evolution import EVOLUTION_FIGURES
from sim.measure.tables import Tables
from sim.report.table import written
from sim.report.words import which_run
from sim.scenario.plan import Plan
from sim.units import format_count

OPERATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "split": ("split", ""),
    "merge": ("merge", ""),
    "borrow": ("borrow", ""),
    "fail": ("failure", ""),
    "replace": ("replacement", ""),
    "retire": ("local", " given up"),
    "reseat": ("shuffle", ""),
}
"""What a title counts: a noun that takes an s, and what stands after it."""
AGENTS: Final[Mapping[str, str]] = {"move": "dealt out", "isolate": "isolated"}
"""What a title counts the agents of."""


def headline(tables: Tables, plan: Plan) -> str:
    """One line: how many came and went, and what the tree did, whatever made it do so."""
    joins, leaves = (agents_that(tables, kind) for kind in ("join", "leave"))
    came = f"{format_count(joins, 'join')} and {format_count(leaves, 'leave')}"
    return f"{plan.name}: {came}; {', '.join(_done(tables)) or 'the tree stays as it is'}"


def _done(tables: Tables) -> Iterator[str]:
    for kind, (noun, after) in OPERATIONS.items():
        if often := count(tables, kind):
            yield format_count(often, noun) + after
    for kind, participle in AGENTS.items():
        if agents := agents_that(tables, kind):
            yield f"{format_count(agents, 'agent')} {participle}"


def count(tables: Tables, kind: str) -> int:
    """Operations of a kind."""
    return int(np.count_nonzero(tables.operations["kind"] == kind))


def agents_that(tables: Tables, kind: str) -> int:
    """Agents that joined, left, were dealt out or isolated."""
    rows = (tables.operations["kind"] == kind) & (tables.operations["tier"] == 1)
    return int(tables.operations["moved"][rows].sum())


def sentence(tables: Tables, plan: Plan) -> str:
    """What that did to the counts and to the shape."""
    return f"{which_run(plan)}: {', '.join(_parts(tables, plan))}"


def _parts(tables: Tables, plan: Plan) -> Iterator[str]:
    double = EVOLUTION_FIGURES["evolution.double"](tables, plan)
    yield "nobody is counted twice" if not double else f"COUNTED TWICE in {double:.0f} panes"
    uncounted = EVOLUTION_FIGURES["evolution.uncounted"](tables, plan)
    missing = f"{written(uncounted, 'share')} of the values are not counted"
    yield missing if uncounted else "all values are counted"
    wrong = EVOLUTION_FIGURES["evolution.out_of_range"](tables, plan)
    last = " (a last one may be small)" if any(_small_last(tables, plan)) else ""
    yield f"{written(wrong, 'share')} of the nodes out of bounds after an epoch{last}"


def _small_last(tables: Tables, plan: Plan) -> Iterator[bool]:
    assert plan.evolution is not None
    for tier, bounds in enumerate(plan.evolution.fan_in, start=1):
        yield is_last_small(tables, tier, bounds.minimum)


def is_last_small(tables: Tables, tier: int, minimum: int) -> bool:
    """Whether a tier ever had but one node, smaller than nodes should be: it is left so."""
    shapes = tables.shapes
    small = (shapes["nodes"] == 1) & (shapes["least"] < minimum)
    return bool((small & (shapes["tier"] == tier)).any())
