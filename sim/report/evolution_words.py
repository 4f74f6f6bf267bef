"""What became of a tree that changes, in words: the title and the sentence below it."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from sim.measure.evolution import EVOLUTION_FIGURES
from sim.measure.tables import Tables
from sim.report.table import written
from sim.report.words import which_run
from sim.scenario.plan import Plan
from sim.units import format_count

NAMED: Final = ("split", "merge", "borrow", "replace")
"""Operations that a title counts."""
NOUNS: Final = {"replace": "replacement"}


def headline(tables: Tables, plan: Plan) -> str:
    """One line: how many came and went, and what the tree did about it."""
    joins, leaves = (agents_that(tables, kind) for kind in ("join", "leave"))
    did = [format_count(count(tables, kind), NOUNS.get(kind, kind)) for kind in NAMED]
    did = [words for words in did if not words.startswith("0 ")]
    came = f"{format_count(joins, 'join')} and {format_count(leaves, 'leave')}"
    return f"{plan.name}: {came} make {', '.join(did) or 'no change'}"


def count(tables: Tables, kind: str) -> int:
    """Operations of a kind."""
    return int(np.count_nonzero(tables.operations["kind"] == kind))


def agents_that(tables: Tables, kind: str) -> int:
    """Agents that joined, or left."""
    rows = (tables.operations["kind"] == kind) & (tables.operations["tier"] == 1)
    return int(tables.operations["moved"][rows].sum())


def sentence(tables: Tables, plan: Plan) -> str:
    """What that did to the counts and to the shape."""
    return f"{which_run(plan)}: {', '.join(_parts(tables, plan))}"


def _parts(tables: Tables, plan: Plan) -> Iterator[str]:
    double = EVOLUTION_FIGURES["evolution.double"](tables, plan)
    yield "nobody is counted twice" if not double else f"COUNTED TWICE in {double:.0f} panes"
    uncounted = EVOLUTION_FIGURES["evolution.uncounted"](tables, plan)
    yield f"{written(uncounted, 'share')} of the values are not counted"
    wrong = EVOLUTION_FIGURES["evolution.out_of_range"](tables, plan)
    yield f"{written(wrong, 'share')} of the nodes out of bounds after an epoch"
