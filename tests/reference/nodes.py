"""What the nodes of the plain telemetry plane know and do; no time, no network.

An agent keeps its values; a parent keeps the newest report of each child, and of each child's
panes. A report is made by adding up, from scratch, what is kept: nothing is ever updated.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.reference.faults import Node

NEVER = -1


@dataclass(frozen=True)
class Summary:
    """Exact integers about one pane; the four lists have one number a feature."""

    count: int
    sources: int
    sums: list[int]
    squares: list[int]
    means: list[int]
    mean_squares: list[int]


@dataclass(frozen=True)
class Ages:
    """What a report says of its sources: instants in ns, and two numbers of sources."""

    oldest: int
    born: int
    fresh: int
    heard: int
    left: int


@dataclass(frozen=True)
class Report:
    """A message up the tree."""

    version: int
    sent_ns: int
    ages: Ages
    panes: dict[int, Summary]


class Agent:
    """Keeps the values of its panes."""

    def __init__(self) -> None:
        self.values: dict[int, list[list[int]]] = defaultdict(list)

    def report(self, version: int, now_ns: int, pane_ns: int, value: list[int]) -> Report:
        """A report with one more value, about the running pane and the one before."""
        pane = now_ns // pane_ns
        self.values[pane].append(value)
        panes = {p: summary(self.values[p], len(value)) for p in (pane - 1, pane)}
        return Report(version, now_ns, Ages(now_ns, now_ns, 1, 1, 0), panes)

    def forget(self) -> None:
        """Start from nothing."""
        self.values.clear()


class Parent:
    """An aggregator, or the root: the newest version of each child, and of each child's panes."""

    def __init__(self, children: Sequence[Node]) -> None:
        self.children = children
        self.newest: dict[Node, Report] = {}
        self.newest_of: dict[int, dict[Node, Report]] = defaultdict(dict)
        self.baseline = NEVER

    def receive(self, child: Node, report: Report, oldest_pane: int) -> None:
        """Keep it if it is newer; panes before `oldest_pane` are over."""
        keep_newer(self.newest, child, report)
        for pane in report.panes:
            if pane >= oldest_pane:
                keep_newer(self.newest_of[pane], child, report)

    def total(self, pane: int, features: int) -> Summary:
        """Exact sums over the newest version that is held of each child."""
        newest = self.newest_of[pane].values()
        return add((report.panes[pane] for report in newest), features)

    def ages(self, now_ns: int, bound_ns: int, left: Callable[[Node], int]) -> Ages:
        """The fold of the children's ages; `left` gives the sources of a child that is gone."""
        here = [child for child in self.children if not left(child)]
        gone = sum(left(child) for child in self.children)
        known = [self.newest[child] for child in here if child in self.newest]
        recent = [report for report in known if now_ns - report.sent_ns <= bound_ns]
        births = [report.ages.oldest for report in known]
        births += [0] * (len(here) - len(known)) + [now_ns] * (gone > 0)
        return Ages(
            oldest=min(births),
            born=sum(report.ages.born for report in known),
            fresh=sum(report.ages.fresh for report in recent),
            heard=sum(report.ages.heard for report in known),
            left=sum(report.ages.left for report in known) + gone,
        )

    def forget(self) -> None:
        """Start from nothing."""
        self.newest.clear()
        self.newest_of.clear()


def keep_newer(held: dict[Node, Report], child: Node, report: Report) -> None:
    """Let the newest version win."""
    if child not in held or report.version > held[child].version:
        held[child] = report


def summary(values: list[list[int]], features: int) -> Summary:
    """What one agent knows of one pane."""
    columns = [[value[feature] for value in values] for feature in range(features)]
    sums = [sum(column) for column in columns]
    # round() of a Fraction is exact, half to even.
    means = [round(Fraction(total, len(values))) if values else 0 for total in sums]
    return Summary(
        count=len(values),
        sources=1 if values else 0,
        sums=sums,
        squares=[sum(x * x for x in column) for column in columns],
        means=means,
        mean_squares=[mean * mean for mean in means],
    )


def add(summaries: Iterable[Summary], features: int) -> Summary:
    """The sum of several summaries, number by number."""
    parts = list(summaries)
    lists = [
        [sum(getattr(part, name)[feature] for part in parts) for feature in range(features)]
        for name in ("sums", "squares", "means", "mean_squares")
    ]
    return Summary(sum(p.count for p in parts), sum(p.sources for p in parts), *lists)
