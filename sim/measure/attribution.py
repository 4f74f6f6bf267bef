"""What each of several entries of a scenario caused: arithmetic on the figures of its twins.

A twin is known by the entries that act in it, and has one figure a replication. All twins share
their seeds, so every effect is a mean of differences within replications. Two questions have two
answers: what an entry adds to all the others (the run less the twin without it) and what it does
alone (the twin with it alone less the clean twin). Neither has to add up to the whole; what is left
over is the interaction. Shapley's value (1953) is the one division that always adds up: the mean
of what an entry adds over all orders in which entries may come.

What had not ended is known by a lower bound only. A difference then is known on one side ("at
least", "at most") or not at all, and has no interval; it is never taken for no effect.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal, TypeVar

from sim.measure.intervals import UNKNOWN, student_t

Acting = frozenset[str]
"""The entries that act in a twin, by their place in the file."""
Figures = Mapping[Acting, Sequence[float]]
"""One figure a replication, of each twin; of what had not ended how long it was watched."""
Unended = Mapping[Acting, Sequence[str]]
"""For each replication a name of the run if its figure had not ended, else nothing.

Runs that are the same to the bit have the same name: their figures are equal, whatever they are.
"""
Weights = Mapping[Acting, float]
"""An effect as a weighted sum of the figures of twins."""
Bound = Literal["exact", "at least", "at most", "unknown"]
"""On which side a figure is known."""

Named = TypeVar("Named")
CLEAN: Final[Acting] = frozenset()
ROUNDING: Final = 1e-9
"""What a sum in another order may differ by, of its largest part."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A mean of paired differences with its 95 % interval (NaN: fewer than two pairs).

    inf: a figure is infinite in some replication with it, and is not without.
    """

    value: float
    low: float
    high: float
    n: int
    """Pairs that are defined on both sides."""
    bound: Bound = "exact"
    """Of `value`, where something had not ended; it then has no interval."""

    @property
    def is_nothing(self) -> bool:
        """Whether the two sides were equal in every replication."""
        return self.bound == "exact" and (
            (self.n > 0 and self.value == self.low == self.high == 0)
            or (self.n == 1 and self.value == 0)
        )

    @property
    def is_clear(self) -> bool:
        """Whether the interval, or an infinite value, excludes nought."""
        return math.isinf(self.value) or self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one entry caused of one metric, asked in two ways, and fairly divided if that is known.

    `added`: all that act, less all but this one. `alone`: this one, less nobody.
    """

    entry: str
    added: Effect
    alone: Effect
    shapley: Effect | None


@dataclass(frozen=True, slots=True)
class Causes:
    """Where one metric comes from. `whole` is the run less its clean twin."""

    metric: str
    unit: str
    as_is: float
    as_is_bound: Bound
    clean: float
    clean_bound: Bound
    whole: Effect
    shares: tuple[Share, ...]
    beyond_added: Effect
    """`whole` less all that is `added`: effects that need several entries, or hide each other."""
    beyond_alone: Effect
    """`whole` less all that each does `alone`."""

    @property
    def is_touched(self) -> bool:
        """Whether any entry changed it at all, in any twin."""
        effects = [one for share in self.shares for one in (share.added, share.alone)]
        return not all(one.is_nothing for one in (self.whole, *effects))


def twins_needed(entries: Sequence[str], *, every: bool) -> list[Acting]:
    """Who acts in each twin, the run itself first and the clean twin last.

    `every`: all 2**n subsets, as Shapley's value asks for. Else each entry left out, and each
    alone; with up to three entries that is every subset as well.
    """
    n = len(entries)
    sizes = range(n, -1, -1) if every else (n, n - 1, 1, 0)
    found = (
        frozenset(chosen) for size in sizes if size >= 0 for chosen in combinations(entries, size)
    )
    return list(dict.fromkeys(found))


def causes(
    metric: str,
    unit: str,
    entries: Sequence[str],
    figures: Figures,
    unended: Unended | None = None,
) -> Causes:
    """The causes of one metric; figures must be there of all twins that are needed.

    `unended` is of the same twins as `figures`; None: everything had ended.
    """
    everybody, n = frozenset(entries), len(entries)
    whole = _less(figures[everybody], figures[CLEAN])
    shares = tuple(_share(one, entries, figures, unended) for one in entries)
    added = [_less(figures[everybody], figures[everybody - {one}]) for one in entries]
    alone = [_less(figures[frozenset({one})], figures[CLEAN]) for one in entries]
    of_added = _summed([(everybody, 1 - n), (CLEAN, -1), *((everybody - {e}, 1) for e in entries)])
    of_alone = _summed([(everybody, 1), (CLEAN, n - 1), *((frozenset({e}), -1) for e in entries)])
    return Causes(
        metric=metric,
        unit=unit,
        as_is=_mean(figures[everybody]),
        as_is_bound=bound({everybody: 1}, unended),
        clean=_mean(figures[CLEAN]),
        clean_bound=bound({CLEAN: 1}, unended),
        whole=effect(whole, bound({everybody: 1, CLEAN: -1}, unended)),
        shares=shares,
        beyond_added=effect(_left_over(whole, added), bound(of_added, unended)),
        beyond_alone=effect(_left_over(whole, alone), bound(of_alone, unended)),
    )


def _share(one: str, entries: Sequence[str], figures: Figures, unended: Unended | None) -> Share:
    everybody, alone = frozenset(entries), frozenset({one})
    others = everybody - alone
    is_known = len(figures) == 2 ** len(entries)  # counted: of many entries nobody lists all
    return Share(
        entry=one,
        added=effect(
            _less(figures[everybody], figures[others]),
            bound({everybody: 1, others: -1}, unended),
        ),
        alone=effect(_less(figures[alone], figures[CLEAN]), bound({alone: 1, CLEAN: -1}, unended)),
        shapley=_shapley_effect(one, entries, figures, unended) if is_known else None,
    )


def _shapley_effect(
    one: str, entries: Sequence[str], figures: Figures, unended: Unended | None
) -> Effect:
    signed = [
        (who, sign * weight)
        for before, weight in _orders(one, entries)
        for who, sign in ((before | {one}, 1), (before, -1))
    ]
    return effect(shapley(one, entries, figures), bound(_summed(signed), unended))


def shapley(entry: str, entries: Sequence[str], figures: Figures) -> list[float]:
    """Shapley's value of an entry in each replication; figures of all subsets must be there."""
    parts = []
    for before, weight in _orders(entry, entries):
        difference = _less(figures[before | {entry}], figures[before])
        parts.append([weight * one for one in difference])
    return [_sum(terms) for terms in zip(*parts, strict=True)]


def _orders(entry: str, entries: Sequence[str]) -> Iterable[tuple[Acting, float]]:
    """Who may have come before an entry, and in which share of all orders they have."""
    others, n = [one for one in entries if one != entry], len(entries)
    for size in range(n):
        weight = 1 / (n * math.comb(n - 1, size))
        for chosen in combinations(others, size):
            yield frozenset(chosen), weight


def bound(weights: Weights, unended: Unended | None) -> Bound:
    """On which side a weighted sum of figures is known, in the mean over replications.

    A figure that had not ended is larger than it is taken for, so the sum is too small where its
    weight is above nought and too large where it is below. Runs that are the same weigh together.
    """
    more = less = False
    for names in zip(*(unended[who] for who in weights), strict=True) if unended else ():
        named = zip(names, weights.values(), strict=True)
        of_runs = _summed([(name, weight) for name, weight in named if name])
        more = more or any(weight > ROUNDING for weight in of_runs.values())
        less = less or any(weight < -ROUNDING for weight in of_runs.values())
    if more and less:
        return "unknown"
    return "at least" if more else "at most" if less else "exact"


def _summed(terms: Iterable[tuple[Named, float]]) -> dict[Named, float]:
    """Weights of the same thing as one."""
    sums: dict[Named, float] = {}
    for name, weight in terms:
        sums[name] = sums.get(name, 0) + weight
    return sums


def effect(differences: Iterable[float], side: Bound = "exact") -> Effect:
    """The mean of differences, one a replication; those that are NaN do not count.

    `side` says where that mean is known; an interval is of exact differences alone.
    """
    known = [one for one in differences if not math.isnan(one)]
    if not known or side == "unknown":
        return Effect(math.nan, *UNKNOWN, 0, side)
    if side != "exact":
        return Effect(_mean(known), *UNKNOWN, len(known), side)
    if any(map(math.isinf, known)):
        return Effect(math.fsum(known) if _agree(known) else math.nan, *UNKNOWN, len(known))
    if len(set(known)) == 1 and len(known) > 1:
        return Effect(known[0], known[0], known[0], len(known))
    return Effect(math.fsum(known) / len(known), *student_t(known), len(known))


def _agree(values: Sequence[float]) -> bool:
    """Whether all that is infinite is so in one direction."""
    return not (math.inf in values and -math.inf in values)


def _less(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Differences in pairs; what never ended on either side has none that is known (NaN)."""
    return [_rounded(a - b, (a, b)) for a, b in zip(one, other, strict=True)]


def _left_over(whole: Sequence[float], parts: Sequence[Sequence[float]]) -> list[float]:
    return [_sum((total, *(-one for one in of))) for total, *of in zip(whole, *parts, strict=True)]


def _sum(terms: Sequence[float]) -> float:
    if not all(map(math.isfinite, terms)):
        return math.nan if any(map(math.isnan, terms)) or not _agree(terms) else sum(terms)
    return _rounded(math.fsum(terms), terms)


def _rounded(total: float, terms: Iterable[float]) -> float:
    """Nothing where only rounding is left of what the terms were."""
    largest = max((abs(term) for term in terms if math.isfinite(term)), default=0.0)
    return 0.0 if abs(total) <= ROUNDING * largest else total


def _mean(figures: Sequence[float]) -> float:
    known = [figure for figure in figures if not math.isnan(figure)]
    return sum(known) / len(known) if known else math.nan
