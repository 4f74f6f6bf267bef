"""What the liars of a run did, as a table for a terminal; below each what it was expected to do."""

from collections.abc import Sequence
from itertools import combinations
from textwrap import wrap
from typing import Final

from sim.measure.deeds import Deed
from sim.report.columns import aligned
from sim.report.table import written
from sim.scenario.plan import Plan
from sim.units import format_count

HEADERS: Final = (
    "what the liars did",
    "nodes",
    "rewritten",
    "refused",
    "bias",
    "at most",
    "of plain mean",
)
WIDTH: Final = 100


def who(tier: int, nodes: int, plan: Plan) -> str:
    """So many nodes of a tier, such as ``2 locals`` or ``1 agent``."""
    return format_count(nodes, plan.tiers[tier].name)


def deeds_table(found: Sequence[Deed], plan: Plan) -> str:
    """The table, of the first replication; empty without adversaries.

    Biases are medians (and the largest) over what was published while an adversary lied.
    """
    if not found:
        return ""
    header, *rows = aligned([HEADERS, *(_row(one, plan) for one in found)], "<>>>>>>")
    told = [line for row, one in zip(rows, found, strict=True) for line in (row, *_expected(one))]
    return "\n".join([header, *told, *biases_are(found, plan), *_of_which(plan)]) + "\n"


def biases_are(found: Sequence[Deed], plan: Plan) -> list[str]:
    """Whose biases these are, where somebody could take them for those of one adversary alone."""
    together = any(_overlap(one, other) for one, other in combinations(found, 2))
    ended = any(not one.never_ends and one.until_ns < plan.duration_ns for one in found)
    lines = []
    if together:
        lines.append(
            "biases: of all who lied at that time together; sim attribute takes them apart"
        )
    if ended:
        lines.append("biases: while it lied; what it said is in later publications, too (bias.max)")
    return lines


def _overlap(one: Deed, other: Deed) -> bool:
    """Whether two adversaries lied at the same time."""
    first, second = sorted((one, other), key=lambda deed: deed.at_ns)
    return first.never_ends or second.at_ns < first.until_ns


def _row(one: Deed, plan: Plan) -> tuple[str, ...]:
    return (
        f"{one.adversary} {one.kind}",
        who(one.tier, one.nodes, plan),
        f"{one.acts:,}",
        f"{one.refused:,}",
        written(one.bias, "sd"),
        written(one.bias_max, "sd"),
        written(one.bias_plain, "sd"),
    )


def _expected(one: Deed) -> list[str]:
    indent = "  expected: "
    return wrap(one.expects, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent))


def _of_which(plan: Plan) -> list[str]:
    return [f"(replication 1 of {plan.replications})"] if plan.replications > 1 else []
