"""Evidence as columns of whole numbers: exact sums, and bounds on them that liars cannot move.

A log-likelihood ratio (natural logarithm) is counted in quanta of 2**-32 nat: an int64. A *sum* of
ratios is two int64 limbs in a last axis of length 2: whole nats, rounded down, and the rest in
quanta, from 0 to 2**32 - 1. Sums of up to 2**31 items cannot overflow. Every function returns such
canonical limbs, so equal sums are equal bits, in any order, grouping and tree.

With k reporters of whom f may lie, the sums of the k - f smallest and largest reports enclose the
sum over any k - f correct ones: [L, U]. Axes in front (hypotheses, groups) are free everywhere.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.stats.fixed_point import join, normalise, split

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

QUANTUM: Final = 2.0**-32
LIMIT: Final = 2.0**31
"""Largest log-likelihood ratio of one item, in nats."""

CLEAR: Final = -1
UNDETERMINED: Final = 0
ALARM: Final = 1

_LAST: Final = np.iinfo(np.int64).max
"""Sorts behind every item: those that are absent."""


# Sums


def quantise(log_ratios: ArrayLike, cap: float | None = None) -> Ints:
    """Whole quanta, rounded half to even; same shape. Off by 2**-33 nat each at most.

    With `cap` each item is first clipped to +-cap nats, infinities too: f liars then move a sum by
    2 f cap at most. The ratios of a normal mean against its shift stay e-values under a cap, and so
    do all that are symmetric in the two hypotheses; any other may gain a factor of 1 + exp(-cap),
    for what was clipped from below. Raises ValueError for NaN, for magnitudes of 2**31 nats or more
    after clipping, and for a cap that is not positive.
    """
    items = np.asarray(log_ratios, np.float64)
    if cap is not None:
        if not cap > 0:
            raise ValueError(f"cap must be more than 0, not {cap}")
        items = np.clip(items, -cap, cap)
    if not (np.abs(items) < LIMIT).all():
        raise ValueError("evidence must be numbers below 2**31 nats; certainty is not evidence")
    return np.asarray(np.rint(items * (1 / QUANTUM)).astype(np.int64))


def total(quanta: Ints, axis: int = -1) -> Ints:
    """Exact sum of items along `axis`: limbs (..., 2). No items sum to 0."""
    high, low = split(quanta)
    return _canonical(high.sum(axis=axis), low.sum(axis=axis))


def total_by_group(quanta: Ints, group: Ints, groups: int) -> Ints:
    """Exact sums of the items (n, ...) whose `group` (n,) is the same: limbs (groups, ..., 2)."""
    limbs = [np.zeros((groups, *quanta.shape[1:]), np.int64) for _ in range(2)]
    for sums, parts in zip(limbs, split(quanta), strict=True):
        np.add.at(sums, group, parts)
    return _canonical(*limbs)


def add_up(sums: Ints, axis: int = 0) -> Ints:
    """Merge sums (limbs) along `axis`, which does not count the last axis of the limbs."""
    from_front = axis if axis >= 0 else axis - 1
    added = sums.sum(axis=from_front)
    return _canonical(added[..., 0], added[..., 1])


def to_integers(sums: Ints) -> list[int]:
    """Python integers of quanta, of limbs (n, 2)."""
    return join(sums[:, 0], sums[:, 1])


def log_odds(sums: Ints) -> Floats:
    """The sums in nats, each the nearest float64 (below 2**53 nats); (..., 2) to (...)."""
    return np.asarray(sums[..., 0] + sums[..., 1] * QUANTUM)


def _canonical(high: Ints, low: Ints) -> Ints:
    limbs = np.stack((high, low), axis=-1)
    normalise(limbs[..., 0], limbs[..., 1])
    return limbs


# Bayes' rule


def with_prior(sums: Ints, prior: ArrayLike) -> Ints:
    """Posterior log-odds as limbs: the `prior` (probabilities) is one more item of evidence.

    To be added once, where the decision is made: a prior at every node of a tree would count as
    often as there are nodes. Raises ValueError for a prior of 0 or 1, which no evidence can move.
    """
    item = quantise(logit(prior))
    return add_up(np.stack(np.broadcast_arrays(sums, total(item[..., np.newaxis]))))


def logit(probability: ArrayLike) -> Floats:
    """Log-odds of a probability. Raises ValueError outside (0, 1)."""
    p = np.asarray(probability, np.float64)
    if not ((p > 0) & (p < 1)).all():
        raise ValueError("a probability must be between 0 and 1 to have log-odds")
    return np.asarray(np.log(p) - np.log1p(-p))


def expit(log_odds: ArrayLike) -> Floats:
    """Probability of log-odds; neither branch overflows. Rounds to 1 from 36.7369 = 53 ln 2 on."""
    odds = np.asarray(log_odds, np.float64)
    small = np.exp(-np.abs(odds))  # the smaller one of the odds and their inverse
    return np.asarray(np.where(odds >= 0, 1.0, small) / (1 + small))


def log_expit(log_odds: ArrayLike) -> Floats:
    """Log of the probability: goes on where the probability itself has rounded to 0 or 1."""
    odds = np.asarray(log_odds, np.float64)
    return np.asarray(np.minimum(odds, 0.0) - np.log1p(np.exp(-np.abs(odds))))


def effective_count(n: ArrayLike, correlation: ArrayLike) -> Floats:
    """n / (1 + (n - 1) rho): what n items with equal correlations rho are worth.

    Their sum of evidence has to be multiplied by the share ``effective_count(n, rho) / n``, or it
    claims n independent items. Never more than 1 / rho. Raises ValueError for n below 1 and for
    correlations outside [0, 1].
    """
    count, rho = np.asarray(n, np.float64), np.asarray(correlation, np.float64)
    if not (count >= 1).all() or not ((rho >= 0) & (rho <= 1)).all():
        raise ValueError("there must be 1 item or more, and correlations from 0 to 1")
    return np.asarray(count / (1 + (count - 1) * rho))


# Bounds


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is certain about the evidence of correct reporters, in each group."""

    lower: Ints
    """Limbs (..., 2). No choice of correct reporters has less evidence ..."""
    upper: Ints
    """... or more than this; (..., 2)."""
    reports: Ints
    """How many reports are behind it; (...)."""
    enough: Bools
    """False where liars could make up both bounds on their own: 2 f reports or fewer; (...)."""

    @property
    def width(self) -> Floats:
        """U - L in nats: what f liars could have tipped; (...)."""
        return log_odds(_canonical(*np.moveaxis(self.upper - self.lower, -1, 0)))

    def verdict(self, threshold: ArrayLike) -> NDArray[np.int8]:
        """ALARM where L >= threshold, CLEAR where U < threshold, else UNDETERMINED; (...).

        At a threshold of ln(1 / alpha) an alarm under the null has probability alpha at most.
        Undetermined also where there are too few reports.
        """
        theta = np.asarray(threshold, np.float64)
        alarm = self.enough & (log_odds(self.lower) >= theta)
        clear = self.enough & (log_odds(self.upper) < theta)
        return np.select([alarm, clear], [ALARM, CLEAR], UNDETERMINED).astype(np.int8)

    def take(self, index: Ints, present: Bools) -> "Bounds":
        """The groups `index` of the last axis, laid out for `combine`; see `members`."""
        return Bounds(
            self.lower[..., index, :],
            self.upper[..., index, :],
            self.reports[..., index],
            self.enough[..., index] & present,
        )


def bounds(quanta: Ints, f: ArrayLike, present: Bools | None = None) -> Bounds:
    """[L, U] of each group of reports (..., k), at most `f` of whom lie.

    `f` is one number or one for each group, (...). Reports where `present` (..., k) is False did
    not arrive, and are left out: k - f is then counted from those that did. That is right for
    losses that do not depend on what was seen; who is silent on purpose is a liar, and counts in f.
    Raises ValueError for negative f.
    """
    here = np.broadcast_to(True if present is None else present, quanta.shape)
    count, lies = here.sum(axis=-1), _liars(f, quanta.shape[:-1])
    ranked = np.sort(np.where(here, quanta, _LAST), axis=-1)
    smallest, largest = _kept(count, lies, quanta.shape[-1])
    return Bounds(
        total(np.where(smallest, ranked, 0)),
        total(np.where(largest, ranked, 0)),
        count,
        count > 2 * lies,
    )


def combine(groups: Bounds, f: ArrayLike = 0) -> Bounds:
    """[L, U] of a parent from those of its groups, along the last axis: (..., g) to (...).

    With f = 0 intervals just add up: the sum of the L, the sum of the U. That trusts every group to
    have no more liars than its own f. With more, up to `f` groups may be nothing but liars: the
    g - f smallest L and largest U are added. Groups without enough reports are left out, as those
    that are absent. Raises ValueError for negative f.
    """
    count = groups.enough.sum(axis=-1)
    lies = _liars(f, count.shape)
    smallest, largest = _kept(count, lies, groups.enough.shape[-1])
    lower, upper = (_ranked(ends, groups.enough) for ends in (groups.lower, groups.upper))
    return Bounds(
        add_up(np.where(smallest[..., np.newaxis], lower, 0), axis=-1),
        add_up(np.where(largest[..., np.newaxis], upper, 0), axis=-1),
        np.where(groups.enough, groups.reports, 0).sum(axis=-1),
        count > 2 * lies,
    )


def members(parent: Ints, parents: int) -> tuple[Ints, Bools]:
    """Who belongs to each parent, as a table: (index, present), both (parents, most members).

    `parent` (n,) is the parent of each child, from 0 to parents - 1. For children in a last axis,
    ``bounds(quanta[..., index], f, present)`` are the bounds of all parents of a tier at once, and
    ``combine(bounds.take(index, present), f)`` those of the next tier, whatever their sizes.
    """
    sizes = np.bincount(parent, minlength=parents)
    present = np.arange(sizes.max(initial=0)) < sizes[:, np.newaxis]
    index = np.zeros(present.shape, np.int64)
    index[present] = np.argsort(parent, kind="stable")
    return index, present


def certain(sums: Ints, reports: Ints) -> Bounds:
    """Bounds without liars, of exact sums (..., 2): L = U."""
    return Bounds(sums, sums, reports, reports > 0)


def _liars(f: ArrayLike, shape: tuple[int, ...]) -> Ints:
    lies = np.asarray(f, np.int64)
    if (lies < 0).any():
        raise ValueError(f"f must not be negative, not {lies.min()}")
    return np.broadcast_to(lies, shape)


def _kept(count: Ints, lies: Ints, size: int) -> tuple[Bools, Bools]:
    """Which ranks are among the count - lies smallest, and largest; both (..., size)."""
    rank, count, lies = np.arange(size), count[..., np.newaxis], lies[..., np.newaxis]
    return rank < count - lies, (rank >= lies) & (rank < count)


def _ranked(sums: Ints, present: Bools) -> Ints:
    """Limbs (..., g, 2) in ascending order along the groups, those absent at the end."""
    high = np.where(present, sums[..., 0], _LAST)
    order = np.lexsort((sums[..., 1], high), axis=-1)
    return np.take_along_axis(sums, order[..., np.newaxis], axis=-2)
