"""What every robust rule promises, and the part of the work that is the same for all.

A rule sees many groups at once: items (groups, n, features) with weights (groups, n). An item of
weight 0, or with a NaN in it, is not there; so groups of differing sizes stand side by side. A
group in which too few are there has no centre: NaN. `needs.check` is the same refusal in words, for
one group and before anything runs.

Weights must be capped by the caller: a rule believes them. Magnitudes above 1e100 count as 1e100,
so squares of lies stay finite; on values below that nothing is changed.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.stats.robust import needs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LARGEST: Final = 1e100


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups that are large enough for the rule that gets them; every number is finite."""

    items: Floats
    """(groups, n, features); 0 where an item is absent."""
    weights: Floats
    """(groups, n); 0 where an item is absent."""
    f: Ints
    """(groups,): liars among the items."""

    @property
    def there(self) -> Bools:
        """(groups, n): which items are there."""
        return self.weights > 0

    @property
    def n(self) -> Ints:
        """(groups,): how many items are there."""
        return np.asarray(np.count_nonzero(self.there, axis=1), np.int64)

    def where(self, chosen: Bools) -> "Groups":
        """The chosen groups (groups,) only."""
        if chosen.all():
            return self
        return Groups(self.items[chosen], self.weights[chosen], self.f[chosen])


@dataclass(frozen=True)
class Rule(ABC):
    """A robust rule; subclasses are frozen dataclasses whose fields are the rule's options.

    All of them commute with a shift and a change of scale (within rounding; a change by a power of
    two, bit for bit), give the common item of equal items, and do not mind the order of items
    unless they say so.
    """

    name: ClassVar[str]
    weighted: ClassVar[bool] = False
    """Whether an item of weight 2 is two items. If not, one item is one voice."""
    hull: ClassVar[Literal["box", "ball", "none"]] = "none"
    """What the correct items keep the centre in, whatever at most f others say (with equal weights,
    or liars of no more than f / n of the weight): their own coordinate-wise box, or any ball that
    holds them, each widened by `reach`. None is a rule whose promise is statistical, or void."""

    def least(self, f: int) -> int:
        """Smallest number of items with which `f` liars are withstood."""
        return needs.least(self.name, f, self.options)

    @property
    def options(self) -> dict[str, object]:
        """The options by their names, as `make_rule` takes them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def reach(self, n: int, f: int, features: int) -> float:
        """Half-widths of the box, or radii of the ball, that the centre may be off its middle."""
        del n, f, features
        return 1.0

    def centre(self, items: ArrayLike, weights: ArrayLike, f: int | Ints) -> Floats:
        """Robust centre of each group; (groups, features), NaN where too few items are there.

        `items` (groups, n, features) in any unit, `weights` (groups, n) >= 0 and finite; `f` liars
        in each group, one number or (groups,). Raises ValueError for shapes that do not fit.
        """
        groups = prepare(items, weights, f)
        enough = groups.n >= self._least_of(groups.f)
        result = np.full((len(enough), groups.items.shape[2]), np.nan)
        if enough.any():
            result[enough] = self._centre(groups.where(enough))
        return result

    def _least_of(self, f: Ints) -> Ints:
        known, where = np.unique(f, return_inverse=True)
        return np.array([self.least(int(value)) for value in known], np.int64)[where]

    @abstractmethod
    def _centre(self, groups: Groups) -> Floats:
        """Centres of groups that are large enough; (groups, features)."""


def prepare(items: ArrayLike, weights: ArrayLike, f: int | Ints) -> Groups:
    """Groups with every number finite.

    Raises ValueError for shapes that do not fit and for fewer than no liars.
    """
    values, voices = np.asarray(items, np.float64), np.asarray(weights, np.float64)
    if values.ndim != 3 or values.shape[:2] != voices.shape:
        raise ValueError(f"items {values.shape} and weights {voices.shape} do not fit together")
    counts = np.broadcast_to(np.asarray(f, np.int64), values.shape[:1])
    if (counts < 0).any():
        raise ValueError("the number of liars must not be negative")
    voices = np.where(np.isnan(values).any(axis=2) | ~(voices > 0), 0.0, voices)
    clipped = np.clip(values, -LARGEST, LARGEST)
    return Groups(np.where(voices[..., None] > 0, clipped, 0.0), voices, counts)
